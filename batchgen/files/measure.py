"""How long a film or a recording of this machine is."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

from batchgen.files.running_time import running_time

if TYPE_CHECKING:
    from collections.abc import Coroutine

#: Bytes of a header that are read in one go: what asks for more is damaged.
MOST = 1024 * 1024


def lasts(path: str) -> float | None:
    """Give the seconds that a file lasts, by its header; None where that does not tell, or cannot be read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a path as it was noted
            return _at_once(running_time(_OnDisk(file)))
    except (OSError, ValueError):
        return None


class _OnDisk:
    """See ``Window``."""

    def __init__(self, file: IO[bytes]) -> None:
        self.size: int | None = os.fstat(file.fileno()).st_size
        self._file = file

    async def read(self, start: int, length: int) -> bytes:
        """See ``Window.read``."""
        self._file.seek(start)
        return self._file.read(min(length, MOST))


def _at_once(work: Coroutine[None, None, float | None]) -> float | None:
    """Give what comes of work that never waits: a loop for each file would cost more than reading it."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return] # what the work gives
    raise AssertionError("a file of this machine was waited for")
