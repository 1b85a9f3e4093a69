"""XLS: what old programs write, and many an export still is. Its numbers, failures and hidden rows are as they look."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import xlrd

from batchgen.manifest.number_format import BUILT_IN, as_shown
from batchgen.manifest.workbook_xml import Looks

if TYPE_CHECKING:
    from xlrd.sheet import Cell

    from batchgen.manifest.source import Source

#: Formats from here on are the workbook's own (MS-XLS 2.4.126); those below have numbers for all workbooks.
_OWN = 164


class OldBook:
    """See ``workbook.Book``."""

    def __init__(self, source: Source) -> None:
        with source.open() as file:
            # What it does not like it would print.
            self._book = xlrd.open_workbook(file_contents=file.read(), formatting_info=True, logfile=io.StringIO())
        self.names = list(self._book.sheet_names())
        self.shown = [sheet.name for sheet in self._book.sheets() if sheet.visibility == 0]

    def rows(self, name: str) -> list[list[Any]]:
        """See ``Book.rows``."""
        return [[self._value(cell) for cell in row] for row in self._book.sheet_by_name(name).get_rows()]

    def looks(self, name: str) -> Looks:
        """See ``Book.looks``."""
        sheet, looks = self._book.sheet_by_name(name), Looks()
        looks.hidden += sorted(row for row, facts in sheet.rowinfo_map.items() if facts.hidden)
        looks.merged += sorted((row, at) for row, _, at, _ in sheet.merged_cells)
        for row, cells in enumerate(sheet.get_rows()):
            for at, cell in enumerate(cells):
                if (shown := self._shown(cell)) is not None:
                    looks.shown[row, at] = shown
        return looks

    def _value(self, cell: Cell) -> Any:
        match cell.ctype:
            case xlrd.XL_CELL_DATE if cell.value >= 0:  # What is shown as a date need not be one.
                return xlrd.xldate_as_datetime(cell.value, self._book.datemode)
            case xlrd.XL_CELL_BOOLEAN:
                return bool(cell.value)
            case xlrd.XL_CELL_EMPTY | xlrd.XL_CELL_BLANK:
                return None
            case xlrd.XL_CELL_ERROR:
                return xlrd.error_text_from_code.get(cell.value, "#N/A")
            case _:
                return cell.value

    def _shown(self, cell: Cell) -> str | None:
        if cell.ctype not in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
            return None
        number = self._book.xf_list[cell.xf_index].format_key
        code = self._book.format_map[number].format_str if number >= _OWN else BUILT_IN.get(number)
        return as_shown(cell.value, code, since_1904=self._book.datemode == 1) if code else None
