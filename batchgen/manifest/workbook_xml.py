"""Reads out of an XLSX what its reader leaves away.

That is how each number is shown, what failed, which formulas have no value, which rows are hidden, and which cells are
merged.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache
from posixpath import join, normpath
from typing import IO
from xml.etree import ElementTree as ET
from xml.parsers import expat

from batchgen.manifest.number_format import BUILT_IN, as_shown

Place = tuple[int, int]  #: Row and column, from 0.

_REFERENCE = re.compile(r"([A-Z]+)(\d+)")
_FORMULA = re.compile(rb"<(\w+:)?f[\s>/]")
_HIDDEN = re.compile(rb"<(\w+:)?row\s[^>]*\bhidden=")
_FAILED = re.compile(rb"<(\w+:)?c\s[^>]*\bt=[\"']e[\"']")
_MERGED = re.compile(rb"<(\w+:)?mergeCell\s")
_TOLD_HERE = (_FORMULA, _HIDDEN, _FAILED, _MERGED)
_YES = ("1", "true")
#: Failures of files that are not what their names say; then everything looks as its reader gives it.
FAILURES = (zipfile.BadZipFile, ET.ParseError, expat.ExpatError, KeyError, ValueError, OSError, NotImplementedError)


@dataclass(slots=True)
class Looks:
    """What is to be known of the cells of one sheet."""

    shown: dict[Place, str] = field(default_factory=dict)
    uncalculated: list[Place] = field(default_factory=list)  #: Formulas whose values nobody has worked out.
    hidden: list[int] = field(default_factory=list)  #: Rows that are not shown, from 0.
    merged: list[Place] = field(default_factory=list)  #: Cells that cover others, which look as if they said the same.


def read_looks(file: IO[bytes], sheet: str) -> Looks:
    """Read how the numbers of a sheet are shown. Raises one of ``FAILURES``."""
    looks = Looks()
    with zipfile.ZipFile(file) as book:
        codes = _codes(book)
        path, since_1904 = find_sheet(book, sheet)
        with book.open(path) as text:
            parts = iter(lambda: text.read(1 << 20), b"")
            told = any(one.search(part) for part in parts for one in _TOLD_HERE)
        if told or any(codes):
            with book.open(path) as text:
                _Reading(looks, codes, since_1904=since_1904).read(text)
    return looks


class _Reading:
    """Hears a sheet go by, part by part: a tree of all its cells would be larger than the sheet."""

    def __init__(self, looks: Looks, codes: list[str | None], *, since_1904: bool) -> None:
        self._looks, self._codes, self._since_1904 = looks, dict(enumerate(codes)), since_1904
        self._row = self._column = -1
        self._code: str | None = None  #: Of the cell that is read, where it holds a number.
        self._formula = False  #: Whether it is a formula without a value so far.
        self._text = False  #: Whether it is a formula that gives a text.
        self._failed = False  #: Whether it shows that something failed: ``#N/A``.
        self._value: list[str] | None = None

    def read(self, text: IO[bytes]) -> None:
        """Read all of it."""
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._hear
        parser.ParseFile(text)

    def _begin(self, name: str, facts: dict[str, str]) -> None:
        tag = name.rpartition("}")[2]
        if tag == "c":
            named = _REFERENCE.fullmatch(facts.get("r", ""))
            self._column = column_of(named[1]) if named else self._column + 1
            self._code = self._codes.get(int(facts.get("s", "0"))) if facts.get("t", "n") == "n" else None
            self._formula, self._text, self._failed = False, facts.get("t") == "str", facts.get("t") == "e"
        elif tag == "v":
            self._value = [] if self._code or self._formula or self._failed else None
        elif tag == "f":
            self._formula = not self._text  # One that gives a text may well give none.
        elif tag == "row":
            self._row, self._column = int(facts.get("r", self._row + 2)) - 1, -1
            if facts.get("hidden") in _YES:
                self._looks.hidden.append(self._row)
        elif tag == "mergeCell" and (first := _REFERENCE.match(facts.get("ref", ""))):
            self._looks.merged.append((int(first[2]) - 1, column_of(first[1])))

    def _hear(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)

    def _end(self, name: str) -> None:
        tag = name.rpartition("}")[2]
        if tag == "v" and (value := "".join(self._value or ())):
            self._formula = False
            shown = value if self._failed else None
            if self._code:
                shown = as_shown(float(value), self._code, since_1904=self._since_1904)
            if shown is not None:
                self._looks.shown[self._row, self._column] = shown
        if tag == "v":
            self._value = None
        elif tag == "c" and self._formula:
            self._looks.uncalculated.append((self._row, self._column))


def _codes(book: zipfile.ZipFile) -> list[str | None]:
    """Give the format code of each style, where it has one of its own."""
    if "xl/styles.xml" not in book.namelist():
        return []
    styles = ET.fromstring(book.read("xl/styles.xml"))  # noqa: S314 - expat refuses bombs; nothing outside is read
    own = {int(one.get("numFmtId", "0")): one.get("formatCode") for one in styles.iterfind("{*}numFmts/{*}numFmt")}
    numbers = [int(one.get("numFmtId", "0")) for one in styles.iterfind("{*}cellXfs/{*}xf")]
    return [own.get(number) or BUILT_IN.get(number) for number in numbers]


def find_sheet(book: zipfile.ZipFile, sheet: str) -> tuple[str, bool]:
    """Give where a sheet stands in its file, and whether the workbook counts days from 1904."""
    root = ET.fromstring(book.read("xl/workbook.xml"))  # noqa: S314 - see above
    links = ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {one.get("Id"): one.get("Target", "") for one in links}
    found = {one.get("name"): one.attrib for one in root.iterfind("{*}sheets/{*}sheet")}[sheet]
    target = targets[{key.rpartition("}")[2]: value for key, value in found.items()}["id"]]
    settings = root.find("{*}workbookPr")
    since_1904 = settings is not None and settings.get("date1904", "0") in _YES
    return (target[1:] if target.startswith("/") else normpath(join("xl", target))), since_1904


@lru_cache(maxsize=4096)
def column_of(letters: str) -> int:
    """Give the place of a column, from 0."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
