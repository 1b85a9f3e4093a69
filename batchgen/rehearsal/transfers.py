"""Downloads that are counted and timed, and of which no byte exists: a rehearsal fills no disk."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from batchgen.files.interface import LIMIT_BYTES, DownloadFailed, LinkExpired, SavedFile
from batchgen.rehearsal.wires import download_call
from batchgen.sandbox import Fate

if TYPE_CHECKING:
    from pathlib import Path

    from batchgen.sandbox import World

#: A second of 1080p video, in bytes, at the five megabits that web players ask for.
BYTES_A_SECOND = 625_000
#: What a line brings home in a second, in bytes: fifty megabits.
LINE_BYTES_A_SECOND = 6_250_000


@dataclass
class Transfers:
    """See ``files.interface.Download``."""

    world: World
    size: int = 0  #: Bytes that would have been saved.

    async def __call__(self, url: str, *, to: Path, limit_bytes: int = LIMIT_BYTES) -> SavedFile:
        """See Download."""
        del limit_bytes
        answer = self.world.handle(download_call(url))
        await asyncio.sleep(0.1)
        if answer.status in {403, 404}:
            raise LinkExpired("the link has ended")
        if answer.status >= 400 or answer.fate is Fate.LOST or answer.film is None:
            raise DownloadFailed(f"the server answered {answer.status}", transient=True)
        size = int(answer.film.seconds * BYTES_A_SECOND)
        cut = answer.fate is Fate.CUT
        await asyncio.sleep(size * (answer.cut_share if cut else 1.0) / LINE_BYTES_A_SECOND)
        if cut:
            raise DownloadFailed("the transfer broke off", transient=True)
        self.size += size
        return SavedFile(path=to, size=size, digest=sha256(answer.film.digest.encode()).hexdigest())
