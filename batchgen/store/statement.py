"""A statement said in SQLAlchemy Core, translated once, and handed to the driver as it is from then on.

A run asks a few dozen questions tens of thousands of times. Building, keying and unpacking them anew took most of the
store's time, and none of it changes: the text does not depend on what it is asked with.
"""

from __future__ import annotations

from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.sqlite import dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ClauseElement

#: Parameters by name: what a statement is run with is what its ``bindparam``s are called. And by their place.
_DIALECT = dialect(paramstyle="named")
BY_PLACE = dialect(paramstyle="qmark")


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
        told: Any = self._said.compile(dialect=BY_PLACE, column_keys=self._columns)
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
