"""Opens the database: one engine to write with, one to read with, and the settings that durability needs."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import QueuePool, StaticPool

from batchgen.model.errors import ConfigError, StoreError
from batchgen.model.home import at_home
from batchgen.store.mishaps import closed, store_error

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

#: Statements that a connection keeps ready: a few dozen, each for several numbers of rows.
STATEMENTS = 512
#: How long to wait for another program that has the file locked, in seconds.
BUSY_SECONDS = 20.0

_LOG = "PRAGMA journal_mode=WAL"
#: Kibibytes of pages that the writer keeps. The index that finds a job by its id is read and written all over: where
#: less of it is at hand, planning a million rows writes each of its pages a hundred times.
CACHE_KIB = 32_768
#: Takes the right to write at once: a transaction that only asks for it later may find that it comes too late.
BEGIN_WRITING = "BEGIN IMMEDIATE"

# What goes wrong is raised, and told in a sentence. A pool that is interrupted would print its traceback beside it.
logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())


def state_url(state: str) -> URL:
    """Read ``--state``: a SQLAlchemy URL, or the path of a SQLite file."""
    try:
        url = make_url(state if "://" in state else "sqlite:///" + str(Path(at_home(state)).absolute()))
    except (ArgumentError, ValueError) as error:
        raise ConfigError(f"--state {state.rpartition('@')[2]}: this is neither a path nor a database URL.") from error
    if not url.drivername.startswith("sqlite"):
        raise ConfigError(f"--state {url.render_as_string()}: only SQLite is supported; give the path of a file.")
    if not url.database or Path(url.database).name == ":memory:":
        raise ConfigError("--state: the state must be a file, so that a run can go on after a crash.")
    return url


@dataclass(frozen=True, slots=True)
class Engines:
    """The two ways into one database."""

    path: Path
    writer: Engine
    reader: Engine
    #: The writer's connection, taken from its pool for good: to ask for it at each commit costs more than some commits.
    writing: Any
    lasting: bool = True  #: Whether anybody needs the file afterwards.

    def dispose(self) -> None:
        """Let go of every connection."""
        self.writing.close()
        self.writer.dispose()
        self.reader.dispose()


def open_engines(url: URL, *, lasting: bool = True) -> Engines:
    """Open the state file, making it and its folder where there is none. Raises ``StoreError``.

    What is not ``lasting`` need not reach the disk.
    """
    path = Path(str(url.database))
    prepare_file(path)
    try:
        writer = _engine(url, BEGIN_WRITING, pool=StaticPool, lasting=lasting)
        reader = _engine(url, "BEGIN", pool=QueuePool, lasting=lasting)
    except NoSuchModuleError as error:
        raise ConfigError(f"--state: {error}") from error
    with ExitStack() as opened:
        opened.callback(writer.dispose)
        try:
            # Below SQLAlchemy, which would begin a transaction first; in one the mode cannot be changed.
            writing = writer.raw_connection()
            with closing(writing.cursor()) as cursor:
                _check_ours(path, cursor)
                _keep_log(cursor)
        except (DBAPIError, sqlite3.Error) as error:
            raise store_error(path, error) from error
        opened.pop_all()
    return Engines(path, writer, reader, writing, lasting)


def _check_ours(path: Path, cursor: Any) -> None:
    """Refuse to settle in a database that another program made, before anything of it is changed."""
    cursor.execute("select name from sqlite_master where type = 'table'")
    found = {name for (name,) in cursor.fetchall()}
    if found and "meta" not in found:
        raise StoreError(f"{path}: this is the database of another program. Name another with --state.")


def _keep_log(cursor: Any) -> None:
    """Have a write-ahead log. Where another opens the same new state just then, SQLite refuses without any waiting."""
    try:
        cursor.execute(_LOG)
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        from tenacity import Retrying, retry_if_exception_message, stop_after_delay, wait_fixed  # noqa: PLC0415 - rare

        locked = retry_if_exception_message(match=".*locked")
        trying = Retrying(retry=locked, stop=stop_after_delay(BUSY_SECONDS), wait=wait_fixed(0.01), reraise=True)
        trying(cursor.execute, _LOG)


def copy_state(path: Path, to: Path) -> None:
    """Copy a state file as it stands, also while a run writes to it; where there is none, there is nothing to copy."""
    if not path.is_file():
        return
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as source, closing(sqlite3.connect(to)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        raise store_error(path, error) from error


def prepare_file(path: Path) -> None:
    """Make the state file and its folder where there are none, for its owner alone."""
    if path.exists() and not path.is_file():
        raise StoreError(f"{path}: this is no file, so no state can be kept in it. Name another by --state.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Made for its owner alone, before SQLite opens it: what people pay for is nobody else's business.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        if path.is_file():  # Another one would know of nothing that was paid for.
            raise closed(path) from error
        raise StoreError(
            f"{path}: the state cannot be opened ({error.strerror}). Check the folder, or name another by --state.",
        ) from error


def _engine(url: URL, begin: str, *, pool: Any, lasting: bool) -> Engine:
    engine = create_engine(
        url,
        poolclass=pool,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False, "cached_statements": STATEMENTS},
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: object) -> None:
        # The driver's own idea of when a transaction begins is turned off; ``begin`` below says it.
        connection.isolation_level = None
        connection.execute(f"PRAGMA synchronous={'NORMAL' if lasting else 'OFF'}")
        if begin is BEGIN_WRITING:
            connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        connection.execute("PRAGMA temp_store=MEMORY")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
