"""The disk of a simulated machine: a folder and a state file, emptied from scenario to scenario, and never opened anew.

A crash here ends a process, and leaves its machine running: what was committed is there, and nothing else is. So the
connections may outlive it. To open them for each life, and to have SQLite read its tables and each of its statements
again, was a third of the work.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from batchgen.store.engine import Engines, open_engines, state_url
from batchgen.store.schema import prepare
from batchgen.store.tables import jobs, meta, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Row, Select

STATE = "state.db"
_CLEAN: list[Disk] = []


class _Kept(Engines):
    """Engines that a store which is closed leaves open."""

    def dispose(self) -> None:
        assert self.reader.pool.checkedout() == 0, "a store was closed, and something still reads from it"


@dataclass(frozen=True)
class Disk:
    """What outlives a crash."""

    folder: Path
    engines: Engines

    def ask(self, query: Select) -> Sequence[Row]:
        """Read the state as it stands."""
        with self.engines.reader.connect() as connection:
            return connection.execute(query).all()

    @property
    def jobs(self) -> Sequence[Row]:
        return self.ask(select(jobs).order_by(jobs.c.pk))

    def wipe(self) -> None:
        with self.engines.writer.begin() as connection:
            for statement in _EMPTIED:
                connection.execute(statement)
        for entry in os.scandir(self.folder):
            if entry.is_dir():
                shutil.rmtree(entry)
            elif not entry.name.startswith(STATE):
                os.unlink(entry)


_EMPTIED = [delete(table) for table in reversed(metadata.sorted_tables) if table is not meta]


@contextmanager
def empty_disk() -> Iterator[Disk]:
    """Lend a disk with nothing on it."""
    disk = _CLEAN.pop() if _CLEAN else _formatted()
    try:
        yield disk
    finally:
        disk.wipe()
        _CLEAN.append(disk)


def _formatted() -> Disk:
    folder = Path(tempfile.mkdtemp(prefix="batchgen-sim-", dir=shared_folder()))
    # Of all ways to have it done at the end, the one that processes of a pool heed as well.
    Finalize(None, shutil.rmtree, [folder], {"ignore_errors": True}, exitpriority=0)
    engines = open_engines(state_url(str(folder / STATE)))
    prepare(engines)
    return Disk(folder, _Kept(engines.path, engines.writer, engines.reader, engines.writing))


def shared_folder() -> str | None:
    """Give a folder in memory where there is one: simulations write a lot, and keep nothing."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() else None


def temporary() -> tempfile.TemporaryDirectory[str]:
    """Make an empty folder."""
    return tempfile.TemporaryDirectory(prefix="batchgen-sim-", dir=shared_folder(), ignore_cleanup_errors=True)
