"""Reads a file of this machine on its way to the account: a piece at a time, and held against its digest.

Rule: what is sent is what was planned. The last piece leaves only once all of it is known to have the digest that
the job is known by; a file that changed meanwhile is never sent whole.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import IO, TYPE_CHECKING

from batchgen.files.interface import FileChanged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from batchgen.model.media import LocalFile

_PIECE = 512 * 1024


async def pieces(file: LocalFile, sent: Callable[[int], None]) -> AsyncIterator[bytes]:
    """Give the bytes of a file; ``sent`` is told how many were taken so far. Raises ``FileChanged``."""
    digest, taken = hashlib.sha256(), 0

    def take(source: IO[bytes]) -> bytes:
        piece = source.read(_PIECE)
        digest.update(piece)
        return piece

    try:
        with open(file.path, "rb") as source:  # noqa: ASYNC230, PTH123 - read in a thread, below
            while piece := await asyncio.to_thread(take, source):
                taken += len(piece)
                if taken > file.size or (taken == file.size and digest.hexdigest() != file.sha256):
                    raise FileChanged(file)
                yield piece
                sent(taken)
    except OSError as error:
        raise FileChanged(file) from error
    if taken < file.size:
        raise FileChanged(file)
