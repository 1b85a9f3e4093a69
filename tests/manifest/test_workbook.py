from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from batchgen.model.errors import ManifestError


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_cells_are_text_as_they_look(rows):
    moment = dt.datetime(2024, 1, 2, 3, 4, 5)  # noqa: DTZ001 - a spreadsheet knows no zones
    cells = ["u", "French", 7, 7.5, "007", True, dt.date(2024, 1, 2), moment, 0.1 + 0.2, None]

    (row,) = rows("p.xlsx", workbook(S=[["url", "output_language", *"abcdefgh"], cells]))

    assert row.cells == ("u", "French", "7", "7.5", "007", "TRUE", "2024-01-02", "2024-01-02 3:04:05", "0.3", "")


def test_rows_are_numbered_as_the_workbook_shows_them(rows):
    found = rows("p.xlsx", workbook(S=[[], ["url", "output_language"], [], ["u", "French"]]))

    assert [row.number for row in found] == [4]


@pytest.mark.parametrize(("name", "url"), [("p.xlsx", "one"), ("p.xlsx#Two", "two")])
def test_a_sheet_is_named_after_a_hash(rows, opened, name, url):
    data = workbook(One=[["url", "output_language"], ["one", "x"]], Two=[["url", "output_language"], ["two", "x"]])

    assert rows(name, data)[0].fields["url"] == url


def test_sheets_of_one_workbook_have_results_of_their_own(opened):
    data = workbook(One=[["url", "output_language"]], Two=[["url", "output_language"]])

    paths = {str(opened(name, data).path) for name in ("p.xlsx", "p.xlsx#Two")}

    assert paths == {"p.xlsx", "p_Two.xlsx"}


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        (
            "p.xlsx#Tow",
            workbook(One=[["url"]], Two=[["url"]]),
            'p.xlsx#Tow: There is no sheet "Tow" in it. It has: One, Two.',
        ),
        ("p.xlsx", workbook(One=[]), "p.xlsx: The sheet is empty. Its first row names the columns."),
    ],
)
def test_a_workbook_that_cannot_be_meant_is_refused(told, name, data, problem):
    assert told(name, data) == [problem]


def test_a_file_that_is_no_workbook_is_refused(told):
    (problem,) = told("p.xlsx", b"not a workbook")

    assert problem.startswith("p.xlsx: The workbook cannot be read: ")
    assert problem.endswith("Open it, remove its password if it has one, and save it again.")


def test_a_workbook_with_a_password_is_told_as_that(told):
    # A compound file with the stream that MS-OFFCRYPTO 2.3.4 names.
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(1024, b"\0") + "EncryptedPackage".encode("utf-16-le")

    (problem,) = told("p.xlsx", locked.ljust(8192, b"\0"))

    assert problem.startswith("p.xlsx: The workbook is locked by a password, so nothing in it can be read. Open it, ")


def test_numbers_and_dates_look_as_their_formats_say(rows):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["url", "output_language", "start_time", "code", "share", "day", "price"])
    sheet.append(["u", "French", dt.time(1, 30), 7, 0.25, dt.date(2024, 1, 2), 1234.5])
    formats = {"C2": "h:mm", "D2": "00000", "E2": "0%", "F2": "dd.mm.yyyy", "G2": '#,##0.00 "€"'}
    for cell, code in formats.items():
        sheet[cell].number_format = code
    data = io.BytesIO()
    book.save(data)

    (row,) = rows("p.xlsx", data.getvalue())

    assert row.cells[2:] == ("1:30", "00007", "25%", "02.01.2024", "1,234.50 €")


def test_of_several_sheets_the_one_that_is_read_is_told(opened):
    data = workbook(One=[["url", "output_language"]], Two=[["url", "output_language"]])

    assert opened("p.xlsx", data).notes == ('read is its first sheet, "One", of 2; another is named as p.xlsx#Two.',)
    assert opened("p.xlsx#Two", data).notes == ()


def test_a_sheet_that_is_hidden_is_not_the_first(rows):
    book = openpyxl.Workbook()
    book.active.append(["lists"])
    book.active.sheet_state = "hidden"
    for row in (["url", "output_language"], ["u", "French"]):
        book.create_sheet("People") if "People" not in book.sheetnames else None
        book["People"].append(row)
    data = io.BytesIO()
    book.save(data)

    assert rows("p.xlsx", data.getvalue())[0].fields["url"] == "u"


def test_a_formula_that_nobody_has_worked_out_is_told(opened):
    data = workbook(S=[["url", "output_language", "note"], ["u", "French", "=1+1"]])

    (note,) = opened("p.xlsx", data).notes

    assert note.startswith('1 of its formulas have no value yet and count as empty, the first in row 2, column "note".')


