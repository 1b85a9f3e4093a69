"""Rows of a manifest as they were written, and what their columns were found to mean."""

from __future__ import annotations

from collections import defaultdict
from itertools import repeat
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from batchgen.model.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: What stands before the name of a group that holds by default, where the row says something of that group itself.
BY_DEFAULT = "defaults."


class Row(NamedTuple):
    """One row, its original cells beside the fields they fill. A plain tuple, because there may be a million of them.

    A manifest with ``foreach`` gives several rows with the same number and cells.
    """

    file: str  #: The file the cells stand in, as the user named it.
    number: int  #: As the spreadsheet numbers it: the header is row 1, the first data row is 2.
    cells: tuple[str, ...]  #: Every original cell, in the order of the manifest's columns, untouched.
    kind: str  #: The kind of job the row asks for.
    fields: Mapping[str, Any]  #: Canonical field → value. Text from a sheet; any JSON value from YAML or JSONL.
    columns: Mapping[str, str] = MappingProxyType({})  #: Field → the header or key it came from.

    def fault(self, field_name: str | None, problem: str, remedy: str = "") -> Fault:
        """Say what is wrong with one field of this row, at the column it came from."""
        column = None if field_name is None else self.columns.get(field_name, field_name)
        return Fault(file=self.file, row=self.number, column=column, problem=problem, remedy=remedy)


class Sheaf(NamedTuple):
    """Rows that stand below each other and are nothing but text, column by column: much is done sooner to many at once.

    A text that is empty, or nothing but space, fills no field.
    """

    file: str
    numbers: Sequence[int]
    cells: Sequence[tuple[str, ...]]
    kind: str
    texts: Mapping[str, Sequence[str]]  #: Canonical field → what stands in its column in each row.
    columns: Mapping[str, str] = MappingProxyType({})

    def rows(self) -> Iterator[Row]:
        """Give its rows one by one."""
        texts = zip(*self.texts.values(), strict=True) if self.texts else repeat(())
        for number, cells, said in zip(self.numbers, self.cells, texts):  # noqa: B905 - ``repeat`` has no end
            filled = {field: text for field, text in zip(self.texts, said, strict=True) if text.strip()}
            yield Row(self.file, number, cells, self.kind, filled, self.columns)

    def part(self, start: int, end: int) -> Sheaf:
        """Give the rows from one place to another, without the last."""
        texts = {field: column[start:end] for field, column in self.texts.items()}
        return self._replace(numbers=self.numbers[start:end], cells=self.cells[start:end], texts=texts)

    def forms(self) -> Iterator[tuple[tuple[str, ...], Sequence[int]]]:
        """Give each set of fields that some rows fill, in order, with the places of these rows."""
        said = {field: list(map(str.strip, column)) for field, column in self.texts.items()}
        gaps = [field for field, column in said.items() if not all(column)]
        places: defaultdict[tuple[bool, ...], list[int]] = defaultdict(list)
        for place, there in enumerate(zip(*(map(bool, said[field]) for field in gaps), strict=True)):
            places[there].append(place)
        for there, those in places.items() if gaps else [((), range(len(self.numbers)))]:
            empty = {field for field, filled in zip(gaps, there, strict=True) if not filled}
            yield tuple(field for field in said if field not in empty), those
