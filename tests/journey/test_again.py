"""The same command again: what is done is done, until a person says otherwise."""

import json
import random
import sqlite3
from contextlib import closing

import pytest

from batchgen.model.naming import naming
from tests.journey.conftest import QUICK, check_books, counts, decode


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_a_finished_run_sends_nothing_when_repeated(desk, heygen, api):
    serving = heygen()
    desk.videos(3)
    desk.run("people.jsonl", "--api", api)
    before = counts(serving)

    ended = desk.run("people.jsonl", "--api", api)

    assert ended.code == 0
    assert counts(serving) == before
    assert ended.summary["skipped"] == 3
    assert sum(ended.summary["requests"].values()) == 0


def test_of_a_sheet_that_was_edited_only_the_new_row_is_sent(desk, heygen):
    serving = heygen()
    path = desk.videos(5, "people.csv")
    desk.run("people.csv")
    header, *rows = path.read_text().splitlines()
    random.Random(1).shuffle(rows)
    kept = [*rows[:2], "Hello new,Daisy,v1,Somebody new.", *rows[3:]]
    retitled = [kept[0].replace("Hello", "Renamed"), *kept[1:]]
    path.write_text("\n".join([header + ",remark", *[row + ",x" for row in retitled]]))

    ended = desk.run("people.csv")

    assert ended.code == 0, ended.err
    assert ended.summary["requests"]["create"] == 1
    assert len(serving.world.ledger()["jobs"]) == 6
    results = desk.results("people_results.csv")
    assert [row["title"] for row in results] == [row.split(",")[0] for row in retitled]
    assert {row["status"] for row in results} == {"done"}


@pytest.mark.parametrize("suffix", ["csv", "yaml"])
def test_a_script_whose_line_ends_a_spreadsheet_wrote_anew_is_not_bought_again(desk, heygen, suffix):
    serving, path = heygen(), desk.folder / "people.csv"
    sheet = 'title,avatar_id,voice_id,script\nHello,Daisy,v1,"Good morning.{0}How are you?"\n'
    (desk.folder / "people.yaml").write_text("rows: people.csv\nfields: {script: '{{ script }}'}\n")
    path.write_bytes(sheet.format("\r\n").encode())
    desk.run(f"people.{suffix}")

    for line_end in ("\n", "\r"):
        path.write_bytes(sheet.format(line_end).encode())
        ended = desk.run(f"people.{suffix}")
        assert ended.code == 0, ended.err
        assert ended.summary["skipped"] == 1

    (job,) = serving.world.ledger()["jobs"]
    assert job["text"] == "Good morning.\r\nHow are you?"


@pytest.mark.parametrize("saved", ["{}", "{:.1f}"], ids=["a spreadsheet", "a data frame"])
def test_a_sheet_whose_ids_lost_or_got_zeros_when_it_was_saved_again_buys_nothing(desk, heygen, saved):
    serving, path = heygen(), desk.folder / "people.csv"
    row = "{},Hello,Daisy,v1,Good morning."
    path.write_text("\n".join(["id,title,avatar_id,voice_id,script", *[row.format(f"{n:03}") for n in range(12)]]))
    desk.run("people.csv")

    ids = [row.format(saved.format(n)) for n in range(12)]
    path.write_text("\n".join(["id,title,avatar_id,voice_id,script", *ids, row.format(12)]))
    ended = desk.run("people.csv")

    assert ended.code == 0, ended.err
    assert (ended.summary["skipped"], ended.summary["requests"]["create"]) == (12, 1)
    assert len(serving.world.ledger()["jobs"]) == 13


