"""How one sandbox behaves: its plan, its pace, its faults and its films."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from batchgen.sandbox.faults import Faults
from batchgen.sandbox.plans import PLANS, Plan

FILMS = ("text", "tiny")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of one sandbox. Equal options, seed and order of requests give equal answers."""

    plan: Plan = PLANS["payg"]
    seed: int = 7
    faults: Faults = field(default_factory=Faults)
    render: tuple[float, float] = (2.0, 5.0)  #: Seconds that a render takes, from and to, where `usual` says nothing.
    usual: Mapping[str, tuple[float, float]] = field(default_factory=dict)  #: Kind → seconds that nine of ten take.
    source_s: float = 0.0  #: Seconds of every linked film; 0 makes all films short cards, else they are as spoken.
    credits: float | None = None  #: Balance at the start; None for the plan's own.
    concurrency: int | None = None  #: Jobs at once; None for the plan's own.
    rate: float = 0.0  #: Requests a second above which a 429 comes; 0 for no such limit.
    reply_delay: float = 0.0  #: Seconds before every reply.
    link_life: float = 7 * 86_400.0  #: Seconds that a signed link lives; the documents say seven days.
    upload_life: float = 3600.0  #: Seconds that a place for an upload is good for.
    batch_keys: str = "ignored"  #: Whether POST /v3/videos/batches honours keys: no page says so.
    oauth_secret: str | None = None  #: What OAuth clients have to know; None: they have no secret.
    sessions: int = 3  #: Sessions with avatars at once.
    session_s: float = 600.0  #: Seconds after which the plan ends a session.
    films: str = "text"  #: text draws what was asked for; tiny is one small film for all.
    film_bytes: int = 0  #: Pad films to this many bytes; 0 for as they are.

    def __post_init__(self) -> None:
        low, high = self.render
        if not 0 <= low <= high:
            raise ValueError(f"render wants seconds such as 3 or 2-6, got {low:g}-{high:g}.")
        if self.films not in FILMS:
            raise ValueError(f"films wants {' or '.join(FILMS)}, got {self.films!r}.{_nearest(self.films, FILMS)}")
        if self.batch_keys not in {"honoured", "ignored"}:
            raise ValueError(f"batch_keys wants honoured or ignored, got {self.batch_keys!r}.")


def seconds_range(text: str) -> tuple[float, float]:
    """Read `3` or `2-6` as seconds from and to."""
    low, _, high = text.partition("-")
    try:
        return float(low), float(high or low)
    except ValueError:
        raise ValueError(f"render wants seconds such as 3 or 2-6, got {text!r}.") from None


def _nearest(name: str, words: tuple[str, ...]) -> str:
    near = get_close_matches(name, words, 1)
    return f" Did you mean {near[0]!r}?" if near else ""
