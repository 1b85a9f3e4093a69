"""`batchgen report`: where results go, in which format, and what they may not overwrite."""

import csv
import json

import pytest

from batchgen.assembly.state import open_store
from batchgen.sandbox import Faults, Options, serve

SHEET = "title,avatar_id,voice_id,script,client\nA,Daisy,v1,One.,ACME\nB,Daisy,v1,Two.,=1+1\nC,Daisy,v1,Three.,ACME\n"


@pytest.fixture
def made(batchgen, tmp_path, monkeypatch):
    """A folder in which row 3 failed and the others are done."""
    (tmp_path / "people.csv").write_text(SHEET)
    monkeypatch.setenv("HEYGEN_API_KEY", "any")
    quick = {"render": (0.1, 0.3), "films": "tiny"}
    for faults, rows in ((Faults(failed=1.0), "row:3"), (Faults(), "row:2,4")):
        with serve(options=Options(**quick, faults=faults)) as heygen:
            monkeypatch.setenv("HEYGEN_API_BASE", heygen.url)
            batchgen("run", "people.csv", "--select", rows, "--poll-interval", "0.2")
    return tmp_path


def test_a_files_name_says_its_format_and_several_are_written_at_once(batchgen, made):
    ended = batchgen("report", "people.csv", "--results", "a.jsonl", "--results", "deep.xlsx", "--results", "b.html")

    assert ended.code == 0
    assert [path.rpartition("/")[2] for path in ended.out.split()] == ["a.jsonl", "deep.xlsx", "b.html"]
    assert [json.loads(line)["status"] for line in (made / "a.jsonl").read_text().splitlines()] == [
        "done",
        "failed",
        "done",
    ]
    assert (made / "deep.xlsx").read_bytes().startswith(b"PK")
    assert "2 done, 1 failed" in (made / "b.html").read_text()


def test_a_part_of_the_results_never_takes_the_place_of_all(batchgen, made):
    before = (made / "people_results.csv").read_bytes()

    ended = batchgen("report", "people.csv", "--select", "client:ACME")

    assert ended.out.strip().endswith("people_results_selected.csv")
    assert (made / "people_results.csv").read_bytes() == before
    with (made / "people_results_selected.csv").open(newline="") as file:
        assert [row["title"] for row in csv.DictReader(file)] == ["A", "C"]


@pytest.mark.usefixtures("made")
def test_status_counts_what_is_selected_alone(batchgen):
    chosen = json.loads(batchgen("status", "--select", "client:ACME", "--json").out)[0]
    wrong = batchgen("status", "--select", "nonsense:1")

    assert (chosen["rows"], chosen["done"], chosen["failed"]) == (3, 2, 0)
    assert (wrong.code, "neither batchgen nor the sheet" in wrong.err) == (2, True)


def test_the_rows_that_failed_are_a_manifest_of_the_same_jobs(batchgen, made, monkeypatch):
    told = batchgen("report", "people.csv", "--failed", "again.csv")
    written = (made / "again.csv").read_text()
    run = json.loads(batchgen("plan", "again.csv", "--json").out)
    with serve(options=Options(render=(0.1, 0.3), films="tiny")) as heygen:
        monkeypatch.setenv("HEYGEN_API_BASE", heygen.url)
        tried = batchgen("retry", "again.csv", "--poll-interval", "0.2", "--json")
    whole = json.loads(batchgen("status", "people.csv", "--json").out)[0]

    assert "1 row of people.csv" in told.out
    assert written == "title,avatar_id,voice_id,script,client\nB,Daisy,v1,Two.,=1+1\n"
    assert (run["jobs"], run["failed"], run["would"]["send"]) == (1, 1, 0)
    assert json.loads(tried.out)["done"] == 1
    assert (whole["done"], whole["failed"]) == (3, 0)


MEANINGLESS = [
    (("--results", "people.csv"), "made from this file, which would be lost"),
    (("--failed", "people.csv"), "made from this file, which would be lost"),
    (("--failed", "people_results.csv"), "the results of people.csv are there"),
    (("--failed", "again.pdf"), "a sheet's name ends in"),
    (("--results", "a.xls"), "Name it a.xlsx"),
    (("--results", "a.html", "--as", "xlsx"), "contradict each other"),
    (("--select", "nonsense:1"), "neither batchgen nor the sheet"),
]


def test_what_cannot_be_meant_is_told_and_nothing_is_written(batchgen, made):
    before = {path: path.read_bytes() for path in made.glob("*.*") if path.is_file()}

    for words, reason in MEANINGLESS:
        ended = batchgen("report", "people.csv", *words)

        assert (ended.code, reason in ended.err) == (2, True), (words, ended.err)
        assert {path: path.read_bytes() for path in made.glob("*.*") if path.is_file()} == before, words


