"""XLSX and its relatives: cells as text as they look, one sheet of the workbook.

``people.xlsx#Sheet2`` names a sheet; without a name it is the first that can be seen.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import python_calamine

from batchgen.manifest.sheet import Record
from batchgen.manifest.workbook_ods import read_failed
from batchgen.manifest.workbook_xml import FAILURES, Looks, read_looks
from batchgen.model.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.manifest.source import Source
    from batchgen.model.errors import Fault
    from batchgen.model.layout import Layout


_XML = (".xlsx", ".xlsm")
_VISIBLE = python_calamine.SheetVisibleEnum.Visible
_WORKSHEET = python_calamine.SheetTypeEnum.WorkSheet


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
        self._note_uncalculated()
        self._note_hidden()

    def records(self) -> Iterator[Record | Fault]:
        """See ``Sheet.records``."""
        for number, cells in self._rows:
            if number > self._header_row and any(cell.strip() for cell in cells):
                yield Record(number, cells, cells)

    def _cells(self) -> list[tuple[int, tuple[str, ...]]]:
        try:
            with self.source.open() as file:
                workbook = python_calamine.CalamineWorkbook.from_filelike(file)
                name = self._name(workbook)
                rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise self.source.refuse(
                f"The workbook cannot be read: {error}.",
                "Open it, remove its password if it has one, and save it again.",
            ) from error
        if self.source.suffix in _XML:
            with suppress(*FAILURES), self.source.open() as file:
                self._looks = read_looks(file, name)
        if self.source.suffix == ".ods":
            with suppress(*FAILURES), self.source.open() as file:
                self._looks = Looks(shown=read_failed(file, name))
        return [(number, self._texts(number - 1, row)) for number, row in enumerate(rows, start=1)]

    def _texts(self, row: int, values: list[Any]) -> tuple[str, ...]:
        if not self._looks.shown:
            return tuple(map(_as_it_looks, values))
        shown = self._looks.shown
        return tuple(shown.get((row, at)) or _as_it_looks(value) for at, value in enumerate(values))

    def _note_uncalculated(self) -> None:
        """Say which formulas gave nothing: programs that write workbooks leave the working out to a spreadsheet."""
        missing = [(row + 1, at) for row, at in self._looks.uncalculated if at < len(self.columns)]
        if missing:
            row, at = missing[0]
            place = f'row {row}, column "{self.columns[at]}"'
            problem = f"{len(missing):,} of its formulas have no value yet and count as empty, the first in {place}."
            self.notes += (f"{problem} Open it in a spreadsheet and save it, and they have one.",)

    def _note_hidden(self) -> None:
        """Say which rows nobody sees who looks at the sheet: a filter hides what is not meant, and it would be made."""
        unseen = set(self._looks.hidden)
        hidden = [number for number, cells in self._rows if number - 1 in unseen and any(map(str.strip, cells))]
        hidden = [number for number in hidden if number > self._header_row]
        if hidden:
            count = f"{len(hidden):,} of its rows {'is' if len(hidden) == 1 else 'are'} hidden"
            what = f"{count}, the first is row {hidden[0]}, and read like all others."
            self.notes += (f"{what} Delete what is not meant, or leave it out by --select.",)

    def _name(self, workbook: python_calamine.CalamineWorkbook) -> str:
        names, part = workbook.sheet_names, self.source.part
        if not part:
            shown = [one.name for one in workbook.sheets_metadata if one.visible == _VISIBLE and one.typ == _WORKSHEET]
            first = (shown or names)[0]
            if len(shown) > 1:
                others = f"{self.source.name}#{shown[1]}"
                self.notes += (f'read is its first sheet, "{first}", of {len(shown)}; another is named as {others}.',)
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
