"""CSV and TSV: cells with ``,`` ``;`` tab or ``|`` between them, in whatever encoding they come.

A row's number is its place among the records, so a line break inside quotes adds none, and a blank line counts.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pandas as pd

from batchgen.manifest.encoding import scan
from batchgen.manifest.sheet import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from batchgen.manifest.source import Source
    from batchgen.model.errors import Fault

_DELIMITERS = ",;\t|"
_HEAD = 1 << 16
_CHUNK = 20_000
# Columns beyond the header's: empty cells there do no harm, others are too many.
_BEYOND = 4

# The reader of the standard library stops at 131,072 letters a cell otherwise.
csv.field_size_limit(1 << 30)


class Delimited:
    """See ``Sheet``."""

    structured = False

    def __init__(self, source: Source, *, known: Callable[[str], bool], encoding: str | None = None) -> None:
        """Open a sheet. ``known`` tells whether a header is a field, which settles what stands between cells."""
        self.source = source
        found = scan(source, encoding)
        self.encoding = found.encoding
        self.digest = found.digest
        self.notes = found.notes
        self.delimiter, self._header_row, self.columns = self._head(known)

    def records(self) -> Iterator[Record | Fault]:
        """See ``Sheet.records``."""
        number = 0
        try:
            with self._text() as text, self._chunks(text) as chunks:
                for chunk in chunks:
                    columns = [chunk[name].tolist() for name in chunk.columns]
                    yield from self._from_columns(columns, number)
                    number += len(columns[0])
        except pd.errors.ParserError as error:
            # It gives up the whole chunk for one row. There the slower reader goes on, and tells every such row.
            yield from self._one_by_one(after=number, unclosed="EOF" in str(error))

    def _from_columns(self, columns: list[list[str]], number: int) -> Iterator[Record | Fault]:
        width = len(self.columns)
        beyond = columns[width:]
        crowded = any(any(column) for column in beyond)
        # The header is a record like any other, and the rows before it are blank.
        header = self._header_row
        for row, cells in enumerate(zip(*columns[:width], strict=True), start=number + 1):
            if row <= header or not (cells[0] or any(cells) or crowded):
                continue
            more = [column[row - number - 1] for column in beyond] if crowded else ()
            if any(more):
                yield self._too_many(row, more)
            elif cells[0].strip() or "".join(cells).strip():
                yield Record(row, cells, cells)

    def _one_by_one(self, *, after: int, unclosed: bool) -> Iterator[Record | Fault]:
        width = len(self.columns)
        held: Record | Fault | None = None
        with self._text() as text:
            rows = csv.reader(text, delimiter=self.delimiter)
            for row, given in enumerate(rows, start=1):
                if row <= max(after, self._header_row) or not any(cell.strip() for cell in given):
                    continue
                if held is not None:
                    yield held
                cells = (*given[:width], *[""] * (width - len(given)))
                more = given[width:]
                held = self._too_many(row, more) if any(more) else Record(row, cells, cells)
        if unclosed and isinstance(held, Record):
            held = self.source.fault("A double quote is opened in this row and never closed.", "Close it.", row=held[0])
        if held is not None:
            yield held

    def _chunks(self, text: io.TextIOBase) -> Any:
        wide = range(len(self.columns) + _BEYOND)
        return pd.read_csv(
            text,
            engine="c",
            sep=self.delimiter,
            header=None,
            names=list(wide),
            index_col=False,
            dtype=object,
            keep_default_na=False,
            na_filter=False,
            skip_blank_lines=False,
            chunksize=_CHUNK,
        )

    def _text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(self.source.open(), encoding=self.encoding, newline="")

    def _head(self, known: Callable[[str], bool]) -> tuple[str, int, tuple[str, ...]]:
        """Tell the delimiter, the row of the header, and the headers."""
        with self._text() as text:
            head = text.read(_HEAD)
        if "\0" in head:
            raise self.source.refuse("It holds characters that no text has.", "Save it as CSV UTF-8.")
        readings = [(mark, *_first_record(head, mark)) for mark in _DELIMITERS]

        def likely(reading: tuple[str, int, list[str]]) -> tuple[int, int]:
            return sum(map(known, reading[2])), len(reading[2])

        delimiter, row, headers = max(readings, key=likely)
        if not headers:
            raise self.source.refuse("It holds nothing but blank lines.", "Its first row names the columns.")
        return delimiter, row, tuple(headers)

    def _too_many(self, number: int, beyond: Sequence[str]) -> Fault:
        first = next(cell for cell in beyond if cell)
        return self.source.fault(
            f'The row has more cells than the header has columns: "{first[:40]}" is one too many.',
            f'Put text that holds a "{self.delimiter}" in double quotes, or name the column.',
            row=number,
        )


def _first_record(head: str, delimiter: str) -> tuple[int, list[str]]:
    """Give the first record that is not blank, and its row."""
    try:
        for row, cells in enumerate(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), start=1):
            # A line of nothing but the marks of another delimiter is blank as well.
            if any(cell.strip(f" {_DELIMITERS}") for cell in cells):
                return row, cells
    except csv.Error:
        pass  # A header longer than any that was ever written: it has no such delimiter.
    return 0, []