def test_a_new_column_in_which_most_rows_say_what_holds_anyway_buys_only_the_others(desk, heygen):
    serving, path = heygen(), desk.folder / "people.csv"
    rows = [f"Hello {n},Daisy,v1,Good morning {n}." for n in range(6)]
    path.write_text("\n".join(["title,avatar_id,voice_id,script", *rows]))
    desk.run("people.csv", "--api", "v2")

    speeds = [1, 1, 1.2, 1, "1.0", 1]
    more = [f"{row},{speed},no,0,16:9" for row, speed in zip(rows, speeds, strict=True)]
    path.write_text("\n".join(["title,avatar_id,voice_id,script,speed,caption,pitch,aspect_ratio", *more]))
    ended = desk.run("people.csv", "--api", "v2")

    assert ended.code == 0, ended.err
    assert ended.summary["requests"]["create"] == 1
    assert len(serving.world.ledger()["jobs"]) == 7


def test_a_row_whose_job_an_earlier_batchgen_named_by_all_it_spells_out_is_not_bought_again(desk, heygen):
    serving, path = heygen(), desk.folder / "films.csv"
    header, row = "video_url,output_language,mode", "https://x.example/{}.mp4,German,speed"
    path.write_text("\n".join([header, *[row.format(n) for n in range(5)]]))
    desk.run("films.csv")
    with closing(sqlite3.connect(desk.folder / "state" / "batchgen.db")) as state, state:
        for pk, kind, content in state.execute("select pk, kind, content from jobs").fetchall():
            realm = state.execute("select realm from sheets").fetchone()[0]
            [former] = naming(realm, kind, as_written=True)([content], [None])
            state.execute("update jobs set id = ? where pk = ?", (former, pk))

    path.write_text("\n".join([header, *[row.format(n) for n in range(6)]]))
    ended = desk.run("films.csv")

    assert ended.code == 0, ended.err
    assert ended.summary["skipped"] == 5
    assert len(serving.world.ledger()["jobs"]) == 6


def test_a_row_that_another_sheet_has_rendered_is_done(desk, heygen):
    serving = heygen()
    desk.videos(2, "first.jsonl")
    desk.videos(3, "second.jsonl")
    desk.run("first.jsonl")

    ended = desk.run("second.jsonl")

    assert ended.code == 0
    assert len(serving.world.ledger()["jobs"]) == 3
    assert all(decode(desk.folder / row["file"]) for row in desk.results("second_results.csv"))


def test_what_is_made_once_more_on_purpose_is_no_changed_row(desk, heygen):
    heygen()
    desk.videos(2)
    desk.run("people.jsonl")

    ended = desk.run("people.jsonl", "--again")

    assert ended.code == 0, ended.err
    assert ended.summary["done"] == 2
    assert "asked for by no row" not in ended.err


def test_going_on_with_what_is_made_once_more_tells_of_no_changed_row(desk, heygen):
    serving = heygen()
    desk.translations(2)
    desk.run("library.jsonl")

    stopped = desk.run("library.jsonl", "--again", "--max-credits", "1")
    ended = desk.run("library.jsonl")

    assert (stopped.code, ended.code) == (5, 0), ended.err
    assert len(serving.world.ledger()["jobs"]) == 4
    assert "asked for by no row" not in stopped.err + ended.err


def test_again_makes_done_videos_once_more(desk, heygen):
    serving = heygen()
    desk.videos(2)
    desk.run("people.jsonl")

    again = desk.run("people.jsonl", "--again")
    then = desk.run("people.jsonl")

    assert (again.code, then.code) == (0, 0)
    assert len(serving.world.ledger()["jobs"]) == 4
    assert then.summary["requests"]["create"] == 0


