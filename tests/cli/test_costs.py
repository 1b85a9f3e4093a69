"""What was spent, by what stands in the sheet."""

from __future__ import annotations

import csv
import json

import pytest

from batchgen.sandbox import Options, serve

SHEET = """title,output_language,url,Client
A,German,https://x.example/a.mp4,ACME
B,German;Italian,https://x.example/b.mp4,=Umbrella
C,Italian,https://x.example/missing.mp4,ACME
"""


@pytest.fixture
def bought(batchgen, tmp_path, monkeypatch):
    with serve(options=Options(render=(0.05, 0.1), films="tiny")) as serving:
        monkeypatch.setenv("HEYGEN_API_BASE", serving.url)
        monkeypatch.setenv("HEYGEN_API_KEY", "any")
        tmp_path.joinpath("films.csv").write_text(SHEET)
        words = ("--poll-interval", "0.05", "--no-download", "--json", "--select", "row:2-3")
        ended = batchgen("run", "films.csv", *words)
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def test_costs_add_up_by_a_column_to_what_the_summary_says(batchgen, bought):
    told = json.loads(batchgen("report", "--costs", "client", "--json").out)

    assert {one["by"]["client"]: (one["videos"], one["credits"]) for one in told["costs"]} == {
        "=Umbrella": (2, 3.0),
        "ACME": (1, 1.5),
    }
    assert told["total"]["credits"] == bought["credits"] == 4.5
    assert told["total"]["usd"] is None


def test_costs_by_several_columns_are_a_table(batchgen, bought):
    out = batchgen("report", "films.csv", "--costs", "language,CLIENT").out.splitlines()

    assert out[0].split() == ["language", "CLIENT", "videos", "minutes", "credits"]
    assert sorted(line.split()[:2] for line in out[1:-1]) == [
        ["German", "=Umbrella"], ["German", "ACME"], ["Italian", "=Umbrella"],
    ]  # fmt: skip
    assert out[-1].split()[0] == "total"


def test_costs_of_a_selection_are_those_of_no_other_row(batchgen, bought):
    told = json.loads(batchgen("report", "--costs", "client", "--select", "client:ACME", "--json").out)

    assert [one["by"]["client"] for one in told["costs"]] == ["ACME"]
    assert told["total"]["credits"] == 1.5


@pytest.mark.parametrize("other", [("--as", "html"), ("--failed", "again.csv"), ("--rows", "some.csv")])
def test_costs_and_what_they_do_not_write_are_asked_for_apart(batchgen, bought, tmp_path, other):
    ended = batchgen("report", "--costs", "client", *other)

    assert ended.code == 2
    assert "by a command of their own" in ended.err


def test_costs_without_a_column_are_one_line(batchgen, bought):
    out = batchgen("report", "--costs").out.splitlines()

    assert [line.split()[0] for line in out] == ["videos", "3"]


def test_costs_in_a_file_are_safe_to_open_in_a_spreadsheet(batchgen, bought, tmp_path):
    batchgen("report", "--costs", "client", "--results", "costs.csv")

    rows = list(csv.DictReader(tmp_path.joinpath("costs.csv").read_text().splitlines()))
    assert [(row["client"], row["credits"]) for row in rows] == [("'=Umbrella", "3"), ("ACME", "1.5")]


def test_a_column_that_no_sheet_has_is_named_with_the_nearest(batchgen, bought):
    ended = batchgen("report", "--costs", "cliemt")

    assert ended.code == 2
    assert 'Did you mean "Client"?' in ended.err


def test_a_run_holds_its_estimate_against_what_was_charged(bought):
    [estimate] = bought["estimate"]

    assert estimate["unknown"] == 3
    assert (estimate["low"], estimate["unknown_charged"]) == (None, 4.5)
    assert bought["balance"]["spent"] == 4.5


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("films.csv", "films.csv is made from this file"),
        ("films_results.csv", "the results of films.csv are there"),
        ("state/batchgen.db", "this is a database, such as the state"),
        ("costs.xlsx", "costs are written as text"),
    ],
)
def test_a_table_of_costs_takes_the_place_of_nothing_else(batchgen, bought, tmp_path, name, said):
    target = tmp_path / name
    before = target.read_bytes() if target.exists() else None

    ended = batchgen("report", "--costs", "client", "--results", name)

    assert ended.code in {2, 3}
    assert said in ended.err
    assert (target.read_bytes() if target.exists() else None) == before
    assert batchgen("status").code == 0
