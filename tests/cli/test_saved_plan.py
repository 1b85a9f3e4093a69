"""A plan that was saved is sent as it is, or not at all."""

from __future__ import annotations

import json

import pytest

from batchgen.assembly.saved_plan import load, save
from batchgen.model.errors import DiskError
from tests.cli.conftest import KEY, by_row, people, planned, run
from tests.files.test_disk import no_file_over


def test_a_saved_plan_is_sent_exactly(batchgen, heygen, tmp_path):
    tmp_path.joinpath("people.csv").write_text(people("One.", "Two.", "Three."))
    planned(batchgen, "people.csv", "--select", "row:3", "--save", "p.json")

    ended = apply(batchgen)

    assert ended.code == 0, ended.err
    assert [job["title"].split(" · ")[0] for job in heygen.ledger()["jobs"]] == ["T1"]
    assert json.loads(ended.out)["done"] == 1


def apply(batchgen, *words):
    return batchgen("apply", "p.json", "--poll-interval", "0.05", "--no-download", "--json", *words)


def refused(ended, heygen, *said: str) -> None:
    assert ended.code == 2, ended.err
    assert heygen.ledger()["jobs"] == []
    assert "nothing was sent" in ended.err or "not applied" in ended.err
    for words in said:
        assert words in ended.err


def test_a_plan_of_another_sheet_is_refused(batchgen, heygen, sheet):
    planned(batchgen, "people.csv", "--save", "p.json")
    sheet.write_text(sheet.read_text() + "C,Daisy,v1,Three.\n")

    refused(apply(batchgen), heygen, "people.csv has changed since")


def test_a_plan_under_other_prices_is_refused(batchgen, heygen, sheet, tmp_path):
    planned(batchgen, "people.csv", "--save", "p.json")
    tmp_path.joinpath("batchgen.toml").write_text("[prices.v3.enterprise]\navatar = 9\n")

    refused(apply(batchgen), heygen, "Prices have changed")


def test_a_plan_of_another_world_or_generation_is_refused(batchgen, heygen, sheet, monkeypatch):
    planned(batchgen, "people.csv", "--save", "p.json")
    other = apply(batchgen, "--api", "v2")
    monkeypatch.setenv("HEYGEN_API_BASE", "https://api.heygen.com")

    refused(other, heygen, "generation v3", "v2 is asked for")
    refused(apply(batchgen), heygen, "made for sandbox", "--sandbox")


def test_a_plan_of_another_account_is_refused_and_tells_no_key(batchgen, sheet, tmp_path, monkeypatch, heygen):
    monkeypatch.setenv("HEYGEN_API_BASE", "https://api.heygen.com")
    planned(batchgen, "people.csv", "--save", "p.json")
    monkeypatch.setenv("HEYGEN_API_KEY", "another")

    refused(apply(batchgen), heygen, "another account")
    assert KEY not in tmp_path.joinpath("p.json").read_text()


def test_a_plan_whose_videos_were_made_meanwhile_is_refused(batchgen, heygen, sheet):
    planned(batchgen, "people.csv", "--save", "p.json")
    run(batchgen, "people.csv", "--limit", "1")
    ended = apply(batchgen)

    assert ended.code == 2
    assert "Row 2 was planned, and is done now" in ended.err
    assert len(heygen.ledger()["jobs"]) == 1


def test_a_saved_plan_makes_just_what_it_says_once_more(batchgen, heygen, tmp_path):
    (tmp_path / "people.csv").write_text(people("One.", "Two.", "Three."))
    run(batchgen, "people.csv")
    planned(batchgen, "people.csv", "--again", "--select", "row:3", "--save", "p.json")

    ended = apply(batchgen)

    assert ended.code == 0
    assert len(heygen.ledger()["jobs"]) == 3 + 1
    assert set(by_row(planned(batchgen, "people.csv")).values()) == {"done"}


def test_a_refused_plan_of_several_manifests_names_row_language_and_manifest(batchgen, heygen, tmp_path):
    for name, language in (("a.csv", "Thai"), ("b.csv", "Spanish;Japanese")):
        (tmp_path / name).write_text(f"output_languages,url\n{language},https://x.example/{name}.mp4\n")
    planned(batchgen, "a.csv", "b.csv", "--save", "p.json")
    run(batchgen, "b.csv", "--select", "lang:Spanish")

    ended = apply(batchgen)

    assert "- Row 2 (Spanish) of b.csv was planned, and is done now.\n" in ended.err
    assert ended.err.count("was planned") == 1


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda text: text.replace('"row": 2', '"row": 3'), "changed after it was saved"),
        (lambda text: text.replace('"v3"', '"v2"'), "changed after it was saved"),
        (lambda text: text.replace('"batchgen_plan": 1', '"batchgen_plan": 2'), "another batchgen"),
        (lambda _: "{}", "no saved plan"),
        (lambda _: "oh", "no saved plan"),
    ],
)
def test_a_plan_with_a_hand_in_it_is_refused(batchgen, heygen, sheet, tmp_path, edit, said):
    planned(batchgen, "people.csv", "--save", "p.json")
    file = tmp_path / "p.json"
    file.write_text(edit(file.read_text()))

    ended = apply(batchgen)

    assert ended.code == 2
    assert said in ended.err
    assert heygen.ledger()["jobs"] == []


def test_a_plan_is_saved_in_the_place_of_nothing_but_a_plan(batchgen, heygen, sheet, tmp_path):
    run(batchgen, "people.csv", "--limit", "1")
    batchgen("plan", "people.csv", "--save", "plan.json")
    theirs = [sheet, tmp_path / "people_results.csv", tmp_path / "state" / "batchgen.db"]
    before = [file.read_bytes() for file in theirs]

    for file in theirs:
        ended = batchgen("plan", "people.csv", "--save", str(file))

        assert (ended.code, "this file is there, and is no plan" in ended.err) == (2, True)
    once_more = batchgen("plan", "people.csv", "--save", "plan.json")

    assert [file.read_bytes() for file in theirs] == before
    assert once_more.code == 0


def test_an_older_plan_stays_whole_where_the_disk_has_no_room_for_a_new_one(batchgen, heygen, sheet, tmp_path):
    assert batchgen("plan", str(sheet), "--save", "plan.json").code == 0
    before = (tmp_path / "plan.json").read_text("utf-8")

    with no_file_over(100), pytest.raises(DiskError, match=r"plan\.json"):
        save(load(tmp_path / "plan.json"), tmp_path / "plan.json")

    assert (tmp_path / "plan.json").read_text("utf-8") == before
    assert not list(tmp_path.glob(".plan.json*"))