@pytest.mark.parametrize("chosen", [(), ("--select", "row:2-"), ("--select", "status:done"), ("--limit", "4")])
def test_again_that_was_stopped_half_way_goes_on_and_buys_nothing_a_third_time(desk, heygen, chosen):
    serving = heygen()
    desk.videos(4, "people.csv")
    spent = desk.run("people.csv").summary["credits"]
    half = ("--max-credits", str(spent * 1.5))  # It may buy two of four.

    stopped = desk.run("people.csv", "--again", *chosen, *half, "--batch", "never")
    made = len(serving.world.ledger()["jobs"])
    planned = json.loads(desk.batchgen("plan", "people.csv", "--again", *chosen, "--json").out)
    then = desk.run("people.csv", "--again", *chosen)

    assert stopped.code == 5, stopped.err
    assert 4 < made < 8
    assert planned["would"]["send"] == 8 - made
    assert then.code == 0, then.err
    assert "made once more already, by a run that did not come to its end: it is gone on with" in then.err
    assert len(serving.world.ledger()["jobs"]) == 8

    once_more = desk.run("people.csv", "--again", *chosen)

    assert "gone on with" not in once_more.err
    assert len(serving.world.ledger()["jobs"]) == 12


def test_again_that_was_killed_before_it_told_of_its_end_buys_nothing_a_third_time(desk, heygen):
    serving = heygen()
    desk.videos(2, "people.csv")
    desk.run("people.csv")
    desk.run("people.csv", "--again")
    with closing(sqlite3.connect(desk.folder / "state" / "batchgen.db", isolation_level=None)) as state:
        state.execute("UPDATE runs SET ended_at = NULL, outcome = NULL, summary = NULL WHERE pk = 2")

    then = desk.run("people.csv", "--again")
    once_more = desk.run("people.csv", "--again")

    assert (then.code, once_more.code) == (0, 0), then.err
    assert "2 of these videos were made once more already, by a run that did not come to its end" in then.err
    assert then.summary["requests"]["create"] == 0
    assert len(serving.world.ledger()["jobs"]) == 6


def test_a_budget_counts_what_was_made_before_a_row_was_edited(desk, heygen):
    serving = heygen()
    path = desk.videos(2, "people.csv")
    spent = desk.run("people.csv").summary["credits"]
    path.write_text(path.read_text().replace("morning", "evening"))

    stopped = desk.run("people.csv", "--max-credits", str(spent))
    raised = desk.run("people.csv", "--max-credits", str(2 * spent))

    assert (stopped.code, raised.code) == (5, 0), stopped.err + raised.err
    assert stopped.summary["credits_left_behind"] == spent
    assert stopped.summary["requests"]["create"] == 0
    assert len(serving.world.ledger()["jobs"]) == 4


def test_a_row_that_goes_while_its_video_renders_is_named_and_had_for_nothing_once_it_is_back(desk, heygen):
    serving = heygen()
    path = desk.translations(3, "library.csv")
    whole = path.read_text()
    desk.run("library.csv", "--no-wait")
    ids = {job["title"].split(" · ")[0]: job["id"] for job in serving.world.ledger()["jobs"]}
    path.write_text("".join(line for line in whole.splitlines(keepends=True) if "Film 1" not in line))

    planned = desk.batchgen("plan", "library.csv")
    told = desk.batchgen("run", "library.csv", *QUICK)
    summary = desk.run("library.csv").summary
    path.write_text(whole)
    back = desk.run("library.csv").summary

    for said in (planned.out, told.out):
        assert '"Film 1" (German)' in said
        assert "Put its row back as it was, and a run fetches it and sends nothing." in said
    assert [(one["title"], one["status"]) for one in summary["left_behind"]] == [("Film 1", "rendering")]
    assert summary["left_behind"][0]["id"] in {ids["Film 1"], None}
    assert (back["done"], back["requests"]["create"], back.get("left_behind")) == (3, 0, None)
    assert len(serving.world.ledger()["jobs"]) == 3


def test_what_is_made_once_more_is_told_and_held_with_what_it_takes_the_place_of(desk, heygen):
    serving = heygen()
    desk.videos(2)
    spent = desk.run("people.jsonl").summary["credits"]

    stopped = desk.run("people.jsonl", "--again", "--max-credits", str(spent))
    told = desk.batchgen("run", "people.jsonl", *QUICK)

    assert (stopped.code, told.code) == (5, 0), stopped.err + told.err
    assert stopped.summary["requests"]["create"] == 0
    assert f"{spent:g} credits spent; {spent:g} credits spent before, on videos that no row asks for now" in told.out
    assert len(serving.world.ledger()["jobs"]) == 4