def test_a_cell_that_shows_a_failure_is_told_and_kept(opened):
    manifest = opened("p.xlsx", workbook(S=[["url", "output_language", "title"], ["u", "French", "#N/A"]]))

    (row,) = manifest.rows()

    assert row.cells == ("u", "French", "#N/A")
    (warning,) = manifest.warnings()
    assert str(warning).startswith('p.xlsx, row 2, column "title": "#N/A" is what a spreadsheet shows where a formula')


SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'


def open_document(**sheets):
    """Write an ODS as LibreOffice does, each row as its XML."""
    tables = "".join(f'<table:table table:name="{name}">{"".join(rows)}</table:table>' for name, rows in sheets.items())
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", f"<office:document-content {SPACES} {CALC}>{body}</office:document-content>")
        book.writestr("META-INF/manifest.xml", "<manifest/>")
    return data.getvalue()


def text_row(*cells):
    written = (
        f'<table:table-cell office:value-type="string"><text:p>{one}</text:p></table:table-cell>' for one in cells
    )
    return f"<table:table-row>{''.join(written)}</table:table-row>"


FAILED = (
    '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0" calcext:value-type="error">'
    "<text:p>#DIV/0!</text:p></table:table-cell>"
    '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" '
    'calcext:value-type="error" table:number-columns-repeated="2"><text:p>#N/A</text:p></table:table-cell>'
)


def test_a_formula_that_failed_in_an_open_document_is_told_and_not_taken_for_empty(opened):
    head = text_row("url", "output_language", "title", "note", "more")
    cells = '<table:table-cell office:value-type="string" table:number-columns-repeated="2"><text:p>French</text:p>'
    bad = f'<table:table-row table:number-rows-repeated="2">{cells}</table:table-cell>{FAILED}</table:table-row>'
    data = open_document(Other=[bad, bad], S=[head, bad, text_row("u", "French", "T", "n", "m")])
    manifest = opened("p.ods#S", data)

    rows = list(manifest.rows())

    assert [row.cells[2:] for row in rows] == [("#DIV/0!", "#N/A", "#N/A")] * 2 + [("T", "n", "m")]
    assert [(one.row, one.column) for one in manifest.warnings()] == [
        (row, column) for row in (2, 3) for column in ("title", "note", "more")
    ]


HEAD = text_row("url", "output_language")


@pytest.mark.parametrize("hidden", ["filter", "collapse"])
def test_rows_that_are_hidden_in_an_open_document_are_read_and_told(opened, hidden):
    unseen = f'<table:table-row table:number-rows-repeated="2" table:visibility="{hidden}"/>'
    away = text_row("v", "French").replace("table-row>", f'table-row table:visibility="{hidden}">', 1)
    data = open_document(
        Other=[HEAD, away, away], S=[HEAD, text_row("u", "French"), away, unseen, text_row("w", "French")]
    )

    manifest = opened("p.ods#S", data)

    assert [row.number for row in manifest.rows()] == [2, 3, 6]
    (note,) = manifest.notes
    assert note.startswith("1 of its rows is hidden, the first is row 3, and read like all others.")


def test_words_of_an_open_document_stay_apart(opened):
    note = "<office:annotation><text:p>Please check</text:p></office:annotation>"
    inside = "One<text:tab/>two<text:s/><text:s text:c='2'/><text:span>three<text:tab/></text:span>four<text:line-break/>five"
    row = text_row("u", "French", f"{inside}</text:p><text:p>six").replace("<text:p>One", f"{note}<text:p>One")

    (one,) = opened("p.ods", open_document(S=[text_row("url", "output_language", "title"), row])).rows()

    assert one.cells[2] == "One\ttwo   three\tfour\nfive\nsix"


def test_a_time_of_an_open_document_is_read_as_it_looks(opened):
    time = '<table:table-cell office:value-type="time" office:time-value="PT01H30M00S"><text:p>{}</text:p></table:table-cell>'
    row = text_row("u", "French").replace(
        "</table:table-row>", f"{time.format('1:30')}{time.format('01:30:00')}</table:table-row>"
    )

    (one,) = opened("p.ods", open_document(S=[text_row("url", "output_language", "end_time", "duration"), row])).rows()

    assert one.cells[2:] == ("1:30", "01:30:00")


def test_an_open_document_is_read_as_one_whatever_it_is_called(opened):
    row = f"<table:table-row>{FAILED}</table:table-row>"
    manifest = opened("p.xlsx", open_document(S=[text_row("url", "output_language", "title"), row]))

    assert [row.cells for row in manifest.rows()] == [("#DIV/0!", "#N/A", "#N/A")]


