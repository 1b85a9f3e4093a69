"""A state file that is open: questions asked on a connection that stays, and small writes on another."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from batchgen.model.status import Status
from batchgen.store.mishaps import store_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from batchgen.store.engine import Engines
    from batchgen.store.statement import Statement

#: Rows that are read at a time where many are.
CHUNK = 1000


class Connected:
    """What each question and each small write goes through. All of it raises ``StoreError``."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._reading = engines.reader.raw_connection()
        self._reading_alone = Lock()  # Results are written from a thread of their own.

    def _scalar(self, query: Statement, **wanted: Any) -> Any:
        rows = self._all(query, **wanted)
        return rows[0][0] if rows else None

    def _stream(self, query: Statement, **wanted: Any) -> Iterator[Any]:
        try:
            with (
                closing(self._engines.reader.raw_connection()) as reading,
                closing(query.cursor(reading.driver_connection, **wanted)) as cursor,
            ):
                while chunk := cursor.fetchmany(CHUNK):
                    yield from chunk
        except (DBAPIError, sqlite3.Error) as error:
            raise store_error(self._engines.path, error) from error

    def _all(self, query: Statement, **wanted: Any) -> list[tuple[Any, ...]]:
        try:
            with self._reading_alone:
                # No transaction is begun: what a single statement reads is of one moment anyway.
                return query.all(self._reading.driver_connection, **wanted)
        except sqlite3.Error as error:
            raise store_error(self._engines.path, error) from error

    def _tally(self, query: Statement, **wanted: Any) -> dict[Status, int]:
        counted = {Status(status): int(n) for status, n in self._all(query, **wanted)}
        return {status: counted.get(status, 0) for status in Status}

    def _write(self, work: Callable[[Connection], Any]) -> Any:
        """Write outside a run's stages: planning, and a run's beginning and end."""
        try:
            with self._engines.writer.begin() as connection:
                return work(connection)
        except (DBAPIError, sqlite3.Error) as error:
            raise store_error(self._engines.path, error) from error
