"""What a plan tells, and what is chosen of it."""

from __future__ import annotations

import json

import openpyxl
import pytest

from tests.cli.conftest import KEY, by_row, people, planned, run


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


def films(**rows: str) -> str:
    head = "title,output_languages,url\n"
    return head + "".join(f"{title},{languages},https://e.org/{title}.mp4\n" for title, languages in rows.items())


def test_a_language_more_in_each_row_leaves_what_is_changed_where_it_is(batchgen, heygen, tmp_path):
    sheet = tmp_path / "films.csv"
    sheet.write_text(films(a="German;French", b="German;French", gone="German", c="German;French"))
    run(batchgen, "films.csv")
    # In the second row another cut of the film too; the language stands first in one row, and last in the others.
    more = films(a="German;French;Italian", b="German;French;Italian", c="Italian;German;French")
    sheet.write_text(more.replace("/b.mp4", "/b-cut.mp4"))

    told = planned(batchgen, "films.csv")

    assert [(line["row"], line["language"], line["was"]["row"]) for line in told["lines"] if "was" in line] == [
        (3, "German", 3),
        (3, "French", 3),
    ]
    assert (told["why"]["new"], told["why"]["changed"], told["why"]["done"]) == (3, 2, 4)


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


def test_a_duration_that_cannot_be_read_is_not_taken_for_none(batchgen, tmp_path):
    tmp_path.joinpath("film.csv").write_text("url,output_language,duration\nhttps://x.example/v.mp4,Spanish,95 Sek.\n")

    told = batchgen("plan", "film.csv", "--sandbox").out

    assert (
        "nobody told how long they are in a way that can be read: a column `duration` (95, 1:35 or 1 min 35 s)" in told
    )


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


def test_of_a_session_the_request_that_opens_it_is_shown(batchgen, heygen, tmp_path):
    (tmp_path / "greetings.csv").write_text(
        "kind,avatar_id,quality,lines\nsession,a1,low,Hello.\nsession,a2,low,Hello.\n"
    )

    [shown] = planned(batchgen, "greetings.csv", "--show", "1")["requests"]

    assert (shown["path"], shown["rows"], shown["body"]["avatar_id"]) == ("/v1/streaming.new", [2], "a1")


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
