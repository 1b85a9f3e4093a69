"""Whether what is written still goes into the files that the next run will find, and nobody else writes there.

The operating system lets a program write on into a file that was removed, or that another one took the name of. Nothing
fails then, until the next run finds none of it, and pays for everything anew. So it is with a lock: whoever removes it
opens the state to a second run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.store.lock import lock_of
from batchgen.store.mishaps import gone, lock_removed, log_removed, replaced

if TYPE_CHECKING:
    from pathlib import Path

    from batchgen.model.errors import StoreError


class Footing:
    """The state file and its write-ahead log as they were when they were opened.

    Each is known by its number on the disk, as SQLite itself knows its file again; the log from when it is first seen,
    since the first commit makes it. There is none where a file system cannot have one, and SQLite does without. A lock
    that is gone harms nobody until another run makes its own.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._lock = lock_of(path)
        self._file_number, self._lock_number = _number(path), _number(self._lock)
        self._log_number: int | None = None

    def lost(self) -> StoreError | None:
        """Tell what became of the files, where what was just committed is not in them; None: all is well."""
        # The state file is looked at last: a folder that is moved away in the middle takes the log with it, and what
        # became of the file is what there is to tell.
        log_number, lock_number, number = _number(self._log), _number(self._lock), _number(self._path)
        if number is None:
            return gone(self._path)
        if number != self._file_number:
            return replaced(self._path)
        if self._lock_number is not None and lock_number not in {None, self._lock_number}:
            return lock_removed(self._lock)
        if self._log_number is None:
            self._log_number = log_number
        return None if log_number == self._log_number else log_removed(self._path)


def _number(path: Path) -> int | None:
    """Give the number of a file on its disk; None: there is none, or it cannot be looked at."""
    try:
        return path.stat().st_ino
    except OSError:
        return None
