"""The results file."""

from __future__ import annotations

import csv
import errno
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from batchgen.model.errors import DiskError
from batchgen.model.job import changed
from batchgen.model.status import Status
from batchgen.report.csv import header, write
from batchgen.report.interface import line
from batchgen.report.replace import try_beside

OURS = ["video_url", "file", "duration_s", "credits", "error_code", "error", "submitted_at", "finished_at"]


def read(path, delimiter=","):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def results(tmp_path, job, *, columns=("title",), cells=("Hi",), saved=None, kinds=("translation",)):
    path = tmp_path / "results.csv"
    write(path, columns, [line(cells, job, saved=saved, folder=tmp_path)], kinds=kinds)
    return dict(zip(*read(path), strict=True))


def test_a_line_is_the_sheets_own_cells_and_what_became_of_them(tmp_path, job):
    told = results(tmp_path, job, saved=str(tmp_path / "videos" / "de" / "intro.mp4"))

    assert told == {
        "title": "Hi",
        "job_id": "abcdefghijklmnop",
        "language": "Spanish (Spain)",
        "status": "done",
        "translation_id": "vt_1",
        "video_url": "https://files.example/v.mp4?sig=1",
        "file": "videos/de/intro.mp4",
        "duration_s": "61.25",
        "credits": "0.3",
        "error_code": "",
        "error": "",
        "submitted_at": "2026-11-23T10:00:00Z",
        "finished_at": "2026-11-23T10:01:01Z",
    }


@pytest.mark.parametrize(("name", "delimiter"), [("r.tsv", "\t"), ("R.TAB", "\t"), ("r.txt", ","), ("r", ",")])
def test_between_cells_stands_what_the_files_name_promises(tmp_path, job, name, delimiter):
    path = tmp_path / name
    write(path, ["title", "b"], [line(["a, b", "tab\tin it"], job, saved=None, folder="")], kinds=["video"])

    assert [row[:2] for row in read(path, delimiter)] == [["title", "b"], ["a, b", "tab\tin it"]]


def test_what_is_not_known_is_empty(tmp_path, job):
    nothing = dict.fromkeys(
        ("language", "remote_id", "video_url", "duration_s", "credits", "submitted_at", "finished_at")
    )
    told = results(tmp_path, changed(job, status=Status.PLANNED, **nothing))

    assert told["status"] == "planned"
    assert {told[name] for name in ("language", "translation_id", *OURS)} == {""}


@pytest.mark.parametrize(
    ("kinds", "ids"),
    [
        ((), ["video_id"]),
        (["video"], ["video_id"]),
        (["template", "video"], ["video_id"]),
        (["translation"], ["translation_id"]),
        (["translation", "template"], ["video_id", "translation_id"]),
    ],
)
def test_ids_are_named_by_what_they_are_ids_of(kinds, ids):
    assert header(["a"], kinds) == ["a", "job_id", "language", "status", *ids, *OURS]


def test_in_a_mixed_sheet_each_id_stands_under_its_own_name(tmp_path, job):
    kinds = ("video", "translation")

    told = results(tmp_path, job, kinds=kinds)
    assert (told["video_id"], told["translation_id"]) == ("", "vt_1")

    told = results(tmp_path, changed(job, kind="template"), kinds=kinds)
    assert (told["video_id"], told["translation_id"]) == ("vt_1", "")


def test_a_name_that_the_sheet_has_is_left_to_the_sheet():
    names = header([" Status ", "STATUS", "batchgen_status", "", ""], ["video"])

    assert names[:5] == [" Status ", "STATUS", "batchgen_status", "", ""]
    assert names[5:8] == ["job_id", "language", "batchgen_batchgen_status"]


def test_results_of_results_keep_both():
    once = header(["title"], ["video"])
    twice = header(once, ["video"])

    assert twice[: len(once)] == once
    assert len(set(twice)) == len(twice)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@cmd", "\t=1", "\r=1"])
def test_a_servers_text_is_never_a_formula_and_a_users_cell_is_never_changed(tmp_path, job, text):
    told = results(tmp_path, changed(job, error=text, remote_id=text), cells=(text,))

    assert told["title"] == text
    assert told["error"] == "'" + text
    assert told["translation_id"] == "'" + text


def test_a_file_that_looks_like_a_formula_can_still_be_opened(tmp_path, job):
    assert results(tmp_path, job, saved=str(tmp_path / "=1.mp4"))["file"] == "./=1.mp4"


