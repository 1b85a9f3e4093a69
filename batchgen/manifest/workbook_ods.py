"""Reads out of an ODS what its reader leaves away: which formulas failed. Their cells would count as empty, or as 0.

A spreadsheet writes such a cell as an empty text or a number, notes beside it that it is an error, and keeps what it
shows as its text (OpenDocument 1.3 part 3, and LibreOffice's ``calcext``).
"""

from __future__ import annotations

import re
import zipfile
from typing import IO, TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.manifest.workbook_xml import Place

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_SORT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_FAILED = re.compile(rb"value-type=[\"']error[\"']")
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
#: Rows alike that stand in the file as one, at the most: an empty sheet ends in one of a million.
_ALIKE = 100_000


def read_failed(file: IO[bytes], sheet: str) -> dict[Place, str]:
    """Give the cells of a sheet whose formulas failed, as they look. Raises one of ``workbook_xml.FAILURES``."""
    with zipfile.ZipFile(file) as book:
        with book.open("content.xml") as text:
            parts = iter(lambda: text.read(1 << 20), b"")
            if not any(map(_FAILED.search, parts)):
                return {}
        with book.open("content.xml") as text:
            return dict(_failed(text, sheet))


def _failed(text: IO[bytes], sheet: str) -> Iterator[tuple[Place, str]]:
    here, row = False, 0
    for event, element in ET.iterparse(text, events=("start", "end")):  # noqa: S314 - expat refuses bombs; nothing outside is read
        if event == "start" and element.tag == f"{_TABLE}table":
            here, row = element.get(f"{_TABLE}name") == sheet, 0
        elif event == "end" and element.tag == f"{_TABLE}table-row":
            alike = int(element.get(f"{_TABLE}number-rows-repeated", 1))
            for at, shown in _in_row(element) if here else ():
                yield from (((row + number, at), shown) for number in range(min(alike, _ALIKE)))
            row += alike
            element.clear()


def _in_row(row: ET.Element) -> Iterator[tuple[int, str]]:
    at = 0
    for cell in row:
        if cell.tag in _CELLS:
            alike = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
            if cell.get(_SORT) == "error":
                shown = "\n".join("".join(line.itertext()) for line in cell.iter(f"{_TEXT}p"))
                yield from ((at + number, shown) for number in range(min(alike, _ALIKE)))
            at += alike
