"""XLSX and its relatives: cells as text as they look, one sheet of the workbook.

``people.xlsx#Sheet2`` names a sheet; without a name it is the first.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

import python_calamine

from batchgen.manifest.sheet import Record
from batchgen.model.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.manifest.source import Source
    from batchgen.model.errors import Fault
    from batchgen.model.layout import Layout


class Workbook:
    """See ``Sheet``."""

    structured = False
    layout: Layout | None = None
    notes: tuple[str, ...] = ()

    def __init__(self, source: Source) -> None:
        """Open one sheet of a workbook. Unlike text, a workbook has to be in memory as a whole."""
        self.source = source
        with source.open() as file:
            self.digest = hashlib.blake2b(file.read() + source.part.encode(), digest_size=16).hexdigest()
        self._rows = self._cells()
        header = next((row for row in self._rows if any(cell.strip() for cell in row[1])), None)
        if header is None:
            raise source.refuse("The sheet is empty.", "Its first row names the columns.")
        self._header_row, self.columns = header

    def records(self) -> Iterator[Record | Fault]:
        """See ``Sheet.records``."""
        for number, cells in self._rows:
            if number > self._header_row and any(cell.strip() for cell in cells):
                yield Record(number, cells, cells)

    def _cells(self) -> list[tuple[int, tuple[str, ...]]]:
        try:
            with self.source.open() as file:
                workbook = python_calamine.CalamineWorkbook.from_filelike(file)
                sheet = workbook.get_sheet_by_name(self._name(workbook.sheet_names))
                rows = sheet.to_python(skip_empty_area=False)
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise self.source.refuse(
                f"The workbook cannot be read: {error}.",
                "Open it, remove its password if it has one, and save it again.",
            ) from error
        return [(number, tuple(map(_as_it_looks, row))) for number, row in enumerate(rows, start=1)]

    def _name(self, names: list[str]) -> str:
        part = self.source.part
        if not part:
            return names[0]
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
