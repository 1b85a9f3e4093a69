"""Results as a workbook: text as text and never a formula, numbers and times as such, files and links to click on."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import chain, islice
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from batchgen.report.columns import Sort, header, ids, sorts, values
from batchgen.report.replace import RESULTS, draft_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from batchgen.report.columns import Value
    from batchgen.report.interface import Heading, Line

#: What Excel takes: lines below a header, letters in a cell, links in a sheet, letters in a link.
LINES, LETTERS, LINKS, ADDRESS = 1_048_575, 32_767, 65_000, 2_000
#: Lines that the widths of columns are told from, and the widths they may have.
SEEN, NARROW, WIDE = 200, 9, 48


def write(path: Path, heading: Heading, lines: Iterable[Line]) -> int:
    """Write the results of a sheet and give their number. Raises ``DiskError``; an older file then stays as it is."""
    with workbook(path) as book:
        return _fill(_Book(book, heading), iter(lines))


@contextmanager
def workbook(path: Path, *, option: str = RESULTS) -> Iterator[Any]:
    """Open a workbook that takes the place of ``path`` if all goes well. Its rows are on disk and not in memory."""
    with (
        draft_of(path, option=option) as draft,
        TemporaryDirectory(prefix="batchgen-") as folder,
        draft.open("wb") as file,
    ):
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder})
        try:
            yield book
            book.close()
        except FileCreateError as error:
            raise error.args[0] from error  # What the disk said.
        finally:
            for sheet in book.worksheets():
                if rows := getattr(sheet, "row_data_fh", None):
                    rows.close()


def _fill(book: _Book, lines: Iterator[Line]) -> int:
    """Write all lines: into a second sheet of the workbook, and a third, where one is full."""
    count = 0
    while True:
        first = list(islice(lines, SEEN))
        if not first and count:
            return count
        count += book.sheet(first, islice(lines, LINES - len(first)))
        if count % LINES or not first:
            return count


class _Book:
    """A workbook as it is being written."""

    def __init__(self, book: Any, heading: Heading) -> None:
        self._book = book
        self._names = header(heading.columns, heading.kinds, captions=heading.captions)
        self._own = len(heading.columns)
        self._sorts = list(sorts(heading.kinds, captions=heading.captions).values())
        self._ids, self._captions = ids(heading.kinds), heading.captions
        self._bold = book.add_format({"bold": True, "bg_color": "#E8E9F3", "bottom": 1, "valign": "top"})
        self._time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._link = book.get_default_url_format()
        self._links = 0

    def sheet(self, first: Sequence[Line], rest: Iterable[Line]) -> int:
        """Write a sheet and give the number of its lines."""
        number = len(self._book.worksheets()) + 1
        sheet = self._book.add_worksheet("results" if number == 1 else f"results {number}")
        self._links = 0
        sheet.freeze_panes(1, 0)
        for place, width in enumerate(self._widths(first)):
            sheet.set_column(place, place, width)
        for place, name in enumerate(self._names):
            sheet.write_string(0, place, _fitting(name), self._bold)
        row = 0
        for row, line in enumerate(chain(first, rest), 1):
            self._line(sheet, row, line)
        sheet.autofilter(0, 0, row, len(self._names) - 1)
        return row

    def _line(self, sheet: Any, row: int, line: Line) -> None:
        for place, cell in enumerate(line.cells):
            if cell:
                sheet.write_string(row, place, _fitting(cell))
        told = values(line, self._ids, captions=self._captions)
        for place, (sort, value) in enumerate(zip(self._sorts, told, strict=True), self._own):
            if value is not None:
                self._value(sheet, row, place, sort, value)

    def _value(self, sheet: Any, row: int, place: int, sort: Sort, value: Value) -> None:
        match sort:
            case Sort.NUMBER:
                sheet.write_number(row, place, value)
            case Sort.TIME:
                # A workbook knows no zones: all its times are UTC.
                sheet.write_datetime(row, place, value.replace(tzinfo=None), self._time)  # type: ignore[union-attr, call-arg]
            case Sort.LINK | Sort.FILE if (link := _address(str(value), sort)) and self._links < LINKS:
                self._links += 1
                sheet.write_url(row, place, link, self._link, _fitting(str(value)))
            case _:
                sheet.write_string(row, place, _fitting(str(value)))

    def _widths(self, lines: Sequence[Line]) -> Iterator[int]:
        """Give each column the width of what stands in it, within reason."""
        texts = [(*line.cells, *map(str, values(line, self._ids, captions=self._captions))) for line in lines]
        for place, name in enumerate(self._names):
            longest = max((len(text[place].partition("\n")[0]) for text in texts), default=0)
            yield min(WIDE, max(NARROW, len(name) + 3, longest + 1))


def _address(value: str, sort: Sort) -> str | None:
    """Give what a click on a cell leads to; None where a workbook cannot hold it."""
    if sort is Sort.FILE:
        link = "external:" + quote(value, safe="/:")
    else:
        link = value if value.startswith(("https://", "http://")) else ""
    return link if link and len(link) <= ADDRESS else None


def _fitting(text: str) -> str:
    """Shorten what no cell can hold."""
    whole = text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
    if len(whole) * 2 <= LETTERS or len(whole.encode("utf-16-le")) // 2 <= LETTERS:
        return whole
    return whole.encode("utf-16-le")[: 2 * (LETTERS - 1)].decode("utf-16-le", "ignore") + "…"
