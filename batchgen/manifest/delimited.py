"""CSV and TSV: cells with ``,`` ``;`` tab or ``|`` between them, in whatever encoding they come.

A row's number is its place among the records, so a line break inside quotes adds none, and a blank line counts.
"""

from __future__ import annotations

import csv
import io
import re
from itertools import chain, count, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from batchgen.manifest.encoding import scan
from batchgen.manifest.sheet import BLOCK, Record, letter, records
from batchgen.model.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from batchgen.manifest.source import Source
    from batchgen.model.errors import Fault

_DELIMITERS = ",;\t|"
_HEAD = 1 << 16
#: A last line of ours. Behind a quote that was never closed it is no line of its own.
_END = "\0 the end \0"
#: Records that are looked at to tell the delimiter.
_SOME = 50
#: A first line by which Excel is told the delimiter. It is no row of the sheet: Excel does not show it.
_SEP = re.compile(r"sep=([,;\t|])(\r\n|\r|\n)", re.IGNORECASE)

_FIRST = itemgetter(0)

# The reader of the standard library stops at 131,072 letters a cell otherwise.
csv.field_size_limit(1 << 30)


class Delimited:
    """See ``Sheet``."""

    structured = False

    def __init__(self, source: Source, *, known: Callable[[str], bool], encoding: str | None = None) -> None:
        """Open a sheet. ``known`` tells whether a header is a field, which settles what stands between cells."""
        self.source = source
        self._scan = scan(source, encoding)
        self.digest = self._scan.digest
        self.notes = self._scan.notes
        self._skip = 0  #: Letters before the first record.
        self.delimiter, self._header_row, self.columns = self._head(known)
        self.layout: Layout | None = Layout(
            delimiter=self.delimiter, encoding=self._scan.encoding, mark=self._scan.mark
        )

    def records(self) -> Iterator[Record | Fault]:
        """See ``Sheet.records``."""
        with self._text() as text:
            lines = chain(text, [_END])
            row = 1
            while block := self._block(lines):
                if row > self._header_row and self._is_even(block):
                    cells = list(map(tuple, block))
                    yield from records(count(row), cells, cells)
                else:
                    yield from self._uneven(row, block)
                row += len(block)

    def _block(self, lines: Iterator[str]) -> Sequence[list[str]]:
        """Read the next rows."""
        ahead = list(islice(lines, BLOCK))
        if '"' not in "".join(ahead):
            # Nothing but delimiters to be heeded: a quarter of the time that the reader takes.
            return [line.rstrip("\r\n").split(self.delimiter) for line in ahead]
        # The standard library's reader takes half the time that pandas does, a row being wanted at a time.
        found = csv.reader(chain(ahead, lines), delimiter=self.delimiter)
        block: list[list[str]] = []
        while found.line_num < len(ahead):
            block += islice(found, 1)
        return block

    def _is_even(self, block: Sequence[Sequence[str]]) -> bool:
        """Tell whether rows are as wide as the header, none of them blank, and none the last."""
        if any(len(given) != len(self.columns) for given in block) or block[-1][-1].endswith(_END):
            return False
        return all(map(str.strip, map(_FIRST, block))) or all(any(map(str.strip, given)) for given in block)

    def _uneven(self, first: int, block: Sequence[list[str]]) -> Iterator[Record | Fault]:
        """Give rows of which some are something else."""
        for row, given in enumerate(block, start=first):
            if row > self._header_row and given != [_END] and any(map(str.strip, given)):
                yield self._fitted(row, given)

    def _fitted(self, row: int, given: list[str]) -> Record | Fault:
        """Give a row that may have more or fewer cells than the header."""
        if given[-1].endswith(_END):
            return self._unclosed(row, len(given) - 1)
        width = len(self.columns)
        cells, more = (*given[:width], *[""] * (width - len(given))), given[width:]
        return self._too_many(row, more) if any(map(str.strip, more)) else Record(row, cells, cells)

    def _unclosed(self, row: int, place: int) -> Fault:
        column = self.columns[place] if place < len(self.columns) else letter(place)
        problem = "A double quote is opened here and never closed."
        return self.source.fault(problem, "Close it.", row=row, column=column)

    def _text(self) -> io.TextIOWrapper:
        text = self._scan.text(self.source, newline="")
        text.read(self._skip)
        return text

    def _head(self, known: Callable[[str], bool]) -> tuple[str, int, tuple[str, ...]]:
        """Tell the delimiter, the row of the header, and the headers."""
        with self._text() as text:
            head = text.read(_HEAD)
        if "\0" in head:
            raise self.source.refuse("It holds characters that no text has.", "Save it as CSV UTF-8.")
        marks = _DELIMITERS
        if told := _SEP.match(head):
            self._skip = told.end()
            marks, head = told[1], head[told.end() :]
        readings = [(mark, *_first_records(head, mark)) for mark in marks]

        def likely(reading: tuple[str, int, list[list[str]]]) -> tuple[int, int, int]:
            """Known fields tell a header; else rows that are all as wide as it, and the widest of them."""
            (headers, *others) = reading[2] or [[]]
            alike = sum(len(cells) == len(headers) for cells in others) if len(headers) > 1 else 0
            return sum(map(known, headers)), alike, len(headers)

        delimiter, row, records = max(readings, key=likely)
        if not records:
            raise self.source.refuse("It holds nothing but blank lines.", "Its first row names the columns.")
        return delimiter, row, tuple(records[0])

    def _too_many(self, number: int, beyond: Sequence[str]) -> Fault:
        at, first = next((at, cell) for at, cell in enumerate(beyond) if cell.strip())
        mark = {"\t": "tab"}.get(self.delimiter, f'"{self.delimiter}"')
        return self.source.fault(
            f'The row has more cells than the header has columns: "{first[:40]}" is one too many.',
            f"Put text that holds a {mark} in double quotes, or name the column.",
            row=number,
            column=letter(len(self.columns) + at),
        )


def _first_records(head: str, delimiter: str) -> tuple[int, list[list[str]]]:
    """Give the first records from the first that is not blank, and its row."""
    rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    first, found = 0, []
    try:
        for row, cells in enumerate(rows, start=1):
            # A line of nothing but the marks of another delimiter is blank as well.
            if any(cell.strip(f" {_DELIMITERS}") for cell in cells):
                first = first or row
                found.append(cells)
            if len(found) > _SOME:
                break
    except csv.Error:
        pass  # A cell longer than any that was ever written: it has no such delimiter.
    return first, found
