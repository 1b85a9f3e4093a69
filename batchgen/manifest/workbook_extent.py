"""How far a sheet of an XLSX reaches: its reader makes room for each cell up to the last, also where none is."""

from __future__ import annotations

import re
import zipfile
from typing import IO, NamedTuple

from batchgen.manifest.workbook_xml import column_of, find_sheet

_STEP = 1 << 20
#: Bytes of one part that are looked at again with the next, since a cell may stand across both.
_SEAM = 64
#: Bytes that may stand before the name of a row: its bracket, and the short name of a namespace.
_PREFIX = 8
_ROW = re.compile(rb"<(?:\w+:)?(?:row|c)\s[^>]*\br=[\"'](?:[A-Z]*)(\d+)[\"']")
_TWO = re.compile(rb" r=[\"'][A-Z]{2}\d")
_THREE = re.compile(rb" r=[\"']([A-Z]{3})\d")
_EITHER = re.compile(rb" r=[\"']([A-Z]{2,3})\d")

#: Cells that fit: room for as many is some 2 GB.
MOST = 50_000_000
#: Bytes that a cell takes at the least where something stands in it: ``<c r="A1"><v>1</v></c>``.
_LEAST = 20


class Extent(NamedTuple):
    """How far a sheet reaches."""

    rows: int
    columns: int  #: As columns are named, by one letter, two or three: 26, or 702 at the least.
    size: int  #: Bytes of its XML.
    most: int = MOST  #: Cells that its reader has room for.

    @property
    def hollow(self) -> bool:
        """Whether it reaches further than there is room for, and nothing stands in most of it."""
        return self.rows * self.columns > max(self.most, 4 * self.size // _LEAST)


def read_extent(file: IO[bytes], sheet: str) -> Extent:
    """Read how far a sheet reaches. Raises one of ``FAILURES``."""
    with zipfile.ZipFile(file) as book:
        path = find_sheet(book, sheet)[0]
        rough = _measure(book, path, _THREE, two=702)
        # To tell each of the columns of two letters takes as long as to read them, so that is done where it matters.
        return _measure(book, path, _EITHER, two=26) if rough.hollow else rough


def _measure(book: zipfile.ZipFile, path: str, letters: re.Pattern[bytes], *, two: int) -> Extent:
    rows, columns, size, seen = 0, 26, 0, b""
    with book.open(path) as text:
        for part in iter(lambda: text.read(_STEP), b""):
            size += len(part)
            seen = seen[-_SEAM:] + part
            # Rows stand in their order, and what follows the last one may be longer than they are.
            if last := _ROW.search(seen, max(0, seen.rfind(b"row ") - _PREFIX)):
                rows = int(last[1])
            columns = max([columns, *(column_of(one.decode()) + 1 for one in set(letters.findall(seen)))])
            if columns < two and _TWO.search(seen):
                columns = two
    return Extent(rows, columns, size)