def test_a_file_elsewhere_is_told_by_the_way_to_it(tmp_path, job):
    assert results(tmp_path, job, saved=str(tmp_path.parent / "v" / "x.mp4"))["file"] == "../v/x.mp4"
    assert results(tmp_path, job, saved=str(tmp_path / "x.mp4"))["file"] == "x.mp4"
    assert results(tmp_path, job, saved="/x.mp4")["file"].endswith("../x.mp4")


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.0, "0"), (1, "1"), (100.0, "100"), (0.1 + 0.2, "0.3"), (1e6, "1000000"), (float("nan"), "")],
)
def test_numbers_have_no_noise(tmp_path, job, number, text):
    assert results(tmp_path, changed(job, credits=number))["credits"] == text


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.text('a",;\r\n\t =\0\ufeff', max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.tuples(*[CELL] * n), min_size=1, max_size=5)))
@example([("\r",), ("\n",), ("",), ('"',)])
def test_any_cells_come_back_as_they_were(tmp_path, job, rows):
    columns = rows[0]

    count = write(
        tmp_path / "r.csv",
        columns,
        (line(cells, job, saved=None, folder=tmp_path) for cells in rows),
        kinds={"video"},
    )

    written = read(tmp_path / "r.csv")
    assert count.lines == len(rows) == len(written) - 1
    assert tuple(written[0][: len(columns)]) == columns
    assert [tuple(row[: len(columns)]) for row in written[1:]] == rows


def test_half_a_letter_of_a_json_sheet_does_not_stop_the_report(tmp_path, job):
    assert results(tmp_path, job, cells=("\ud83d",))["title"] == "\\ud83d"


def test_the_file_begins_with_the_sheets_first_letter(tmp_path, job):
    results(tmp_path, job)

    assert (tmp_path / "results.csv").read_bytes().startswith(b"title,job_id,")


def test_a_report_that_breaks_off_leaves_the_older_one(tmp_path, job):
    results(tmp_path, job)
    before = (tmp_path / "results.csv").read_bytes()

    def lines():
        yield line(("new",), job, saved=None, folder=tmp_path)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(tmp_path / "results.csv", ["title"], lines(), kinds=())

    assert (tmp_path / "results.csv").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["results.csv"]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EACCES, "Close the program"),
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "read-only"),
        (errno.EMFILE, "ulimit -n 4096"),
        (errno.EIO, "cannot be written"),
    ],
)
def test_a_place_that_will_not_take_it_is_told_in_a_sentence(tmp_path, job, monkeypatch, number, sentence):
    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", refuse)

    with pytest.raises(DiskError, match=sentence) as caught:
        results(tmp_path, job)

    assert str(caught.value).startswith(str(tmp_path / "results.csv"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path, job):
    with pytest.raises(DiskError, match="does not exist"):
        results(tmp_path / "nowhere", job)


def test_a_link_to_the_results_stays_a_link_and_their_permissions_stay(tmp_path, job):
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "real.csv").chmod(0o640)
    (tmp_path / "results.csv").symlink_to(tmp_path / "real.csv")

    results(tmp_path, job)

    assert (tmp_path / "results.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text().startswith("title")
    assert (tmp_path / "real.csv").stat().st_mode & 0o777 == 0o640


def test_what_killed_processes_left_goes_away_and_what_others_write_stays(tmp_path, job):
    old, new, other = (tmp_path / name for name in (".results.csv.7.part", ".results.csv.8.part", ".x.csv.7.part"))
    for path in (old, new, other):
        path.write_text("")
    for path in (old, other):
        os.utime(path, (1, 1))

    results(tmp_path, job)

    assert [path.exists() for path in (old, new, other)] == [False, True, True]


def test_a_place_can_be_tried_before_there_is_anything_to_write(tmp_path):
    (tmp_path / "r.csv").write_text("as it was")

    try_beside(tmp_path / "r.csv")

    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]
    assert (tmp_path / "r.csv").read_text() == "as it was"
    with pytest.raises(DiskError, match="does not exist"):
        try_beside(tmp_path / "none" / "r.csv")


@pytest.mark.skipif(os.name == "nt", reason="no pipe has a place in a folder there")
def test_what_is_no_file_is_never_replaced_by_results(tmp_path, job):
    device = tmp_path / "null"
    os.mkfifo(device)

    with pytest.raises(DiskError, match="device"):
        try_beside(device)
    with pytest.raises(DiskError, match="device"):
        write(device, ["title"], [line(["Hi"], job, saved=None, folder=tmp_path)], kinds=["video"])

    assert device.is_fifo()
    assert list(tmp_path.iterdir()) == [device]