def test_the_sheet_that_a_yaml_manifest_reads_is_spared(batchgen, made, monkeypatch):
    (made / "people.yaml").write_text("kind: video\nrows: people.csv\n", encoding="utf-8")
    with serve(options=Options(films="tiny")) as heygen:
        monkeypatch.setenv("HEYGEN_API_BASE", heygen.url)
        batchgen("run", "people.yaml", "--select", "status:done")
    before = (made / "people.csv").read_bytes()

    ended = batchgen("report", "people.yaml", "--results", "people.csv")

    assert ended.code == 2
    assert "people.csv" in ended.err
    assert "would be lost" in ended.err
    assert (made / "people.csv").read_bytes() == before


def test_a_run_keeps_its_csv_and_adds_the_format_it_was_asked_for(batchgen, made):
    ended = batchgen("run", "people.csv", "--results", "films.html", "--json")

    assert json.loads(ended.out)["results"] == f"{made / 'people_results.csv'}, {made / 'films.html'}"
    assert (made / "films.html").is_file()
    assert (made / "people_results.csv").is_file()


def test_results_that_cannot_be_written_at_the_end_are_told_and_the_run_has_ended(batchgen, made):
    ended = batchgen("run", "people.csv", "--results", "nowhere/films.html", "--json")

    assert json.loads(ended.out)["done"] == 2
    assert ended.code != 0
    assert "the folder does not exist" in ended.err


@pytest.mark.parametrize("name", ["again.csv", "again.jsonl", "again.xlsx"])
@pytest.mark.parametrize("option", ["--failed", "--rows"])
def test_rows_that_cannot_be_written_are_told_with_the_option_that_named_their_file(batchgen, made, option, name):
    ended = batchgen("report", "people.csv", option, f"nowhere/{name}")

    assert ended.code == 3
    assert f"{name}: the folder does not exist. Make it, or choose another place with {option}." in ended.err


def test_one_file_is_not_named_for_two_sheets(batchgen, made):
    ended = batchgen("report", "people.csv", "--failed", "again.csv", "--rows", "again.csv")

    assert ended.code == 2
    assert "--failed and --rows name one file" in ended.err
    assert not (made / "again.csv").exists()


@pytest.mark.parametrize("words", [("explain", "{}"), ("explain", "people.csv:{}"), ("status", "--select", "row:{}")])
def test_a_row_of_more_digits_than_there_are_rows_is_no_row(batchgen, made, words):
    ended = batchgen(*(word.format("9" * 5000) for word in words))

    assert ended.code == 2
    assert "row" in ended.err


def test_a_script_gets_nothing_but_json(batchgen, made):
    ended = batchgen("report", "people.csv", "--failed", "again.csv", "--results", "a.jsonl", "--json")

    assert json.loads(ended.out) == {"results": [str(made / "again.csv"), str(made / "a.jsonl")]}


def test_results_that_take_the_place_of_another_manifests_are_told(batchgen, made):
    (made / "people.yaml").write_text("kind: video\nrows: people.csv\ndefaults: {caption: true}\n")

    told = batchgen("run", "people.yaml", "--select", "row:2")
    alone = batchgen("run", "people.yaml", "--select", "row:2", "--results", "else.csv")

    assert "people.yaml: its results take the place of those of people.csv" in told.err
    assert "take the place" not in alone.err


@pytest.mark.parametrize("given", ["people.csv", "deep/../people.csv"])
def test_a_run_writes_no_results_over_a_sheet_that_another_run_was_made_from(batchgen, made, given):
    (made / "deep").mkdir()
    (made / "others.csv").write_text(SHEET.replace("One", "Un"))

    ended = batchgen("run", "others.csv", "--results", given)

    assert ended.code == 2
    assert "people.csv is made from this file, which would be lost" in ended.err
    assert (made / "people.csv").read_text() == SHEET


def test_a_run_writes_its_results_where_they_were_before_whatever_was_made_from_them(batchgen, made):
    batchgen("run", "people_results.csv", "--limit", "1")

    ended = batchgen("run", "people.csv", "--json")

    assert json.loads(ended.out)["results"].endswith("people_results.csv")


def test_a_state_that_knows_no_manifest_has_nothing_to_report_and_says_so(batchgen, tmp_path):
    with open_store(str(tmp_path / "state" / "batchgen.db")):
        pass

    ended = batchgen("report")

    assert (ended.code, ended.err) == (0, "Nothing was planned on this state yet, so there are no results.\n")
