"""A statement said in SQLAlchemy Core, translated once, and handed to the driver as it is from then on.

A run asks a few dozen questions tens of thousands of times. Building, keying and unpacking them anew took most of the
store's time, and none of it changes: the text does not depend on what it is asked with.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.sqlite import dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ClauseElement, Insert

#: Parameters by name: what a statement is run with is what its ``bindparam``s are called.
_DIALECT = dialect(paramstyle="named")
_BY_PLACE = dialect(paramstyle="qmark")


#: Values that one insert takes: a SQLite of any age takes so many. And rows, where only a few are left.
MOST, FEW = 999, 8


class Statement:
    """One question, or one way of writing. Rows come as plain tuples, in the order of its columns.

    What Core would turn into Python's types on the way is left as the driver gives it: the tables hold numbers and
    text, and a truth is a 0 or a 1.
    """

    def __init__(self, said: ClauseElement, columns: Sequence[str] | None = None) -> None:
        self._said = said
        self._columns = None if columns is None else list(columns)

    def all(self, driver: Any, **wanted: Any) -> list[tuple[Any, ...]]:
        """Ask, and give every row of the answer."""
        found: list[tuple[Any, ...]] = driver.execute(self.text, self._with(wanted)).fetchall()
        return found

    def cursor(self, driver: Any, **wanted: Any) -> Any:
        """Ask for a long answer, and give the driver's cursor on it."""
        return driver.execute(self.text, self._with(wanted))

    def scalar(self, driver: Any, **wanted: Any) -> Any:
        """Ask for one value; None where there is no row."""
        row = driver.execute(self.text, self._with(wanted)).fetchone()
        return None if row is None else row[0]

    def write(self, driver: Any, rows: Sequence[Mapping[str, Any]]) -> int:
        """Write with each of these, and give how many rows of the table that changed."""
        if len(rows) == 1:
            return int(driver.execute(self.text, self._with(rows[0])).rowcount)
        text, pick = self._many
        return int(driver.executemany(text, map(pick, map(self._with, rows))).rowcount)

    @cached_property
    def text(self) -> str:
        """What the driver is given."""
        return str(self._translated)

    @cached_property
    def _many(self) -> tuple[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
        """What the driver is given for many rows, and what takes a row's values in the order in which they stand there.

        By their places: to look a name up for each value of each row takes the driver longer than to write it.
        """
        told: Any = self._said.compile(dialect=_BY_PLACE, column_keys=self._columns)
        names = told.positiontup
        return str(told), itemgetter(*names) if len(names) > 1 else lambda row: tuple(row[name] for name in names)

    @cached_property
    def _translated(self) -> Any:
        return self._said.compile(dialect=_DIALECT, column_keys=self._columns)

    @cached_property
    def _constants(self) -> dict[str, Any]:
        """What stands in the statement itself, or is a column's default, and not in what it is run with."""
        told = self._translated
        defaults = {column.key: column.default.arg for column in told.insert_prefetch}
        return {name: bind.value for bind, name in told.bind_names.items() if not bind.required} | defaults

    def _with(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**self._constants, **wanted} if self._constants else wanted


class Bulk:
    """An insert of many rows, column by column: naming every value a million times takes longer than writing it.

    Columns come in the order of their table. Many rows go into one statement, since to begin and end one takes the
    database as long as to write a line; of what is left over, a few.
    """

    def __init__(self, said: Insert) -> None:
        self._said = said
        self._texts: dict[tuple[str, ...], list[tuple[int, str]]] = {}  #: Columns → rows, and the text for these.

    def write(self, driver: Any, columns: Mapping[str, Sequence[Any]]) -> int:
        """Write the rows, and give how many were new."""
        # To find out that a None is none of its own types takes the driver as long as to take in three numbers.
        given = {name: column for name, column in columns.items() if any(one is not None for one in column)}
        values, width = list(chain.from_iterable(zip(*given.values(), strict=True))), len(given)
        one, *several = self._texts.get(tuple(given)) or self._translate(tuple(given))
        new = start = 0
        for rows, text in several:
            step = rows * width
            while len(values) - start >= step:
                new += int(driver.execute(text, values[start : start + step]).rowcount)
                start += step
        rest = [values[place : place + width] for place in range(start, len(values), width)]
        return new + (int(driver.executemany(one[1], rest).rowcount) if rest else 0)

    def _translate(self, columns: tuple[str, ...]) -> list[tuple[int, str]]:
        """Say it for one row, for as many as may be, and for a few."""
        told: Any = self._said.compile(dialect=_BY_PLACE, column_keys=list(columns))
        assert told.positiontup == list(columns), told.positiontup  # noqa: S101 - or values would change places
        # Core would say it for many rows too, and take a tenth of a second.
        before, row, after = re.split(r"(?<=VALUES )(\([^()]*\))", str(told))
        self._texts[columns] = found = [
            (rows, before + ", ".join([row] * rows) + after) for rows in (1, MOST // len(columns), FEW)
        ]
        return found
