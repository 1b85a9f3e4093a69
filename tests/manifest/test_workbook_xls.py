"""XLS, as old programs still write it; and files that only call themselves so."""

from __future__ import annotations

import datetime as dt
import io
from contextlib import suppress

import pytest
import xlwt

from batchgen.model.errors import ManifestError
from tests.manifest.test_workbook import workbook

HEAD = ["url", "output_language", "title", "a", "b", "c"]


def old_workbook(fill, *, since_1904=False):
    book = xlwt.Workbook()
    book.dates_1904 = since_1904
    sheet = book.add_sheet("S")
    for at, name in enumerate(HEAD):
        sheet.write(0, at, name)
    fill(sheet)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def row_of(*values):
    def fill(sheet):
        for at, (value, code) in enumerate(values):
            sheet.write(1, at, value, xlwt.easyxf(num_format_str=code))

    return fill


PLAIN = [("u", "General"), ("French", "General")]


def test_cells_of_an_old_workbook_are_text_as_they_look(rows):
    day = dt.date(2024, 1, 2)
    cells = [*PLAIN, (9.9, "0.00"), (7, "000"), (1234.5, '#,##0.00 "EUR"'), (day, "yyyy-mm-dd")]

    (row,) = rows("p.xls", old_workbook(row_of(*cells)))

    assert row.cells == ("u", "French", "9.90", "007", "1,234.50 EUR", "2024-01-02")


def test_days_that_a_mac_counted_are_the_same_days(rows):
    cells = [*PLAIN, (dt.date(2024, 1, 2), 'dd"."mm"."yyyy')]

    (row,) = rows("p.xls", old_workbook(row_of(*cells), since_1904=True))

    assert row.cells[2] == "02.01.2024"


@pytest.mark.parametrize(("code", "shown"), [(0x2A, "#N/A"), (0x07, "#DIV/0!"), (0x17, "#REF!")])
def test_a_formula_that_failed_in_an_old_workbook_is_told_and_not_taken_for_empty(opened, code, shown):
    def fill(sheet):
        row_of(*PLAIN)(sheet)
        sheet.row(1).set_cell_error(2, code)

    manifest = opened("p.xls", old_workbook(fill))
    (row,) = manifest.rows()
    (warning,) = manifest.warnings()

    assert row.cells[2] == shown
    assert str(warning).startswith(f'p.xls, row 2, column "title": "{shown}" is what a spreadsheet shows')


def test_rows_that_are_hidden_in_an_old_workbook_are_told(opened):
    def fill(sheet):
        row_of(*PLAIN)(sheet)
        sheet.row(1).hidden = True

    assert "1 of its rows is hidden, the first is row 2" in opened("p.xls", old_workbook(fill)).notes[0]


def test_a_workbook_of_today_under_an_old_name_is_read_as_it_looks(rows):
    data = workbook(S=[["url", "output_language", "title"], ["u", "French", "#N/A"]])

    assert rows("p.xls", data)[0].cells == ("u", "French", "#N/A")


def test_an_old_workbook_under_a_name_of_today_is_read_as_it_looks(rows):
    data = old_workbook(row_of(*PLAIN, (9.9, "0.00")))

    assert rows("p.xlsx", data)[0].cells[2] == "9.90"


@pytest.mark.parametrize("at", [0x18, 0x30, 0x200, 0x208, 0x300])
def test_an_old_workbook_that_is_damaged_is_refused_or_read_and_breaks_nothing(opened, at):
    data = bytearray(old_workbook(row_of(*PLAIN)))
    data[at : at + 8] = b"\xff" * 8

    with suppress(ManifestError):
        assert [row.cells[:2] for row in opened("p.xls", bytes(data)).rows()] == [("u", "French")]


def test_an_old_workbook_that_is_cut_is_refused_in_a_sentence(opened):
    with pytest.raises(ManifestError, match=r"p\.xls.*The workbook cannot be read: .*save it again"):
        opened("p.xls", old_workbook(row_of(*PLAIN))[:3000])


def test_cells_that_are_merged_in_an_old_workbook_are_told(opened):
    def fill(sheet):
        sheet.write(1, 0, "u")
        sheet.write_merge(1, 3, 2, 2, "A title for all")

    (note,) = opened("p.xls", old_workbook(fill)).notes

    assert note.startswith(
        '1 of its cells is merged with others, which count as empty, the first in row 2, column "title".'
    )
