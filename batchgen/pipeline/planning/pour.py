"""Pours rows of one form into their mould, all that are at hand at once and column by column."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain, repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from batchgen.model.naming import quoted
from batchgen.store.interface import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from batchgen.model.naming import Named
    from batchgen.model.row import Row
    from batchgen.pipeline.money.quote import Tally

    Columns = Sequence[Sequence[str]]  #: The free texts of many rows, a column for each field.

#: The one field that is a number and free all the same: it says how long, and changes nothing else.
LENGTH = "duration"


@dataclass(frozen=True, slots=True)
class Poured:
    """A draft's entry, with open places for the free texts of rows. Each takes the texts of many rows at once.

    A million rows go through here, so what is done to each of them is done by what Python itself is made of.
    """

    kind: str
    job_ids: Named
    formers: Named | None  #: What an earlier batchgen called the same jobs; None: the same.
    content: Callable[[Columns, int], Iterable[str]]
    delivery: Callable[[Columns, int], Iterable[str]]
    distinct: Callable[[Columns, int], Iterable[str | None]]
    title: Callable[[Columns, int], Iterable[str | None]]
    name: Callable[[str | None, str], str]
    language: str | None
    captions: bool
    measured: bool  #: Whether the row's length is the job's.
    like: Mapping[str, Any]  #: The content of such a job, with marks in it where texts are free.

    def entries(self, cast: Cast, quotes: Columns, lengths: Sequence[float | None]) -> Iterable[Entry]:
        """Give the entry of each row, by its texts, and by the same as JSON writes them."""
        rows, texts = len(cast.numbers), cast.texts
        contents = list(self.content(quotes, rows))
        ids = self.job_ids(contents, self.distinct(texts, rows))
        formers = self.formers(contents, self.distinct(texts, rows)) if self.formers else repeat(None)
        facts = zip(  # noqa: B905 - what is the same in every row has no end
            *(cast.numbers, cast.cells, ids, repeat(self.kind), contents, self.delivery(quotes, rows)),
            *(repeat(self.language), map(self.name, self.title(texts, rows), ids)),
            *(lengths if self.measured else repeat(None), repeat(self.captions), repeat(False), formers),
        )
        # Half of the time that ``Entry(…)`` takes.
        return map(tuple.__new__, repeat(Entry), facts)


@dataclass(frozen=True, slots=True, eq=False)
class Mould:
    """What rows of one form come to."""

    parts: tuple[Poured, ...]  #: One for each video that such a row asks for.
    length: Callable[[Any], float | None] | None  #: Reads a row's length, where it tells one.

    def pour(self, cast: Cast) -> Iterable[tuple[Entry, ...]]:
        """Give the entries of each row."""
        quotes = [list(map(quoted, column)) for column in cast.texts]
        lengths = self._lengths(cast)
        return zip(*(one.entries(cast, quotes, lengths) for one in self.parts), strict=True)

    def count(self, cast: Cast, tally: Tally) -> None:
        """Count the jobs that each row asks for."""
        lengths = Counter(self._lengths(cast)) if tally.whole else {}
        for one in self.parts:
            for length_s, jobs in lengths.items() if one.measured else [(None, len(cast.numbers))]:
                tally.add(one.kind, one.like, length_s, jobs)

    def _lengths(self, cast: Cast) -> Sequence[float | None]:
        return list(map(self.length, cast.lengths)) if self.length else [None] * len(cast.numbers)


class Cast(NamedTuple):
    """Rows that are poured into one mould."""

    mould: Mould
    places: Sequence[int]  #: Of the rows, among those that they stand with.
    numbers: Sequence[int]
    cells: Sequence[tuple[str, ...]]
    texts: Columns
    lengths: Sequence[Any]  #: What each row says of its length, where rows of this form do.

    @property
    def lines(self) -> int:
        """How many entries they come to."""
        return len(self.numbers) * len(self.mould.parts)


class Batch:
    """Rows that are poured together, all of one form at once; what they come to stays in their order."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
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

    def fill(self, casts: Sequence[Cast]) -> None:
        """Add rows that stand below each other, each of them in one of some casts."""
        base = len(self._found)
        self._found += [()] * sum(len(cast.numbers) for cast in casts)
        for cast in casts:
            self._pour(cast, base)
            self.lines += cast.lines

    def pour(self) -> list[Entry]:
        """Give the entries of all rows."""
        for mould, (places, rows, texts) in self._forms.items():
            self._pour(cast_of(mould, rows, texts, places))
        return list(chain.from_iterable(self._found))

    def _pour(self, cast: Cast, base: int = 0) -> None:
        found = self._found
        cast.mould.count(cast, self._tally)
        if len(cast.places) == len(found) - base:
            found[base:] = cast.mould.pour(cast)
            return
        for place, entries in zip(cast.places, cast.mould.pour(cast), strict=True):
            found[base + place] = entries


_numbers, _cells = attrgetter("number"), attrgetter("cells")


def cast_of(mould: Mould, rows: Sequence[Row], texts: Sequence[Sequence[str]], places: Sequence[int]) -> Cast:
    """Make a cast of single rows, by the free texts of each."""
    lengths = [row.fields[LENGTH] for row in rows] if mould.length else ()
    columns = tuple(zip(*texts, strict=True))
    return Cast(mould, places, list(map(_numbers, rows)), list(map(_cells, rows)), columns, lengths)
