"""Reads out of an XLSX what its reader leaves away: how each number is shown, and which formulas have no value."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from posixpath import join, normpath
from typing import IO, TYPE_CHECKING
from xml.etree import ElementTree as ET

from batchgen.manifest.number_format import as_shown

if TYPE_CHECKING:
    from collections.abc import Iterator

Place = tuple[int, int]  #: Row and column, from 0.

#: The codes that have numbers (ECMA-376 part 1, 18.8.30), as far as they look the same everywhere.
_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
}  # fmt: skip
_REFERENCE = re.compile(r"([A-Z]+)(\d+)")
_FORMULA = re.compile(rb"<(\w+:)?f[\s>/]")
#: Failures of files that are not what their names say; then everything looks as its reader gives it.
FAILURES = (zipfile.BadZipFile, ET.ParseError, KeyError, ValueError, OSError, NotImplementedError)


@dataclass(slots=True)
class Looks:
    """What is to be known of the cells of one sheet."""

    shown: dict[Place, str] = field(default_factory=dict)
    uncalculated: list[Place] = field(default_factory=list)  #: Formulas whose values nobody has worked out.


def read_looks(file: IO[bytes], sheet: str) -> Looks:
    """Read how the numbers of a sheet are shown. Raises one of ``FAILURES``."""
    looks = Looks()
    with zipfile.ZipFile(file) as book:
        codes = _codes(book)
        path, since_1904 = _find(book, sheet)
        with book.open(path) as text:
            formulas = any(map(_FORMULA.search, iter(lambda: text.read(1 << 20), b"")))
        if formulas or any(codes):
            with book.open(path) as text:
                for place, cell in _cells(text):
                    _look(looks, place, cell, codes, since_1904=since_1904)
    return looks


def _look(looks: Looks, place: Place, cell: ET.Element, codes: list[str | None], *, since_1904: bool) -> None:
    value = cell.findtext("{*}v")
    if value is None:
        if cell.find("{*}f") is not None and cell.find("{*}is") is None:
            looks.uncalculated.append(place)
        return
    style = int(cell.get("s", "0"))
    code = codes[style] if style < len(codes) else None
    if code is not None and cell.get("t", "n") == "n":
        text = as_shown(float(value), code, since_1904=since_1904)
        if text is not None:
            looks.shown[place] = text


def _codes(book: zipfile.ZipFile) -> list[str | None]:
    """Give the format code of each style, where it has one of its own."""
    if "xl/styles.xml" not in book.namelist():
        return []
    styles = ET.fromstring(book.read("xl/styles.xml"))  # noqa: S314 - expat refuses bombs; nothing outside is read
    own = {int(one.get("numFmtId", "0")): one.get("formatCode") for one in styles.iterfind("{*}numFmts/{*}numFmt")}
    numbers = [int(one.get("numFmtId", "0")) for one in styles.iterfind("{*}cellXfs/{*}xf")]
    return [own.get(number) or _BUILT_IN.get(number) for number in numbers]


def _find(book: zipfile.ZipFile, sheet: str) -> tuple[str, bool]:
    """Give where a sheet stands in its file, and whether the workbook counts days from 1904."""
    root = ET.fromstring(book.read("xl/workbook.xml"))  # noqa: S314 - see above
    links = ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {one.get("Id"): one.get("Target", "") for one in links}
    found = next(one for one in root.iterfind("{*}sheets/{*}sheet") if one.get("name") == sheet)
    reference = next(value for key, value in found.attrib.items() if key.endswith("}id"))
    target = targets[reference]
    settings = root.find("{*}workbookPr")
    since_1904 = settings is not None and settings.get("date1904", "0") in ("1", "true")
    return (target[1:] if target.startswith("/") else normpath(join("xl", target))), since_1904


def _cells(text: IO[bytes]) -> Iterator[tuple[Place, ET.Element]]:
    """Give every cell of a sheet, one row in memory at a time."""
    row, column = -1, -1
    for event, element in ET.iterparse(text, events=("start", "end")):  # noqa: S314 - see above
        tag = element.tag.rpartition("}")[2]
        if event == "start" and tag == "row":
            row, column = int(element.get("r", row + 2)) - 1, -1
        elif event == "end" and tag == "c":
            named = _REFERENCE.fullmatch(element.get("r", ""))
            column = _column(named[1]) if named else column + 1
            yield (row, column), element
        elif event == "end" and tag == "row":
            element.clear()


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
