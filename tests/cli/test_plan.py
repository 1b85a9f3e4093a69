"""What a plan tells, and that a saved one is sent as it is or not at all."""

from __future__ import annotations

import json

import openpyxl
import pytest

from batchgen.assembly.saved_plan import load, save
from batchgen.model.errors import DiskError
from batchgen.sandbox import Options, serve
from tests.files.test_disk import no_file_over

KEY = "sk_V2_hgu_kQm7secretZ9x2"


@pytest.fixture(scope="module")
def sandbox():
    with serve(options=Options(render=(0.05, 0.1), films="tiny", credits=1e6)) as serving:
        yield serving


@pytest.fixture
def heygen(sandbox, monkeypatch, batchgen):
    """Let commands talk to a HeyGen on this machine that has no jobs yet."""
    sandbox.world._forget()
    monkeypatch.setenv("HEYGEN_API_BASE", sandbox.url)
    monkeypatch.setenv("HEYGEN_API_KEY", KEY)
    return sandbox.world


def planned(batchgen, *words):
    ended = batchgen("plan", *words, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def run(batchgen, *words):
    return batchgen("run", *words, "--poll-interval", "0.05", "--no-download", "--json")


def people(*scripts: str) -> str:
    return "title,avatar_id,voice_id,script\n" + "".join(f"T{n},Daisy,v1,{text}\n" for n, text in enumerate(scripts))


def by_row(told):
    return {line["row"]: line["is"] for line in told["lines"]}


def test_a_plan_says_of_every_line_what_it_is_and_why(batchgen, heygen, tmp_path):
    sheet = tmp_path / "people.csv"
    sheet.write_text(people("One.", "Two.", "Three."))
    run(batchgen, "people.csv", "--select", "row:2-3")
    # A row above, another script in the third row, and the first row once more at the end.
    sheet.write_text(people("Zero.", "One.", "Two is changed.", "Three.", "One."))

    told = planned(batchgen, "people.csv", "--duplicates", "share")

    assert by_row(told) == {2: "new", 3: "done", 4: "changed", 5: "new", 6: "duplicate"}
    assert [line["was"]["status"] for line in told["lines"] if "was" in line] == ["done"]
    assert {line["row"]: line["would"] for line in told["lines"]} == {2: "send", 3: None, 4: "send", 5: "send", 6: None}
    assert all(line["why"] for line in told["lines"])
    assert told["why"]["done"] == 1


def test_a_failed_video_says_why_it_failed(batchgen, heygen, tmp_path):
    tmp_path.joinpath("people.csv").write_text("title,avatar_id,voice_id,script\nA,missing-one,v1,Hello.\n")
    run(batchgen, "people.csv")

    [line] = planned(batchgen, "people.csv")["lines"]

    assert (line["is"], line["would"], line["cost"]) == ("failed", None, [])
    assert "Avatar not found" in line["why"]
    shown = batchgen("plan", "people.csv")
    assert ".." not in shown.out
    assert f"Failed before: {line['why'].partition(': ')[2]}" in shown.out


def test_rows_that_only_moved_are_not_changed(batchgen, heygen, tmp_path):
    sheet = tmp_path / "people.csv"
    sheet.write_text(people("One.", "Two.", "Three."))
    run(batchgen, "people.csv")
    sheet.write_text(people("Three.", "One.", "Two."))

    assert set(by_row(planned(batchgen, "people.csv")).values()) == {"done"}


def test_what_has_no_price_and_what_has_no_length_are_told_apart(batchgen, tmp_path):
    tmp_path.joinpath("both.csv").write_text(
        "kind,prompt,url,audio,output_language\nagent,Bees,,,\nlipsync,,https://x.example/v.mp4,asset:a,\n"
        "translation,,https://x.example/v.mp4,,Spanish\n"
    )

    told = batchgen("plan", "both.csv", "--sandbox").out

    assert "The cost of 2 of them is unknown, for no page tells what HeyGen takes for agent, lipsync: write" in told
    assert "The cost of 1 of them is unknown, for nobody told how long they are" in told


def test_what_is_unknown_is_said_to_be_and_never_nothing(batchgen, tmp_path):
    tmp_path.joinpath("films.csv").write_text(
        "title,output_language,url,duration\nA,German,https://x.example/a.mp4,1:00\nB,German,https://x.example/b.mp4,\n"
    )

    told = planned(batchgen, "films.csv", "--api", "v2")
    words = batchgen("plan", "films.csv", "--api", "v2").out

    assert told["credits"] == {"list": "v2.api", "unit": "credits", "low": 3.0, "high": 3.0, "known": 1, "unknown": 1}
    assert [line["cost"][0]["high"] for line in told["lines"]] == [3.0, None]
    assert "Expected cost: 3 credits for 1 of them" in words
    assert "The cost of 1 of them is unknown" in words


def test_nothing_known_is_null(batchgen, tmp_path):
    tmp_path.joinpath("films.csv").write_text("title,output_language,url\nA,German,https://x.example/a.mp4\n")

    told = planned(batchgen, "films.csv", "--api", "v2")

    assert told["credits"] is None
    assert (told["cost"][0]["low"], told["cost"][0]["unknown"]) == (None, 1)


def test_amounts_of_different_units_stand_apart(batchgen, sheet):
    told = planned(batchgen, "people.csv")

    assert {one["unit"] for one in told["cost"]} == {"credits", "usd"}
    assert told["credits"]["unit"] == "credits"


def test_the_time_is_by_documents_until_videos_were_seen(batchgen, heygen, sandbox, tmp_path, monkeypatch):
    tmp_path.joinpath("people.csv").write_text(people("One.", "Two.", "Three.", "Four."))
    monkeypatch.setenv("HEYGEN_API_BASE", "https://api.heygen.com")
    before = planned(batchgen, "people.csv", "--concurrency", "2")["time"]
    monkeypatch.setenv("HEYGEN_API_BASE", sandbox.url)
    run(batchgen, "people.csv", "--limit", "3")
    after = planned(batchgen, "people.csv")["time"]

    assert before["low_s"] == 600
    assert before["high_s"] == 1800
    assert before["render_s"]["video"]["from"] == "documents"
    assert before["at_once_from"] == "given"
    assert after["render_s"]["video"]["from"] == "observed"
    assert after["high_s"] < 60


def test_the_requests_shown_are_those_that_are_sent(batchgen, heygen, sheet):
    told = planned(batchgen, "people.csv", "--show", "1")
    [shown] = told["requests"]
    run(batchgen, "people.csv", "--limit", "1")
    [sent] = heygen.ledger()["jobs"]

    assert (shown["method"], shown["path"], shown["rows"]) == ("POST", "/v3/videos", [2])
    assert shown["body"]["script"] == "One."
    assert shown["key"] == sent["key"]
    assert shown["body"]["title"] == sent["title"]
    assert KEY not in json.dumps(told)


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


@pytest.mark.parametrize(
    ("wishes", "made"),
    [
        (("--limit", "1"), [2]),
        (("--select", "row:3"), [3]),
        (("--select", "status:done row:3-4"), [3, 4]),
        (("--select", "row:3-5", "--limit", "2"), [3, 4]),
    ],
)
def test_only_what_is_chosen_is_made_once_more(batchgen, heygen, tmp_path, wishes, made):
    (tmp_path / "people.csv").write_text(people("One.", "Two.", "Three.", "Four."))
    run(batchgen, "people.csv")

    told = planned(batchgen, "people.csv", "--again", *wishes)
    run(batchgen, "people.csv", "--again", *wishes)
    then = planned(batchgen, "people.csv")

    assert [line["row"] for line in told["lines"] if line["would"] == "send"] == made
    assert len(heygen.ledger()["jobs"]) == 4 + len(made)
    assert set(by_row(then).values()) == {"done"}


def test_a_limit_on_what_is_made_once_more_counts_over_all_manifests(batchgen, heygen, tmp_path):
    (tmp_path / "a.csv").write_text(people("One.", "Two."))
    (tmp_path / "b.csv").write_text(people("Three.", "Four."))
    run(batchgen, "a.csv", "b.csv")

    run(batchgen, "a.csv", "b.csv", "--again", "--limit", "3")

    assert len(heygen.ledger()["jobs"]) == 4 + 3
    assert set(by_row(planned(batchgen, "b.csv")).values()) == {"done"}


def test_a_sample_of_what_is_made_once_more_is_made_once(batchgen, heygen, sheet):
    run(batchgen, "people.csv")

    ended = batchgen(
        "run", "people.csv", "--again", "--sample", "1", "--yes", "--poll-interval", "0.05", "--no-download"
    )

    assert ended.code == 0
    assert len(heygen.ledger()["jobs"]) == 2 + 2


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


def test_which_sheet_of_a_workbook_was_read_is_told_before_what_is_wrong_with_it(batchgen, heygen, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Cover page"])
    book.create_sheet("Videos").append(["avatar_id", "script"])
    book.save(tmp_path / "films.xlsx")

    ended = batchgen("plan", "films.xlsx")

    assert ended.code == 2
    note, fault, *_ = ended.err.splitlines()
    assert note == 'films.xlsx: read is its first sheet, "Sheet", of 2; another is named as films.xlsx#Videos.'
    assert fault.startswith("films.xlsx, row 1: No column says what to make.")
