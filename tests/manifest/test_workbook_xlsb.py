"""XLSB: how far its sheets reach is told before there is room to be made for it."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from batchgen.model.errors import ManifestError

LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId7" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.bin"/></Relationships>'
)


def record(sort, data=b""):
    """Write one record; see MS-XLSB 2.1.4."""
    head = bytes([sort]) if sort < 0x80 else bytes([sort & 0x7F | 0x80, sort >> 7])
    size = len(data)
    return head + (bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7])) + data


def text(value):
    return struct.pack("<I", len(value)) + value.encode("utf-16-le")


def binary_workbook(cells, *, reach=None):
    """Write an XLSB with one sheet of texts, by their places; ``reach`` is what it says of itself."""
    far = reach or tuple(map(max, zip(*cells, strict=True)))
    sheet = record(129) + record(148, struct.pack("<4I", 0, far[0], 0, far[1])) + record(145)
    for row in sorted({row for row, _ in cells}):
        sheet += record(0, struct.pack("<IIHHBI", row, 0, 300, 0, 0, 0))
        for (_, column), value in sorted((place, value) for place, value in cells.items() if place[0] == row):
            sheet += record(6 if value else 1, struct.pack("<II", column, 0) + (text(value) if value else b""))
    sheet += record(146) + record(130)
    of_book = record(156, struct.pack("<II", 0, 1) + text("rId7") + text("S"))
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as book:
        book.writestr("xl/workbook.bin", record(131) + record(143) + of_book + record(144) + record(132))
        book.writestr("xl/_rels/workbook.bin.rels", LINKS)
        book.writestr("xl/worksheets/sheet1.bin", sheet)
    return data.getvalue()


CELLS = {(0, 0): "url", (0, 1): "output_language", (1, 0): "u", (1, 1): "French"}


@pytest.mark.parametrize("place", [(1_048_575, 16_383), (1_048_575, 60), (9_000, 16_383)])
def test_a_stray_cell_of_a_binary_workbook_is_told_and_takes_no_memory(opened, place):
    with pytest.raises(ManifestError, match=f"is in row {place[0] + 1:,}, and the furthest in column {place[1] + 1:,}"):
        opened("p.xlsb", binary_workbook(CELLS | {place: "x"}))


@pytest.mark.parametrize("place", [(999, 700), (40_000, 3)])
def test_a_stray_cell_that_there_is_room_for_is_nothing(rows, place):
    assert [row.number for row in rows("p.xlsb", binary_workbook(CELLS | {place: " "}))] == [2]


def test_cells_without_anything_in_them_are_no_stray_cells(rows):
    empty = {(1_048_575, 16_383): ""}

    assert [row.cells for row in rows("p.xlsb", binary_workbook(CELLS | empty))] == [("u", "French")]
