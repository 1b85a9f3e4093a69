"""Looks at a state file and at the disk below it, and changes neither."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from batchgen.model.errors import StoreError
from batchgen.store.engine import state_url
from batchgen.store.mishaps import store_error
from batchgen.store.schema import current_version


@dataclass(frozen=True, slots=True)
class Condition:
    """What a state file holds."""

    path: Path
    size: int  #: Bytes.
    jobs: int


def look_at(state: str) -> Condition | None:
    """Read a state file; None: there is none yet. Raises ``StoreError`` and ``ConfigError``."""
    path = state_path(state)
    try:
        if not path.exists():
            return None
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2)) as db:
            tables = {name for (name,) in db.execute("select name from sqlite_master where type = 'table'")}
            if "meta" not in tables:
                if tables:
                    raise StoreError(f"{path}: this is the database of another program. Name another with --state.")
                return Condition(path, path.stat().st_size, 0)
            version = db.execute("select value from meta where name = 'schema'").fetchone()
            if version and int(version[0]) > current_version():
                raise StoreError(f"{path}: this was written by a newer batchgen. Upgrade batchgen.")
            (jobs,) = db.execute("select count(*) from jobs").fetchone()
    except (sqlite3.Error, OSError) as error:
        if isinstance(error, OSError):
            raise StoreError(f"{path}: the state cannot be read ({error.strerror}).") from error
        raise store_error(path, error) from error
    return Condition(path, path.stat().st_size, int(jobs))


def state_path(state: str) -> Path:
    """Give the file of ``--state``. Raises ``ConfigError``."""
    return Path(str(state_url(state).database))


def try_journal(folder: Path) -> None:
    """Write as the state is written, beside it, and read it by a second connection. Raises ``StoreError``.

    A write-ahead log needs memory that connections share, which some network drives do not give.
    """
    try:
        with TemporaryDirectory(dir=folder, prefix=".batchgen-doctor-") as scratch:
            path = Path(scratch) / "state.db"
            with closing(sqlite3.connect(path)) as writer, closing(sqlite3.connect(path)) as reader:
                (mode,) = writer.execute("PRAGMA journal_mode=WAL").fetchone()
                writer.execute("PRAGMA synchronous=FULL")
                writer.execute("create table kept (value)")
                writer.execute("insert into kept values (1)")
                writer.commit()
                read = reader.execute("select value from kept").fetchall()
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{folder}: a state cannot be written there ({error}).") from error
    if mode != "wal" or read != [(1,)]:
        raise StoreError(
            f"{folder}: this drive cannot hold a write-ahead log. Put the state on a local disk (--state)."
        )
