"""The state file: opened, copied, locked."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.model.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import ExitStack

    from batchgen.model.media import LocalFile
    from batchgen.store.interface import Sheet, Sheets, Store
    from batchgen.store.lock import RunLock


@contextmanager
def open_store(state: str, *, scratch: bool = False, home: Path | None = None) -> Iterator[Store]:
    """Open the state for as long as it is needed. See ``SqliteStore.open``."""
    from batchgen.store.sqlite import SqliteStore  # noqa: PLC0415 - `open_sheets` does without it

    store = SqliteStore.open(state, scratch=scratch, home=home)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def open_sheets(state: str) -> Iterator[Sheets]:
    """Open the state to look at its sheets alone, which is done sooner."""
    from batchgen.store.sheets import Sheets  # noqa: PLC0415 - see ``open_store``

    store = Sheets.open(state)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def scratch_store(state: str) -> Iterator[Store]:
    """Open a copy of the state, so that planning can be tried while a run is on, and changes nothing."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - only where nothing is to stay

    from batchgen.store.engine import copy_state, state_url  # noqa: PLC0415

    with TemporaryDirectory(prefix="batchgen-plan-") as folder:
        copy = Path(folder) / "state.db"
        home = Path(str(state_url(state).database))
        copy_state(home, copy)
        with open_store(str(copy), scratch=True, home=home) as store:
            yield store


#: Bytes of files from which on it is worth keeping what reading them told: the next plan is spared seconds.
WORTH_KEEPING = 16_000_000


def keep_read(state: str, files: Sequence[LocalFile]) -> None:
    """Keep what was read of files while planning on a copy. It spares time and changes nothing, so it may fail."""
    if sum(file.size for file in files) >= WORTH_KEEPING:
        with suppress(StoreError), open_store(state) as store:
            store.keep_local_files(files)


def locked(state: str, *, command: str, part: str = "") -> RunLock:
    """Take the state for one process, or a ``part`` of what is done with it, beside which all else may go on."""
    from batchgen.store.engine import prepare_file, state_url  # noqa: PLC0415
    from batchgen.store.lock import RunLock  # noqa: PLC0415

    path = Path(str(state_url(state).database))
    prepare_file(path)
    path = path.resolve()
    return RunLock(path.with_name(path.name + part), command=command, since=_since())


class ResultsHeld:
    """The files of results that a run has for itself until ``stack`` ends."""

    def __init__(self, stack: ExitStack, state: str, *, command: str) -> None:
        self._stack, self._state, self._command = stack, state, command
        self._taken: set[str] = set()

    def take(self, sheets: Sequence[Sheet]) -> None:
        """Take those of these sheets. Raises ``LockedError`` where a run with another state has one of them."""
        from batchgen.store.engine import state_url  # noqa: PLC0415
        from batchgen.store.lock import ResultsLock  # noqa: PLC0415

        state = Path(str(state_url(self._state).database))
        for results in sorted({sheet.results for sheet in sheets} - self._taken):
            lock = ResultsLock(Path(results), state=state, command=self._command, since=_since())
            self._stack.enter_context(lock)
            self._taken.add(results)


def _since() -> str:
    from datetime import datetime  # noqa: PLC0415 - light, and only here

    return f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}"
