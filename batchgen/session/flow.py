"""What the pictures, sound and events of a session have in common, whichever protocol they come by."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from batchgen.session.events import Events
from batchgen.session.interface import MediaError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from batchgen.model.session import Heard, Recording
    from batchgen.session.recorder import Recorder

#: What to do where nothing comes.
FIREWALL = "A firewall may be in the way: `batchgen doctor` tells what has to be let through."


class Flow:
    """See ``Stream``. A protocol gives it tracks to pull, and says how its own connection ends."""

    answer: str | None = None  #: Only a protocol that makes offers has one.
    candidates: Sequence[tuple[str, str]] = ()

    def __init__(self, recorder: Recorder | None) -> None:
        self.recorder = recorder
        self.events = Events()
        self.flowing = asyncio.Event()  #: Set by the first picture.
        self._pulling: list[asyncio.Task[None]] = []

    def pull(self, track: Coroutine[None, None, None]) -> None:
        """Take what a track brings, from now to the end."""
        self._pulling.append(asyncio.ensure_future(track))

    async def connected(self, patience: float) -> None:
        """See ``Stream.connected``."""
        gone = asyncio.ensure_future(self.events.ended.wait())
        flowing = asyncio.ensure_future(self.flowing.wait())
        await asyncio.wait({gone, flowing}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        flowing.cancel()
        if not self.flowing.is_set():
            raise MediaError(f"Pictures and sound did not come within {patience:g} seconds. {FIREWALL}")

    async def hear(self, patience: float) -> Heard | None:
        """See ``Stream.hear``."""
        return await self.events.next(patience)

    async def close(self) -> Recording | None:
        """See ``Stream.close``."""
        for task in self._pulling:
            task.cancel()
        await asyncio.gather(*self._pulling, return_exceptions=True)
        await self.leave()
        return None if self.recorder is None else await self.recorder.finish()

    async def leave(self) -> None:
        """End the connection."""
        raise NotImplementedError