TWINS = "title,avatar_id,voice_id,script\nA,Daisy,v1,Same.\nB,Daisy,v1,Other.\nC,Daisy,v1,Same.\n"


def test_rows_that_render_the_same_stop_the_run_with_the_choice(desk, heygen):
    serving = heygen()
    desk.write("twins.csv", TWINS)

    ended = desk.run("twins.csv")

    assert ended.code == 2
    assert "row 2" in ended.err
    assert "row 4" in ended.err
    assert "--duplicates share" in ended.err
    assert sum(counts(serving).values()) == 0


@pytest.mark.parametrize(("choice", "made"), [("share", 2), ("keep", 3)])
def test_rows_that_render_the_same_share_a_video_or_keep_their_own(desk, heygen, choice, made):
    serving = heygen()
    desk.write("twins.csv", TWINS)

    ended = desk.run("twins.csv", "--duplicates", choice)
    again = desk.run("twins.csv", "--duplicates", choice)

    assert (ended.code, again.code) == (0, 0)
    assert len(serving.world.ledger()["jobs"]) == made
    results = desk.results("twins_results.csv")
    assert len({row["video_id"] for row in results}) == made
    assert len({row["file"] for row in results}) == made
    assert {row["status"] for row in results} == {"done"}


def test_what_was_submitted_and_left_is_fetched_by_a_later_run(desk, heygen):
    serving = heygen()
    desk.videos(3)

    left = desk.run("people.jsonl", "--no-wait")
    found = desk.run("people.jsonl")

    assert left.code == 4
    assert left.summary["rendering"] == 3
    assert left.summary["requests"]["status"] == 0
    assert found.code == 0
    assert found.summary["requests"]["create"] == 0
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))


def test_a_video_can_be_made_once_more_as_often_as_one_likes(desk, heygen):
    heygen()
    title = "A long name " * 15
    desk.write("long.csv", f"output,avatar_id,voice_id,script\n{title},Daisy,v1,Hello.\n")

    ended = [desk.run("long.csv", "--again") for _ in range(7)]

    assert [(one.code, one.err) for one in ended if one.code] == []
    names = sorted(path.name for path in (desk.folder / "videos").iterdir())
    assert len(names) == 7
    assert max(map(len, names)) == len(min(names, key=len)) + len("-abcdefghij")


def test_a_run_says_before_it_sends_what_was_made_of_rows_as_they_were(desk, heygen):
    heygen()
    desk.videos(3)
    desk.run("people.jsonl")
    sheet = desk.folder / "people.jsonl"
    sheet.write_text(sheet.read_text().replace('"v1"', '"v2"'))

    changed = desk.run("people.jsonl")
    again = desk.run("people.jsonl")

    assert "changed: 3 videos that were made before are asked for by no row now; a changed row" in changed.err
    assert "asked for by no row" not in again.err


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_a_video_that_is_made_once_more_has_the_title_and_the_file_that_its_row_has_now(desk, heygen, api):
    serving, path = heygen(), desk.folder / "people.csv"
    sheet = "title,output,avatar_id,voice_id,script\n{0},{0}/ada.mp4,Daisy,v1,Hello.\n"
    path.write_text(sheet.format("ACEM"))
    desk.run("people.csv", "--api", api)
    path.write_text(sheet.format("ACME"))

    ended = desk.run("people.csv", "--api", api, "--again")

    assert ended.code == 0, ended.err
    old, new = (job["title"].split(" ")[0] for job in serving.world.ledger()["jobs"])
    assert (old, new) == ("ACEM", "ACME")
    assert [row["file"] for row in desk.results("people_results.csv")] == ["videos/ACME/ada.mp4"]
