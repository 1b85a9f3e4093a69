"""Results in every format say the same, each with the types it has."""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from batchgen.model.errors import DiskError, UsageError
from batchgen.model.job import changed
from batchgen.model.status import Status
from batchgen.report import formats, sheet, xlsx
from batchgen.report.columns import distinct
from batchgen.report.interface import Heading, line

HEADING = Heading(name="films.csv", columns=("title", "count"), kinds=("translation",))
BEGAN = dt.datetime(2026, 11, 23, 10, 0, 0, tzinfo=dt.UTC)
#: Texts that formats like to turn into something else.
TRICKY = (
    "=1+1",
    "007",
    "1e5",
    "TRUE",
    "2026-01-02",
    " padded ",
    "two\r\nlines",
    "_x0041_",
    "😀 שלום",
    "-5",
    "http://x.y",
)


def lines(job, *cells, folder, **more):
    return [line((title, "1"), job, saved=None, folder=folder, **more) for title in cells]


def workbook(path):
    return load_workbook(path).active


def test_a_line_of_json_has_numbers_as_numbers_and_null_for_what_is_not_known(tmp_path, job):
    path = tmp_path / "r.jsonl"

    formats.write(path, "jsonl", HEADING, lines(job, "Hi", folder=tmp_path))

    told = json.loads(path.read_text())
    assert list(told)[:3] == ["title", "count", "job_id"]
    assert (told["count"], told["duration_s"], told["credits"]) == ("1", 61.25, 0.3)
    assert (told["error"], told["submitted_at"]) == (None, "2026-11-23T10:00:00Z")


def test_a_parquet_file_has_the_types_that_a_data_frame_wants(tmp_path, job):
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "r.parquet"

    formats.write(path, "parquet", HEADING, lines(job, "Hi", "\ud83d", folder=tmp_path))

    table = parquet.read_table(path)
    assert [str(table.schema.field(name).type) for name in ("title", "duration_s", "submitted_at")] == [
        "string",
        "double",
        "timestamp[us, tz=UTC]",
    ]
    assert table.to_pylist()[0]["submitted_at"] == BEGAN
    assert table["title"].to_pylist() == ["Hi", "\\ud83d"]


def test_a_workbook_has_text_as_text_and_times_as_times_and_links_to_click(tmp_path, job):
    path = tmp_path / "r.xlsx"
    saved = str(tmp_path / "videos" / "100% of #1.mp4")

    formats.write(path, "xlsx", HEADING, [line(("=1+1", "007"), job, saved=saved, folder=tmp_path)])

    sheet_ = workbook(path)
    named = dict(zip([cell.value for cell in sheet_[1]], sheet_[2], strict=True))
    assert sheet_.freeze_panes == "A2"
    assert {named[name].data_type for name in ("title", "count", "job_id")} == {"s"}
    assert (named["title"].value, named["count"].value) == ("=1+1", "007")
    assert (named["duration_s"].value, named["submitted_at"].value) == (61.25, BEGAN.replace(tzinfo=None))
    assert named["video_url"].hyperlink is not None
    links = ZipFile(path).read("xl/worksheets/_rels/sheet1.xml.rels").decode()
    assert "videos\\100%25%20of%20%231.mp4" in links
    assert 'Target="https://files.example/v.mp4?sig=1"' in links


def test_what_is_no_link_is_no_link_in_a_workbook(tmp_path, job):
    path = tmp_path / "r.xlsx"

    formats.write(path, "xlsx", HEADING, lines(changed(job, video_url="javascript:alert(1)"), "Hi", folder=tmp_path))

    assert b"javascript" not in b"".join(
        ZipFile(path).read(name) for name in ZipFile(path).namelist() if name.endswith(".rels")
    )


def test_a_workbook_goes_on_in_a_second_sheet_where_one_is_full(tmp_path, job, monkeypatch):
    monkeypatch.setattr(xlsx, "LINES", 300)
    path = tmp_path / "r.xlsx"

    count = formats.write(path, "xlsx", HEADING, lines(job, *map(str, range(650)), folder=tmp_path))

    book = load_workbook(path)
    assert count == 650
    assert [one.max_row - 1 for one in book.worksheets] == [300, 300, 50]
    assert [one["A2"].value for one in book.worksheets] == ["0", "300", "600"]


def test_a_cell_that_no_workbook_holds_is_shortened_and_the_rest_is_there(tmp_path, job):
    path = tmp_path / "r.xlsx"

    formats.write(path, "xlsx", HEADING, lines(job, "😀" * 20_000, "next", folder=tmp_path))

    titles = [cell.value for cell in workbook(path)["A"]]
    assert titles[1].endswith("😀…")
    assert titles[2] == "next"


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl", "parquet"])
def test_no_format_changes_what_the_user_wrote(tmp_path, job, form):
    path = tmp_path / f"r.{form}"

    count = formats.write(path, form, HEADING, lines(job, *TRICKY, folder=tmp_path))

    assert count == len(TRICKY)
    assert titles_in(path) == list(TRICKY)


