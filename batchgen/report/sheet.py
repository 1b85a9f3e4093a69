"""Rows as a sheet that is a manifest again: the user's own columns and values, and nothing of batchgen's."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from batchgen.model.layout import DELIMITERS, delimiter_of
from batchgen.report.columns import distinct
from batchgen.report.replace import beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from batchgen.report.interface import Line

SUFFIXES = (*DELIMITERS, ".jsonl", ".ndjson", ".xlsx")


def write(path: Path, columns: Sequence[str], lines: Iterable[Line], *, option: str) -> int:
    """Write the rows of these lines, each once however many videos it asked for, and give their number.

    Its suffix says which format it has; see ``SUFFIXES``. Raises ``DiskError``, where ``option`` is what
    names another file; an older one then stays as it is.
    """
    rows = _rows(lines)
    match path.suffix.lower():
        case ".jsonl" | ".ndjson":
            return _write_objects(path, columns, rows, option)
        case ".xlsx":
            return _write_workbook(path, columns, rows, option)
        case _:
            return _write_text(path, columns, rows, option)


def _rows(lines: Iterable[Line]) -> Iterator[tuple[str, ...]]:
    last = None
    for line in lines:
        # The lines of a row stand side by side.
        if line.row != last:
            yield line.cells
        last = line.row


def _write_text(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], option: str) -> int:
    count = 0
    with beside(path, option=option) as file:
        writer = csv.writer(file, lineterminator="\r\n", delimiter=delimiter_of(path.name))
        writer.writerow(columns)
        for count, row in enumerate(rows, 1):  # noqa: B007 - its last value is the number of rows
            writer.writerow(row)
    return count


def _write_objects(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], option: str) -> int:
    count, names = 0, distinct(columns)
    with beside(path, option=option) as file:
        for count, row in enumerate(rows, 1):  # noqa: B007 - its last value is the number of rows
            told = {name: _structure(cell) for name, cell in zip(names, row, strict=False)}
            file.write(json.dumps(told, ensure_ascii=False) + "\n")
    return count


def _structure(cell: str) -> Any:
    """Give back the list or group that a cell of a JSON sheet is the text of."""
    if cell[:1] in {"[", "{"}:
        try:
            found = json.loads(cell)
        except ValueError:
            return cell
        if json.dumps(found, ensure_ascii=False, separators=(",", ":")) == cell:
            return found
    return cell


def _write_workbook(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], option: str) -> int:
    from batchgen.report.xlsx import workbook  # noqa: PLC0415 - for those who want one

    count = 0
    with workbook(path, option=option) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(columns):
            sheet.write_string(0, place, name)
        for count, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                if cell:
                    sheet.write_string(count, place, cell)
    return count
