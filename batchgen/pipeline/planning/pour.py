"""Pours rows of one form into their mould, all that are at hand at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from batchgen.model.job import quoted
from batchgen.model.row import Row
from batchgen.store.interface import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Texts = Sequence[Sequence[str]]  #: Those of many rows.

#: The one field that is a number and free all the same: it says how long, and changes nothing else.
LENGTH = "duration"
_number_of, _cells_of = map(itemgetter, map(Row._fields.index, ("number", "cells")))


@dataclass(frozen=True, slots=True)
class Poured:
    """A draft's entry, with open places for the free texts of rows. Each takes the texts of many rows at once.

    A million rows go through here, so what is done to each of them is done by what Python itself is made of.
    """

    kind: str
    job_id: Callable[[str, str | None], str]  #: Of its content, and of what sets it apart.
    content: Callable[[Texts], Iterable[str]]
    delivery: Callable[[Texts], Iterable[str]]
    distinct: Callable[[Texts], Iterable[str | None]]
    title: Callable[[Texts], Iterable[str | None]]
    name: Callable[[str | None, str], str]
    language: str | None
    captions: bool
    measured: bool  #: Whether the row's length is the job's.

    def entries(
        self, rows: Sequence[Row], texts: Texts, quotes: Texts, lengths: Iterable[float | None]
    ) -> Iterable[Entry]:
        """Give the entry of each row, by its texts, and by the same as JSON writes them."""
        contents = list(self.content(quotes))
        ids = list(map(self.job_id, contents, self.distinct(texts)))
        return map(
            Entry,
            *(map(_number_of, rows), map(_cells_of, rows), ids, repeat(self.kind), contents, self.delivery(quotes)),
            *(repeat(self.language), map(self.name, self.title(texts), ids)),
            *(lengths if self.measured else repeat(None), repeat(self.captions)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Mould:
    """What rows of one form come to."""

    parts: tuple[Poured, ...]  #: One for each video that such a row asks for.
    length: Callable[[Any], float | None] | None  #: Reads a row's length, where it tells one.

    def pour(self, rows: Sequence[Row], texts: Texts) -> Iterable[tuple[Entry, ...]]:
        """Give the entries of each row, by its free texts."""
        quotes = [tuple(map(quoted, one)) for one in texts]
        read = self.length
        lengths = [read(row.fields[LENGTH]) for row in rows] if read else [None] * len(rows)
        return zip(*(one.entries(rows, texts, quotes, lengths) for one in self.parts), strict=True)


class Batch:
    """Rows that are poured together, all of one form at once; what they come to stays in their order."""

    def __init__(self) -> None:
        self.lines = 0  #: How many entries there are by now.
        self._found: list[Sequence[Entry]] = []  #: Of each row.
        self._forms: dict[Mould, tuple[list[int], list[Row], list[list[str]]]] = {}  #: Places, rows and free texts.

    def add(self, entries: Sequence[Entry]) -> None:
        """Add a row that was planned in full."""
        self._found.append(entries)
        self.lines += len(entries)

    def cast(self, row: Row, mould: Mould, texts: list[str]) -> None:
        """Add a row that is to be poured."""
        form = self._forms.get(mould)
        if form is None:
            form = self._forms[mould] = ([], [], [])
        form[0].append(len(self._found))
        form[1].append(row)
        form[2].append(texts)
        self._found.append(())
        self.lines += len(mould.parts)

    def pour(self) -> list[Entry]:
        """Give the entries of all rows."""
        for mould, (places, rows, texts) in self._forms.items():
            for place, entries in zip(places, mould.pour(rows, texts), strict=True):
                self._found[place] = entries
        return list(chain.from_iterable(self._found))
