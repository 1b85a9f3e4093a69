"""How far a sheet of an XLSB reaches. It is a file of records, each with its sort and its length (MS-XLSB 2.1.4)."""

from __future__ import annotations

import struct
import zipfile
from typing import IO, TYPE_CHECKING
from xml.etree import ElementTree as ET

from batchgen.manifest.workbook_extent import MOST, Extent

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOOK = "xl/workbook.bin"
_LINKS = "xl/_rels/workbook.bin.rels"
#: Sorts of records: a sheet of the book, how far one reaches, a row, and cells in which something stands.
_SHEET, _REACH, _ROW, _FILLED = 156, 148, 0, range(2, 12)


def read_extent(file: IO[bytes], sheet: str) -> Extent:
    """Read how far a sheet reaches. Raises one of ``workbook_xml.FAILURES``."""
    with zipfile.ZipFile(file) as book:
        data = book.read(f"xl/{_part(book, sheet)}")
    try:
        return _measure(data)
    except (struct.error, IndexError) as error:
        raise ValueError(str(error)) from error


def _measure(data: bytes) -> Extent:
    rows = columns = row = 0
    for sort, start in _records(data):
        if sort == _REACH:  # Cells without anything in them count there, so it only tells whether to look at each.
            _, last, _, furthest = struct.unpack_from("<4I", data, start)
            if (last + 1) * (furthest + 1) <= MOST:
                return Extent(last + 1, furthest + 1, len(data))
        elif sort == _ROW:
            (row,) = struct.unpack_from("<I", data, start)
        elif sort in _FILLED:
            rows, columns = row + 1, max(columns, struct.unpack_from("<I", data, start)[0] + 1)
    return Extent(rows, columns, len(data))


def _part(book: zipfile.ZipFile, sheet: str) -> str:
    """Give where a sheet stands. Raises ``KeyError``."""
    links = ET.fromstring(book.read(_LINKS))  # noqa: S314 - expat refuses bombs; nothing outside is read
    targets = {one.get("Id"): one.get("Target", "") for one in links}
    data, found = book.read(_BOOK), {}
    for sort, start in _records(data):
        if sort == _SHEET:
            link, end = _text(data, start + 8)  # Behind its state and its number.
            found[_text(data, end)[0]] = link
    return targets[found[sheet]].removeprefix("/xl/")


def _records(data: bytes) -> Iterator[tuple[int, int]]:
    """Give the sort of each record, and where what it holds begins."""
    at = 0
    while at < len(data):
        sort, at = _number(data, at, whole=2)
        size, at = _number(data, at, whole=4)
        yield sort, at
        at += size


def _number(data: bytes, at: int, *, whole: int) -> tuple[int, int]:
    """Read a number of up to ``whole`` bytes, of which each but the last has its highest bit set."""
    value = 0
    for place in range(whole):
        value |= (data[at] & 0x7F) << 7 * place
        at += 1
        if not data[at - 1] & 0x80:
            break
    return value, at


def _text(data: bytes, at: int) -> tuple[str, int]:
    end = at + 4 + 2 * struct.unpack_from("<I", data, at)[0]
    return data[at + 4 : end].decode("utf-16-le"), end
