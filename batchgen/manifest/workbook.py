"""XLSX and its relatives: cells as text as they look, one sheet of the workbook.

``people.xlsx#Sheet2`` names a sheet; without a name it is the first that can be seen.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from contextlib import contextmanager, suppress
from functools import partial
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeVar

import python_calamine

from batchgen.manifest import workbook_extent, workbook_ods, workbook_xlsb, workbook_xml
from batchgen.manifest.sheet import Record
from batchgen.manifest.workbook_notes import Read, notes
from batchgen.manifest.workbook_xml import FAILURES, Looks
from batchgen.model.errors import BatchgenError
from batchgen.model.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchgen.manifest.source import Source
    from batchgen.manifest.workbook_extent import Extent
    from batchgen.model.errors import Fault
    from batchgen.model.layout import Layout


#: What an XLS begins with, as all compound files do (MS-CFB 2.2).
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The stream that holds the whole workbook where a password is set.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BINARY = (
    "of an XLSB, numbers are read as they are stored, and what failed in it (#N/A) as empty. Saved as XLSX, it is read "
    "as it looks."
)
_Known = TypeVar("_Known")
_VISIBLE = python_calamine.SheetVisibleEnum.Visible
_WORKSHEET = python_calamine.SheetTypeEnum.WorkSheet


class Book(Protocol):
    """A workbook that was opened."""

    names: list[str]  #: Of its sheets.
    shown: list[str]  #: Of those that can be seen.

    def rows(self, name: str) -> list[list[Any]]:
        """Give the values of a sheet, from its first cell on."""

    def looks(self, name: str) -> Looks:
        """Give what is to be known of its cells beside their values."""


class NewBook:
    """XLSX, XLSM, XLSB and ODS. See ``Book``."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._open_document = self._known(workbook_ods.is_open_document) or False
        if self._open_document:  # Its reader takes in all sheets as soon as it is opened.
            for name, extent in (self._known(workbook_ods.read_extents) or {}).items():
                self._check(name, extent)
        with source.open() as file:
            self._book = python_calamine.CalamineWorkbook.from_filelike(file)
        self.names = list(self._book.sheet_names)
        sheets = self._book.sheets_metadata
        self.shown = [one.name for one in sheets if one.visible == _VISIBLE and one.typ == _WORKSHEET]

    def rows(self, name: str) -> list[list[Any]]:
        """See ``Book.rows``."""
        for one in () if self._open_document else (workbook_extent, workbook_xlsb):
            if extent := self._known(partial(one.read_extent, sheet=name)):
                self._check(name, extent)
        found: list[list[Any]] = self._book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        return found

    def looks(self, name: str) -> Looks:
        """See ``Book.looks``. Of a file that is not what its name says, nothing is known."""
        read = workbook_ods.read_looks if self._open_document else workbook_xml.read_looks
        return self._known(partial(read, sheet=name)) or Looks()

    def _known(self, read: Callable[[IO[bytes]], _Known]) -> _Known | None:
        """Give what is to be known of the file beside its cells, or None where it is not what it seems to be."""
        with suppress(*FAILURES), self._source.open() as file:
            return read(file)
        return None

    def _check(self, name: str, extent: Extent) -> None:
        """Refuse a sheet that would take all memory for its empty cells."""
        if extent.hollow:
            raise self._source.refuse(
                f'The last cell of its sheet "{name}" is in row {extent.rows:,}, and the furthest in column '
                f"{extent.columns:,}: nearly all in between is empty, and there is no room for that many cells.",
                "Delete all rows and columns after the last that you use, the cells and not only what stands in them, "
                "and save it.",
            )


class Workbook:
    """See ``Sheet``."""

    structured = False
    layout: Layout | None = None

    def __init__(self, source: Source) -> None:
        """Open one sheet of a workbook. Unlike text, a workbook has to be in memory as a whole."""
        self.source = source
        with source.open() as file:
            self.digest = hashlib.blake2b(file.read() + source.part.encode(), digest_size=16).hexdigest()
        self.notes: tuple[str, ...] = ()
        self._looks = Looks()
        self._rows = self._cells()
        header = next((row for row in self._rows if any(cell.strip() for cell in row[1])), None)
        if header is None:
            raise source.refuse("The sheet is empty.", "Its first row names the columns.")
        self._header_row, self.columns = header
        self.notes += tuple(notes(Read(self._rows, self.columns, self._header_row, self._looks)))

    def records(self) -> Iterator[Record | Fault]:
        """See ``Sheet.records``."""
        for number, cells in self._rows:
            if number > self._header_row and any(cell.strip() for cell in cells):
                yield Record(number, cells, cells)

    def _cells(self) -> list[tuple[int, tuple[str, ...]]]:
        with self._readable():
            book = self._open()
            name = self._name(book)
            rows, self._looks = book.rows(name), book.looks(name)
        return [(number, self._texts(number - 1, row)) for number, row in enumerate(rows, start=1)]

    def _open(self) -> Book:
        with self.source.open() as file:
            if file.read(len(_OLD)) == _OLD:  # Whatever it is called: programs call their XLSX an XLS, to be opened.
                from batchgen.manifest.workbook_xls import OldBook  # noqa: PLC0415 - hardly anyone has one

                return OldBook(self.source)
        if self.source.suffix == ".xlsb":
            self.notes += (_BINARY,)
        return NewBook(self.source)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except BatchgenError:
            raise
        except Exception as error:  # What a damaged file does to its reader, nobody foresees.
            if self._is_locked():
                problem = "The workbook is locked by a password, so nothing in it can be read."
                remedy = "Open it, take the password off (in Excel: File, Info, Protect Workbook), and save it again."
                raise self.source.refuse(problem, remedy) from error
            raise self.source.refuse(
                f"The workbook cannot be read: {error or type(error).__name__}.",
                "Open it, remove its password if it has one, and save it again.",
            ) from error

    def _is_locked(self) -> bool:
        """Tell whether it is encrypted: a workbook of today is then a stream of this name in a file of the old form."""
        with self.source.open() as file:
            return file.read(len(_OLD)) == _OLD and _ENCRYPTED in file.read()

    def _texts(self, row: int, values: list[Any]) -> tuple[str, ...]:
        if not self._looks.shown:
            return tuple(map(_as_it_looks, values))
        shown = self._looks.shown
        return tuple(shown.get((row, at)) or _as_it_looks(value) for at, value in enumerate(values))

    def _name(self, book: Book) -> str:
        names, part = book.names, self.source.part
        if not part:
            first = (book.shown or names)[0]
            if len(book.shown) > 1:
                others = f"{self.source.name}#{book.shown[1]}"
                self.notes += (
                    f'read is its first sheet, "{first}", of {len(book.shown)}; another is named as {others}.',
                )
            return first
        if part in names:
            return part
        near = nearest(part, names)
        raise self.source.refuse(
            f'There is no sheet "{part}" in it.',
            (f'Did you mean "{near}"? ' if near else "") + f"It has: {', '.join(names)}.",
        )


def _as_it_looks(value: Any) -> str:
    """Write a cell as the spreadsheet shows it: 7 and not 7.0, a date as a date."""
    match value:
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case float():
            return f"{value:.15g}"
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.datetime():
            return value.isoformat(sep=" ", timespec="auto")
        case dt.date() | dt.time():
            return value.isoformat()
        case None:
            return ""
        case _:
            return str(value)