def titles_in(path):
    match path.suffix:
        case ".xlsx":
            # openpyxl leaves the codes of letters as they stand in the file.
            return [str(row[0]) for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1:]]
        case ".jsonl":
            return [json.loads(one)["title"] for one in path.read_text().splitlines()]
        case ".parquet":
            return pytest.importorskip("pyarrow.parquet").read_table(path)["title"].to_pylist()
        case _:
            import csv

            return [row["title"] for row in csv.DictReader(io.StringIO(path.read_bytes().decode(), newline=""))]


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_results_that_break_off_leave_the_older_ones(tmp_path, job, form):
    path = tmp_path / f"r.{form}"
    formats.write(path, form, HEADING, lines(job, "old", folder=tmp_path))
    before = path.read_bytes()

    def broken():
        yield from lines(job, "new", folder=tmp_path)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        formats.write(path, form, HEADING, broken())

    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl", "parquet"])
def test_a_folder_that_is_not_there_is_told_in_every_format(tmp_path, job, form):
    with pytest.raises(DiskError, match="does not exist"):
        formats.write(tmp_path / "nowhere" / f"r.{form}", form, HEADING, lines(job, "Hi", folder=tmp_path))


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.csv", "csv"), ("a", "csv"), ("a.XLSX", "xlsx"), ("a.ndjson", "jsonl"), ("a.htm", "html"), ("a.v2", "csv")],
)
def test_a_name_says_its_format(name, form):
    assert formats.format_of(Path(name)) == form


@pytest.mark.parametrize("name", ["today.xls", "today.xslx", "today.xlsxx", "today.xlx"])
def test_a_format_that_is_near_to_one_is_told(name):
    with pytest.raises(UsageError, match=r"Name it today\.xlsx"):
        formats.format_of(Path(name))


@pytest.mark.parametrize("name", ["today", "today.txt", "today.dat", "today.2026-11-27", "today.tmp", "today.cvs"])
def test_a_name_that_promises_nothing_is_a_csv(name):
    assert formats.format_of(Path(name)) == "csv"


def test_what_parquet_needs_is_told_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setattr(formats, "find_spec", lambda _: None)

    with pytest.raises(UsageError, match=r"pip install 'batchgen\[parquet\]'"):
        formats.format_of(Path("a.parquet"))


@given(st.lists(st.sampled_from(["", "a", "a (2)", "column 1", "b"]), max_size=8))
def test_names_are_told_apart_and_those_that_differ_stay(names):
    given_ = distinct(names)

    assert len(set(given_)) == len(given_) == len(names)
    assert all(new == old for new, old in zip(given_, names, strict=True) if old and names.count(old) == 1)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    columns=st.lists(st.text("abc", min_size=1, max_size=3), min_size=2, max_size=3, unique=True),
    cells=st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=9), min_size=1, max_size=4
    ),
    suffix=st.sampled_from([".csv", ".tsv", ".xlsx", ".jsonl"]),
)
def test_rows_that_are_written_as_a_sheet_are_read_back_as_they_were(tmp_path, job, columns, cells, suffix):
    from batchgen.kinds import VOCABULARY
    from batchgen.manifest import open_manifest

    columns = ["url", "output_language", *columns]
    rows = [("https://x.example/1.mp4", "German", *[cell] * (len(columns) - 2)) for cell in cells]
    path = tmp_path / f"again{suffix}"

    count = sheet.write(
        path,
        columns,
        [line(row, job, saved=None, folder=tmp_path, row=n) for n, row in enumerate(rows, 2) for _ in range(2)],
        option="--rows",
    )

    manifest = open_manifest(str(path), vocabulary=VOCABULARY)
    assert count == len(rows)
    assert list(manifest.columns) == columns
    assert [found.cells for found in manifest.rows()] == rows


def test_columns_of_one_name_are_both_in_a_json_sheet(tmp_path, job):
    path = tmp_path / "again.jsonl"

    sheet.write(path, ["note", "note", ""], [line(("a", "b", "c"), job, saved=None, folder=tmp_path)], option="--rows")

    assert json.loads(path.read_text()) == {"note": "a", "note (2)": "b", "column 3": "c"}


def test_a_list_in_a_json_sheet_is_a_list_again(tmp_path, job):
    path = tmp_path / "again.jsonl"

    sheet.write(
        path,
        ["langs", "text"],
        [line(('["German","French"]', "[not json"), job, saved=None, folder=tmp_path)],
        option="--rows",
    )

    assert json.loads(path.read_text()) == {"langs": ["German", "French"], "text": "[not json"}


def test_plain_results_load_no_library_of_another_format(tmp_path, job, monkeypatch):
    for name in ("xlsxwriter", "pyarrow", "jinja2"):
        monkeypatch.setitem(sys.modules, name, None)

    assert (
        formats.write(
            tmp_path / "r.csv", "csv", HEADING, lines(changed(job, status=Status.DONE), "Hi", folder=tmp_path)
        )
        == 1
    )


@pytest.mark.parametrize("name", ["today.docx", "today.PDF", "today.yaml"])
def test_a_name_that_promises_another_kind_of_file_is_refused_and_never_given_to_a_csv(name):
    with pytest.raises(UsageError, match=r"They may be named \.csv, \.xlsx, \.jsonl, \.parquet, \.html\."):
        formats.format_of(Path(name))
