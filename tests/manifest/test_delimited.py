from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchgen.kinds import VOCABULARY
from batchgen.manifest import open_manifest
from batchgen.model.errors import Fault

HEADER = "url,output_language,note\n"


@pytest.mark.parametrize(
    "cell", ["007", "NA", "null", "1e5", "no", "2024-01-02", "nan", "1.10", "=SUM(A1)", " x ", "TRUE"]
)
def test_a_cell_stays_what_it_is(rows, cell):
    (row,) = rows("s.csv", f"{HEADER}https://e.com/v,French,{cell}\n")

    assert row.cells == ("https://e.com/v", "French", cell)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_stands_between_the_cells_is_found_out(opened, delimiter):
    manifest = opened("s.csv", f"{HEADER}https://e.com/v,French,x y\n".replace(",", delimiter))

    assert manifest.columns == ("url", "output_language", "note")
    assert next(iter(manifest.rows())).cells[2] == "x y"


def test_known_fields_settle_what_stands_between_the_cells(opened):
    manifest = opened("s.csv", 'url;output_language;"a,b,c,d,e"\nx;French;y\n')

    assert manifest.columns == ("url", "output_language", "a,b,c,d,e")


def test_where_no_field_is_known_rows_settle_what_stands_between_the_cells(opened):
    manifest = opened("s.csv", "first name;motto, in short\nAda;x\nGrace;y, z\n")

    assert manifest.columns == ("first name", "motto, in short")


def test_a_first_line_for_excel_is_no_row(opened):
    manifest = opened("s.csv", "sep=|\r\nurl|output_language\r\nu,v|French\r\n")

    assert manifest.columns == ("url", "output_language")
    assert [(row.number, row.cells) for row in manifest.rows()] == [(2, ("u,v", "French"))]


def test_cells_of_nothing_but_spaces_are_not_too_many(rows):
    assert rows("s.csv", f"{HEADER}u,French,x, , \n")[0].cells == ("u", "French", "x")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(rows, end):
    found = rows("s.csv", f"{HEADER}u,French,x\nv,German,y".replace("\n", end))

    assert [row.cells for row in found] == [("u", "French", "x"), ("v", "German", "y")]


def test_rows_are_numbered_as_the_spreadsheet_shows_them(rows):
    text = 'url,output_language\n\nu1,"Fre\nnch"\n  ,\n,,\nu2,x\n'

    found = rows("s.csv", text)

    assert [(row.number, row.fields["url"]) for row in found] == [(3, "u1"), (6, "u2")]


def test_blank_lines_before_the_header_count(rows):
    (row,) = rows("s.csv", "\n,\nurl,output_language\nu1,x\n")

    assert row.number == 4


@pytest.mark.parametrize("text", ["u1,x\nu2\nu3,x\n", "u1,x\nu2\nu3,x,,,,,,,,,\n"])
def test_a_row_with_too_few_cells_is_filled_up(rows, text):
    found = rows("s.csv", "url,output_language,note\n" + text)

    assert [row.cells for row in found] == [("u1", "x", ""), ("u2", "", ""), ("u3", "x", "")]


@pytest.mark.parametrize("more", [",x", ",,,x", ",,,,,,,,,x"])
def test_every_row_with_too_many_cells_is_a_fault(opened, more):
    manifest = opened("s.csv", f"{HEADER}a,b,c\na,b,c{more}\na,b,c\na,b,c{more}\na,b,c\n")

    found = list(manifest.rows())

    column = "CDEFGHIJKL"[more.count(",")]
    assert [str(one) for one in found if isinstance(one, Fault)] == [
        f's.csv, row {row}, column "{column}": The row has more cells than the header has columns: "x" is one too many. '
        'Put text that holds a "," in double quotes, or name the column.'
        for row in (3, 5)
    ]
    assert [one.number for one in found if not isinstance(one, Fault)] == [2, 4, 6]


def test_an_open_quote_is_told_at_its_row(opened):
    found = list(opened("s.csv", f'{HEADER}a,b,c\na,"b,c\nd,e,f\n').rows())

    assert found[0].number == 2
    assert str(found[1]) == (
        's.csv, row 3, column "output_language": A double quote is opened here and never closed. Close it.'
    )


def test_duplicate_and_empty_headers_are_kept(rows, opened):
    text = "note,url,,note,output_language\na,u,b,c,French\n"

    assert opened("s.csv", text).columns == ("note", "url", "", "note", "output_language")
    assert rows("s.csv", text)[0].cells == ("a", "u", "b", "c", "French")


def test_headers_are_found_whatever_their_case_and_spaces(rows):
    (row,) = rows("s.csv", " URL , Output_Language \nu,French\n")

    assert row.fields == {"url": "u", "output_language": "French"}
    assert row.columns == {"url": " URL ", "output_language": " Output_Language "}


def test_very_long_cells_are_read(rows):
    (row,) = rows("s.csv", f"{HEADER}u,French,{'x' * 300_000}\n")

    assert len(row.cells[2]) == 300_000


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "s.csv: It is empty. Its first row names the columns."),
        (b"\n \n,,\n", "s.csv: It holds nothing but blank lines. Its first row names the columns."),
        (b"url,a\x00b\nx,y\n", "s.csv: It holds characters that no text has. Save it as CSV UTF-8."),
    ],
)
def test_a_sheet_without_a_header_is_refused(told, data, problem):
    assert told("s.csv", data) == [problem]


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n), min_size=1, max_size=6)),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_random_cells_come_back_unchanged(folder, table, delimiter, encoding, newline):
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL)
    writer.writerows([["url", "output_language", *(f"c{at}" for at in range(len(table[0])))]])
    writer.writerows(["u", "French", *cells] for cells in table)
    (folder / "s.csv").write_bytes(written.getvalue().encode(encoding))

    manifest = open_manifest("s.csv", vocabulary=VOCABULARY, encoding=None)

    assert [row.cells[2:] for row in manifest.rows()] == [tuple(cells) for cells in table]


def test_rows_are_read_alike_with_and_without_quotes_near_them(opened):
    rows = [[f"https://e.com/{n}.mp4", "French", f"t{n}"] for n in range(3000)]
    for n in (0, 1, 511, 512, 1023, 1700, 2999):
        rows[n][2] = 'a "b",\r\n\n,c' + "\n" * (n % 700)
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["url", "output_language", "title"], *rows])
    blank = text.getvalue().replace("\r\nhttps://e.com/600.", "\r\n\r\n,,\r\nhttps://e.com/600.")

    found = list(opened("s.csv", blank).rows())

    assert [list(row.cells) for row in found] == rows
    assert [row.number for row in found] == [n + (4 if n >= 600 else 2) for n in range(3000)]
