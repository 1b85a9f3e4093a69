"""What passes between batchgen and a server that tells by itself: an endpoint of ours, and what arrives there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchgen.model.exchange import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """An endpoint that was registered with an account, or was about to be: it has to be removed again."""

    name: str  #: Ours.
    realm: str
    api: str
    url: str
    at: float  #: Epoch seconds, when it was asked for.
    holder: str  #: The command that listens there: ``run`` or ``webhook``.
    endpoint_id: str | None = None  #: Theirs; None: the reply never came.


@dataclass(frozen=True, slots=True)
class Registered:
    """What registering an endpoint gives. The secret is shown once, and is kept in memory alone."""

    endpoint_id: str
    secret: str

    def __repr__(self) -> str:
        return f"Registered({self.endpoint_id!r})"


class Verdict(StrEnum):
    """What was found of something that arrived."""

    HEARD = "heard"
    DOUBLE = "double"  #: It was heard before, under this id or in these very bytes.
    UNSIGNED = "unsigned"
    FORGED = "forged"  #: The signature is not that of the endpoint's secret.
    STALE = "stale"  #: Signed, and its time is too far from ours.
    UNREADABLE = "unreadable"  #: Signed, and no event that is known.
    CLOSED = "closed"  #: It came before the endpoint's secret did.


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What a signed event says."""

    event: str  #: Such as ``avatar_video.success``.
    marks: tuple[str, ...]  #: What it is recognised by when it comes again: its signature, and its id if it has one.
    progress: Progress | None  #: What it says of a job; a stage of WORKING tells only that something happened to it.
