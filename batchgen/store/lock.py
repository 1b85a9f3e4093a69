"""One run, one process: locks that die with their holder, and notes that say who it is."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from batchgen.model.errors import LockedError, StoreError
from batchgen.store.mishaps import not_locked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType


def lock_of(state: Path) -> Path:
    """Name the file by which a state is locked. By whatever name it is opened, it is one file, and has one lock."""
    return Path(f"{state.resolve()}.lock")


class RunLock:
    """Held while a run sends. The operating system lets go of it when the process ends, however it ends."""

    def __init__(self, state: Path, *, command: str, since: str) -> None:
        lock = lock_of(state)
        self._lock = FileLock(lock, mode=0o600)
        self._note = lock.with_suffix(".holder")
        self._facts = {"pid": os.getpid(), "command": command, "since": since}

    def __enter__(self) -> Self:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise LockedError(self._who()) from None
        except OSError as error:
            raise not_locked(Path(self._lock.lock_file), error) from error
        with contextlib.suppress(OSError):
            self._note.touch(mode=0o600)
            self._note.write_text(json.dumps(self._facts), encoding="utf-8")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        with contextlib.suppress(OSError):
            self._note.unlink()
        self._lock.release()

    def _who(self) -> str:
        facts: dict[str, object] = {}
        try:
            facts = json.loads(self._note.read_text(encoding="utf-8"))
            holder = f"process {facts['pid']} (`{facts['command']}`, since {facts['since']})"
        except (OSError, ValueError, KeyError, TypeError):
            holder = "another process"
        return self._words(holder, facts)

    def _words(self, holder: str, _: Mapping[str, object]) -> str:
        return (
            f"{holder} is running on this state. Wait for it, or stop it with Ctrl-C; `batchgen status` works "
            "meanwhile. A run of other manifests can go beside it with its own --state."
        )


class ResultsLock(RunLock):
    """Held while a run writes results, whatever state it has: another state would buy their rows once more.

    It lies hidden beside them, and goes away with the run. Where a disk has no locks, the run goes on without one.
    """

    def __init__(self, results: Path, *, state: Path, command: str, since: str) -> None:
        self._results = results.resolve()
        super().__init__(self._results.with_name(f".{self._results.name}"), command=command, since=since)
        self._facts["state"] = str(state.resolve())

    def __enter__(self) -> Self:
        # A folder that is not there would be made for the lock; whoever writes the results tells of it.
        if self._results.parent.is_dir():
            with contextlib.suppress(StoreError):
                super().__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._lock.is_locked:
            # Before it is let go of: whoever takes it next makes a file of his own.
            with contextlib.suppress(OSError):
                Path(self._lock.lock_file).unlink()
            super().__exit__(kind, error, tb)

    def _words(self, holder: str, facts: Mapping[str, object]) -> str:
        return (
            f"{holder} is running on this manifest, with the state {facts.get('state', 'of another run')}, and writes "
            f"{self._results}. Two states know nothing of what the other one buys, so its videos would be paid for "
            "twice. Wait for it, or stop it with Ctrl-C, and name that state by --state; a run of other rows can go "
            "beside it with its own --state and --results."
        )