def open_reaching(row, column):
    """Write a cell at the end of an ODS, as LibreOffice does: what lies before it stands there as one row, and cell."""
    room = f'<table:table-row table:number-rows-repeated="{row - 3}"><table:table-cell/></table:table-row>'
    gap = f'<table:table-cell table:number-columns-repeated="{column - 1}"/>'
    return [
        HEAD,
        text_row("u", "French"),
        room,
        text_row("x").replace("<table:table-cell", f"{gap}<table:table-cell", 1),
    ]


@pytest.mark.parametrize(("row", "column"), [(1_048_576, 16_384), (1_048_576, 1_024), (1_048_576, 26), (9_000, 16_384)])
@pytest.mark.parametrize("name", ["S", "Two"])
def test_a_stray_cell_at_the_end_of_an_open_document_is_told_and_takes_no_memory(opened, row, column, name):
    data = open_document(S=open_reaching(row, column), Two=[HEAD, text_row("u", "French")])

    with pytest.raises(ManifestError, match=f'last cell of its sheet "S" is in row {row:,}'):
        opened(f"p.ods#{name}", data)


def test_a_stray_cell_of_an_open_document_that_there_is_room_for_is_nothing(told):
    assert told("p.ods", open_document(S=open_reaching(20_000, 26))) == []


def test_room_at_the_end_of_a_sheet_is_no_stray_cell(rows):
    room = '<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/>'
    sheet = [HEAD, text_row("u", "French"), f"{room}</table:table-row>"]

    assert [row.number for row in rows("p.ods", open_document(S=sheet, Two=sheet))] == [2]


def test_rows_that_are_hidden_are_read_and_told(opened):
    book = openpyxl.Workbook()
    for row in (["url", "output_language"], ["u", "French"], ["v", "French"], [], ["w", "French"]):
        book.active.append(row)
    for number in (3, 4, 5):
        book.active.row_dimensions[number].hidden = True
    data = io.BytesIO()
    book.save(data)

    manifest = opened("p.xlsx", data.getvalue())

    assert [row.number for row in manifest.rows()] == [2, 3, 5]
    (note,) = manifest.notes
    assert note.startswith("2 of its rows are hidden, the first is row 3, and read like all others.")


def reaching(cell, links=0):
    book = openpyxl.Workbook()
    book.active.append(["url", "output_language"])
    book.active.append(["u", "French"])
    book.active[cell] = " "
    for number in range(links):
        book.active[f"A{number + 1}"].hyperlink = f"https://example.com/{number}/{'a' * 100}.mp4"
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


@pytest.mark.parametrize("cell", ["XFD1048576", "AZ1048576", "XFD9000"])
def test_a_stray_cell_at_the_end_of_a_sheet_is_told_and_takes_no_memory(opened, cell):
    with pytest.raises(ManifestError, match="nearly all in between is empty"):
        opened("p.xlsx", reaching(cell))


def test_a_stray_cell_is_told_before_whatever_stands_behind_the_rows(opened):
    with pytest.raises(ManifestError, match="row 1,048,576"):
        opened("p.xlsx", reaching("XFD1048576", links=20_000))


def test_a_stray_cell_that_there_is_room_for_is_nothing(rows):
    assert [row.fields["url"] for row in rows("p.xlsx", reaching("ZZ1000"))] == ["u"]


def merged_book():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["url", "output_language", "mode", ""], *([one, "French", "", ""] for one in "uvw")):
        sheet.append(row)
    sheet["C2"] = "precision"
    for cells in ("C1:D1", "C2:C4", "D2:E4"):
        sheet.merge_cells(cells)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def merged_document():
    spans = 'table:number-columns-spanned="1" table:number-rows-spanned="2"'
    first = text_row("u", "French", "precision").replace("<table:table-cell", f"<table:table-cell {spans}")
    first = first.replace(f" {spans}", "", 2)
    second = text_row("v", "French").replace("</table:table-row>", "<table:covered-table-cell/></table:table-row>")
    return open_document(S=[text_row("url", "output_language", "mode"), first, second])


MERGED = (
    '1 of its cells is merged with others, which count as empty, the first in row {}, column "mode". '
    "Undo the merging, and fill in each row."
)


def test_cells_that_are_merged_are_told_for_only_the_first_of_them_is_filled(opened):
    (note,) = opened("p.xlsx", merged_book()).notes
    (other,) = opened("p.ods", merged_document()).notes

    assert note == MERGED.format(2)
    assert other == MERGED.format(2)
