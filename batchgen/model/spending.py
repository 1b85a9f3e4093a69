"""What was bought, what it was expected to cost and what it took: sums over a run or a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was bought, told from the attempts."""

    accepted: int  #: Jobs that the server said it took.
    found: int  #: Jobs whose reply was lost, and that were found in the account.
    adopted: int  #: Jobs whose id a person gave.
    twice: int  #: Jobs that were bought a second time. Never anything but 0, or something is very wrong.


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitments:
    """What some manifests took of a budget in one unit."""

    spent: float  #: Of what is made.
    held: Mapping[int, float]  #: Job → what is set aside, of those in flight.
    foreign: frozenset[int]  #: Jobs made or in flight that were bought in another unit.
    #: Of what rows of theirs asked for once, and no row does now: it was edited, or its video was made once more.
    left_behind: float = 0.0
    unpriced: int = 0  #: Jobs made or in flight of which nobody knows what they cost.


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlay:
    """What a run's finished videos of one unit were expected to cost, and what they cost by their lengths."""

    unit: str
    jobs: int  #: Those that an estimate was made for.
    low: float
    high: float
    charged: float  #: Of these jobs.
    unknown: int  #: Jobs whose length or price was unknown beforehand.
    unknown_charged: float  #: Of those.
    unpriced: int  #: Those of them whose price is unknown still.
