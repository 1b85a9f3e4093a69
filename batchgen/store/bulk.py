"""Inserts and updates of many rows by one statement.

To begin and end a statement takes the database as long as to write a row. And the driver lets go of the interpreter for
each: with two threads at work, one that writes row by row waits for the other one as often.
"""

from __future__ import annotations

import re
import sqlite3
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, column, literal_column, table, update

from batchgen.store.statement import BY_PLACE, Statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Insert, Table, Update

#: Values that one statement takes: a SQLite of any age takes so many.
MOST = 999


class Bulk:
    """An insert, column by column: naming every value a million times takes longer than writing it.

    Columns come in the order of their table.
    """

    def __init__(self, said: Insert) -> None:
        self._said = said
        self._texts: dict[tuple[str, ...], _Text] = {}  #: By columns.

    def write(self, driver: Any, columns: Mapping[str, Sequence[Any]]) -> int:
        """Write the rows, and give how many were new."""
        # To find out that a None is none of its own types takes the driver as long as to take in three numbers.
        given = {name: values for name, values in columns.items() if any(one is not None for one in values)}
        text = self._texts.get(tuple(given)) or self._translate(tuple(given))
        return text.write(driver, list(zip(*given.values(), strict=True)))

    def _translate(self, columns: tuple[str, ...]) -> _Text:
        told: Any = self._said.compile(dialect=BY_PLACE, column_keys=list(columns))
        assert told.positiontup == list(columns), told.positiontup  # noqa: S101 - or values would change places
        before, row, after = re.split(r"(?<=VALUES )(\([^()]*\))", str(told))
        found = self._texts[columns] = _Text(before, row, after)
        return found


class _Text(NamedTuple):
    """A statement for many rows. Core would say it anew for each number of them, and take a tenth of a second."""

    before: str
    row: str  #: The places of a row's values.
    after: str

    def write(self, driver: Any, rows: Sequence[tuple[Any, ...]]) -> int:
        """Write rows, as many at once as may be, and give how many it took."""
        step, took = MOST // len(rows[0]), 0
        for start in range(0, len(rows), step):
            some = rows[start : start + step]
            text = f"{self.before}{', '.join([self.row] * len(some))}{self.after}"
            took += int(driver.execute(text, list(chain.from_iterable(some))).rowcount)
        return took


#: Whether the database takes ``UPDATE … FROM``. SQLite does since 3.33; some systems that have Python 3.11 have 3.26.
FROM = sqlite3.sqlite_version_info >= (3, 33)

#: The status that rows are in, and the one that they get. Both stand in the statement itself: only so does the database
#: see which indexes have to do with it.
Turn = tuple[int, int]


class BulkUpdate:
    """An update of a table's rows by their ``pk``, column by column, each to values of its own."""

    def __init__(self, rows: Table) -> None:
        self._rows = rows

    def write(
        self, driver: Any, pks: Sequence[int], columns: Mapping[str, Sequence[Any]], turn: Turn | None = None
    ) -> int:
        """Write rows, or of those that are to turn the ones whose status is as it was, and give how many these were."""
        given = list(zip(pks, *columns.values(), strict=True))
        if len(given) > 1 and FROM:
            return _together(self._rows, tuple(columns), turn).write(driver, given)
        names = ("b_pk", *columns)
        return _each(self._rows, names, turn).write(driver, [dict(zip(names, row, strict=True)) for row in given])


@lru_cache(maxsize=256)
def _together(rows: Table, names: tuple[str, ...], turn: Turn | None) -> _Text:
    # A list of values has columns of these names, in SQLite as in PostgreSQL.
    given = table("given", *(column(f"column{place}") for place in range(1, len(names) + 2)))
    pk, *values = given.c
    told: Any = _turned(rows, turn, rows.c.pk == pk, dict(zip(names, values, strict=True))).compile(dialect=BY_PLACE)
    before, after = re.split(r"(?<=FROM )(?=given)", str(told))
    return _Text(f"{before}(VALUES ", f"({', '.join('?' * len(given.c))})", f") AS {after}")


@lru_cache(maxsize=256)
def _each(rows: Table, names: tuple[str, ...], turn: Turn | None) -> Statement:
    pk, *values = names
    return Statement(_turned(rows, turn, rows.c.pk == bindparam(pk), {name: bindparam(name) for name in values}))


def _turned(rows: Table, turn: Turn | None, which: ColumnElement[bool], values: Mapping[str, Any]) -> Update:
    """Set the values of a row and, where it is to turn, its status."""
    said = update(rows).where(which)
    if turn is None:
        return said.values(values)
    old, new = turn
    return said.where(rows.c.status == literal_column(f"{old:d}")).values(
        {"status": literal_column(f"{new:d}"), **values}
    )
