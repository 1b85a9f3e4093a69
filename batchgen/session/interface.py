"""What holding a session asks of others: pictures and sound (``Media``), and the requests about it (``Line``)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from batchgen.model.errors import BatchgenError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from batchgen.model.session import Denied, Heard, Occurrence, Opening, Recording, Taken


class MediaError(BatchgenError):
    """Pictures and sound cannot be had, or not any more."""

    def __init__(self, reason: str, *, code: str = "no_media") -> None:
        super().__init__(reason)
        self.code = code


class Stream(Protocol):
    """The pictures, the sound and the events of one session."""

    answer: str | None  #: SDP that answers the session's offer, where it made one.
    candidates: Sequence[tuple[str, str]]  #: Ways by which this machine can be reached, each with its medium's id.

    async def connected(self, patience: float) -> None:
        """Wait until pictures flow, for so many seconds at the most. Raises ``MediaError``."""

    async def hear(self, patience: float) -> Heard | None:
        """Give the next event; None where there is none for so many seconds. Raises ``MediaError`` at its end."""

    async def close(self) -> Recording | None:
        """Hang up, and give what was recorded; None where nothing was to be, or nothing came."""


class Media(Protocol):
    """A way to pictures and sound: WebRTC, or a LiveKit room."""

    async def join(self, opening: Opening, *, record: Path | None) -> Stream:
        """Take up a session's offer, and record it where that is wanted. Raises ``MediaError`` and ``DiskError``."""


class Line(Protocol):
    """The requests about one session, as a telephone that is held."""

    async def start(self, answer: str | None) -> Taken | Denied:
        """Have it begin."""

    async def candidate(self, candidate: str, mid: str) -> Taken | Denied:
        """Tell one way by which this machine can be reached."""

    async def say(self, text: str, kind: str) -> Taken | Denied:
        """Have something said."""

    async def keep_alive(self) -> Taken | Denied:
        """Have its idle time begin anew."""

    async def stop(self) -> Taken | Denied:
        """Have it closed."""


#: Takes down what happened, before anything else does.
Note = Callable[["Occurrence"], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What came of a session."""

    said: int  #: Lines that were said to their end.
    closed: bool  #: Whether HeyGen is known to have closed it.
    lasted_s: float  #: Seconds for which it was open.
    recording: Recording | None = None
    code: str = ""  #: Why not everything was said; empty where it was.
    reason: str = ""


class Hold(Protocol):
    """Holds one session from its opening to its end, and closes it however that comes. See ``session.hold``."""

    async def __call__(
        self,
        opening: Opening,
        content: Mapping[str, Any],
        *,
        line: Line,
        note: Note,
        record: Path | None,
        hurry: asyncio.Event,
    ) -> Held:
        """Say its lines. ``hurry`` has it closed at once. Raises ``DiskError`` after it was closed."""


#: Writes the minutes of a session beside its film: what is known of it, and all that happened. Raises ``DiskError``.
Minutes = Callable[["Path", "Mapping[str, Any]", "Sequence[Occurrence]"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosting:
    """What it takes to hold sessions."""

    hold: Hold
    minutes: Minutes
    at_once: int  #: Sessions that this machine is fit to record side by side.
