"""What every format of a sheet gives: its columns, and its records one after the other."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batchgen.model.errors import Fault
    from batchgen.model.layout import Layout

#: Rows that are read at a time.
BLOCK = 512


class Record(NamedTuple):
    """One row as it stands in its file. A plain tuple, because there may be a million of them."""

    number: int  #: As the spreadsheet shows it: the header is row 1.
    cells: tuple[str, ...]  #: Every cell as text, in the order of the columns.
    values: Sequence[Any]  #: The same as values: text, or a list or group where the format can say one.


def records(
    numbers: Iterable[int], cells: Iterable[tuple[str, ...]], values: Iterable[Sequence[Any]]
) -> Iterator[Record]:
    """Make many records at once, in half the time that each would take by itself."""
    return map(tuple.__new__, repeat(Record), zip(numbers, cells, values))  # noqa: B905


class Sheet(Protocol):
    """A sheet that was opened."""

    columns: tuple[str, ...]  #: The headers in order, as written.
    structured: bool  #: Whether a cell can be a list or a group of values.
    digest: str  #: Of its bytes.
    notes: tuple[str, ...]  #: What was guessed about it, for the user to see.
    layout: Layout | None  #: How it is written, where it is text with delimiters.

    def records(self) -> Iterator[Record | Fault]:
        """Read the rows that are not blank, from the first, a chunk at a time."""


def letter(place: int) -> str:
    """Name a column that has no header as spreadsheets do: 0 is A, 26 is AA."""
    name = ""
    while place >= 0:
        name = chr(ord("A") + place % 26) + name
        place = place // 26 - 1
    return name
