"""Reads out of an ODS what its reader leaves away: failures, tabs, hidden rows, merged cells, how far it reaches.

Cells of failed formulas would count as empty, or as 0: a spreadsheet writes one as an empty text or a number, notes
beside it that it is an error, and keeps what it shows as its text (OpenDocument 1.3 part 3, and LibreOffice's
``calcext``).
"""

from __future__ import annotations

import re
import zipfile
from typing import IO, TYPE_CHECKING
from xml.etree import ElementTree as ET

from batchgen.manifest.workbook_extent import MOST, Extent
from batchgen.manifest.workbook_xml import Looks

if TYPE_CHECKING:
    from collections.abc import Iterator


_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TYPE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
_SORT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
#: Each begins with letters that are sought quickly.
_TOLD_HERE = tuple(
    re.compile(one)
    for one in (
        rb":tab[\s/>]",
        rb":line-break[\s/>]",
        rb"value-type=[\"'](?:error|time)[\"']",
        rb"visibility=[\"'](?:collapse|filter)[\"']",
        rb"-spanned=[\"'](?!1[\"'])",
    )
)
_SPANS = (f"{_TABLE}number-rows-spanned", f"{_TABLE}number-columns-spanned")
#: What its reader leaves out of a text, so that two words become one.
_GAPS = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_HIDDEN = ("collapse", "filter")
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_CONTENT = "content.xml"
#: Rows alike that stand in the file as one, at the most: an empty sheet ends in one of a million.
_ALIKE = 100_000
_STEP = 1 << 20
#: Rows and cells alike that may be nothing but room; what stands in a cell; the end of a sheet.
_ROOM = re.compile(rb"<(?:\w+:)?(?:table-row|[a-z-]*table-cell)\b[^>]*-repeated=[\"'](\d{4,})[\"']")
_REPEATED = re.compile(rb"-repeated=[\"']\d{4,}[\"']")
_FILLED = re.compile(rb"value-type=")
_END = re.compile(rb"</(?:\w+:)?table>")
#: Rows or columns that come to too many cells in a sheet of all columns, or rows, that there can be: of 16,384.
_ROOMY = MOST // 2 // (1 << 14)


def is_open_document(file: IO[bytes]) -> bool:
    """Tell whether a workbook is an ODS, whatever it is called. Raises one of ``workbook_xml.FAILURES``."""
    with zipfile.ZipFile(file) as book:
        return _CONTENT in book.namelist()


def read_looks(file: IO[bytes], sheet: str) -> Looks:
    """Read what looks otherwise than its reader gives it, and what does not show in the cells. Raises as above."""
    looks = Looks()
    with zipfile.ZipFile(file) as book:
        with book.open(_CONTENT) as text:
            if not any(one.search(part) for part in _parts(text) for one in _TOLD_HERE):
                return looks
        with book.open(_CONTENT) as text:
            for name, row, alike, element in _rows(text):
                same = range(row, row + min(alike, _ALIKE)) if name == sheet else range(0)
                if element.get(f"{_TABLE}visibility") in _HIDDEN:
                    looks.hidden += same
                looks.merged += [(one, at) for one in same for at, _, cell in _cells(element) if _covers(cell)]
                looks.shown.update(((one, at), shown) for at, shown in _misread(element) for one in same)
    return looks


def read_extents(file: IO[bytes]) -> dict[str, Extent]:
    """Read how far each sheet reaches that may reach too far. Raises as above."""
    with zipfile.ZipFile(file) as book:
        size = book.getinfo(_CONTENT).file_size
        if not _is_roomy(book.read(_CONTENT)):
            return {}
        extents: dict[str, Extent] = {}
        with book.open(_CONTENT) as text:
            for sheet, row, alike, element in _rows(text):
                if width := _width(element):
                    before = extents.get(sheet, Extent(0, 0, size))
                    extents[sheet] = Extent(row + alike, max(before.columns, width), size, MOST // 2)
    return extents


def _is_roomy(text: bytes) -> bool:
    """Tell whether so much of what stands before a cell is alike that it may be nothing but room."""
    room = at = end = 0
    for found in _REPEATED.finditer(text):
        alike = _ROOM.match(text, text.rfind(b"<", 0, found.start()))
        if found.start() > end:
            room, end = 0, _place(_END, text, found.start())
        room += int(alike[1]) if alike else 0
        if room > _ROOMY:
            at = max(at, _place(_FILLED, text, max(at, found.end())))
            if at < end:
                return True
    return False


def _place(what: re.Pattern[bytes], text: bytes, start: int) -> int:
    found = what.search(text, start)
    return found.start() if found else len(text)


def _parts(text: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: text.read(_STEP), b"")


def _rows(text: IO[bytes]) -> Iterator[tuple[str, int, int, ET.Element]]:
    """Give each row: its sheet, its number from 0, and how many alike it stands for."""
    sheet, row = "", 0
    for event, element in ET.iterparse(text, events=("start", "end")):  # noqa: S314 - expat refuses bombs; nothing outside is read
        if event == "start" and element.tag == f"{_TABLE}table":
            sheet, row = element.get(f"{_TABLE}name", ""), 0
        elif event == "end" and element.tag == f"{_TABLE}table-row":
            alike = int(element.get(f"{_TABLE}number-rows-repeated", 1))
            yield sheet, row, alike, element
            row += alike
            element.clear()


def _cells(row: ET.Element) -> Iterator[tuple[int, int, ET.Element]]:
    """Give the cells of a row, each with its place from 0, and how many alike it stands for."""
    at = 0
    for cell in row:
        if cell.tag in _CELLS:
            alike = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
            yield at, alike, cell
            at += alike


def _covers(cell: ET.Element) -> bool:
    return any(cell.get(one, "1") != "1" for one in _SPANS)


def _misread(row: ET.Element) -> Iterator[tuple[int, str]]:
    """Give the cells that failed, are times, or have tabs or line breaks in them, as they look.

    A time's value does not tell whether ``1:30`` was written for hours or for minutes.
    """
    for at, alike, cell in _cells(row):
        odd = cell.get(_SORT) == "error" or cell.get(_TYPE) == "time"
        if odd or any(next(cell.iter(one), None) is not None for one in _GAPS):
            shown = "\n".join(_text(line) for line in cell.iterfind(f"{_TEXT}p"))
            yield from ((at + number, shown) for number in range(min(alike, _ALIKE)))


def _text(part: ET.Element) -> str:
    """Give the text of a paragraph, or of a part of one."""
    here = _GAPS.get(part.tag) or " " * int(part.get(f"{_TEXT}c", 1)) * (part.tag == f"{_TEXT}s")
    return here + (part.text or "") + "".join(_text(one) + (one.tail or "") for one in part)


def _width(row: ET.Element) -> int:
    """Give how far the cells reach in which something stands."""
    return max((at + alike for at, alike, cell in _cells(row) if cell.get(_TYPE)), default=0)
