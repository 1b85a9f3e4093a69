"""One run, one process: a lock that dies with its holder, and a note that says who it is."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from batchgen.model.errors import LockedError, StoreError

if TYPE_CHECKING:
    from types import TracebackType


class RunLock:
    """Held while a run sends. The operating system lets go of it when the process ends, however it ends."""

    def __init__(self, state: Path, *, command: str, since: str) -> None:
        # By whatever name it is opened, it is one file, and has one lock.
        state = state.resolve()
        self._lock = FileLock(f"{state}.lock", mode=0o600)
        self._note = Path(f"{state}.holder")
        self._facts = {"pid": os.getpid(), "command": command, "since": since}

    def __enter__(self) -> Self:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise LockedError(self._who()) from None
        except OSError as error:
            raise StoreError(f"{self._lock.lock_file}: the lock cannot be taken ({error.strerror}).") from error
        with contextlib.suppress(OSError):
            self._note.touch(mode=0o600)
            self._note.write_text(json.dumps(self._facts), encoding="utf-8")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        with contextlib.suppress(OSError):
            self._note.unlink()
        self._lock.release()

    def _who(self) -> str:
        try:
            facts = json.loads(self._note.read_text(encoding="utf-8"))
            holder = f"process {facts['pid']} (`{facts['command']}`, since {facts['since']})"
        except (OSError, ValueError, KeyError):
            holder = "another process"
        return (
            f"{holder} is running on this state. Wait for it, or stop it with Ctrl-C; `batchgen status` works "
            "meanwhile. A run of other manifests can go beside it with its own --state."
        )
