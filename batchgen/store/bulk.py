"""An insert of many rows by one statement.

To begin and end a statement takes the database as long as to write a row. And the driver lets go of the interpreter for
each: with two threads at work, one that writes row by row waits for the other one as often.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any

from batchgen.store.statement import BY_PLACE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Insert

#: Values that one statement takes: a SQLite of any age takes so many.
MOST = 999


class Bulk:
    """An insert, column by column: naming every value a million times takes longer than writing it.

    Columns come in the order of their table.
    """

    def __init__(self, said: Insert) -> None:
        self._said = said
        self._texts: dict[tuple[str, ...], _Texts] = {}  #: By columns.

    def write(self, driver: Any, columns: Mapping[str, Sequence[Any]]) -> int:
        """Write the rows, and give how many were new."""
        # To find out that a None is none of its own types takes the driver as long as to take in three numbers.
        given = {name: column for name, column in columns.items() if any(one is not None for one in column)}
        texts = self._texts.get(tuple(given)) or self._translate(tuple(given))
        return texts.write(driver, chain.from_iterable(zip(*given.values(), strict=True)))

    def _translate(self, columns: tuple[str, ...]) -> _Texts:
        told: Any = self._said.compile(dialect=BY_PLACE, column_keys=list(columns))
        assert told.positiontup == list(columns), told.positiontup  # noqa: S101 - or values would change places
        # Core would say it for many rows too, and take a tenth of a second.
        before, row, after = re.split(r"(?<=VALUES )(\([^()]*\))", str(told))
        found = self._texts[columns] = _Texts(before, row, after, width=len(columns))
        return found


class _Texts:
    """A statement for as many rows as may be, and for each power of two below: any number of rows takes a few."""

    def __init__(self, before: str, row: str, after: str, *, width: int) -> None:
        self._width = width
        most = MOST // width
        sizes = [most, *(2**power for power in reversed(range(most.bit_length())))]
        self._texts = [(rows, before + ", ".join([row] * rows) + after) for rows in sizes]

    def write(self, driver: Any, given: Iterable[Any]) -> int:
        """Write rows, all their values one after the other, and give how many it took."""
        values = list(given)
        took = start = 0
        for rows, text in self._texts:
            step = rows * self._width
            while len(values) - start >= step:
                took += int(driver.execute(text, values[start : start + step]).rowcount)
                start += step
        return took
