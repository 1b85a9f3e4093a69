"""The same command again, and the choices of what to do at all."""

import json
import random

import pytest

from tests.journey.conftest import QUICK, check_books, decode


def counts(serving):
    return serving.world.ledger()["requests"]


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


def test_a_row_that_another_sheet_has_rendered_is_done(desk, heygen):
    serving = heygen()
    desk.videos(2, "first.jsonl")
    desk.videos(3, "second.jsonl")
    desk.run("first.jsonl")

    ended = desk.run("second.jsonl")

    assert ended.code == 0
    assert len(serving.world.ledger()["jobs"]) == 3
    assert all(decode(desk.folder / row["file"]) for row in desk.results("second_results.csv"))


def test_again_makes_done_videos_once_more(desk, heygen):
    serving = heygen()
    desk.videos(2)
    desk.run("people.jsonl")

    again = desk.run("people.jsonl", "--again")
    then = desk.run("people.jsonl")

    assert (again.code, then.code) == (0, 0)
    assert len(serving.world.ledger()["jobs"]) == 4
    assert then.summary["requests"]["create"] == 0


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


def test_a_limit_sends_the_first_and_a_selection_those_that_match(desk, heygen):
    serving = heygen()
    desk.videos(6)

    first = desk.run("people.jsonl", "--limit", "2")
    after_limit = [row["status"] for row in desk.results("people_results.csv")]
    chosen = desk.run("people.jsonl", "--select", "row:4-5 title:'Hello 3'")

    assert (first.code, chosen.code) == (0, 0)
    assert after_limit == ["done"] * 2 + ["planned"] * 4
    assert len(serving.world.ledger()["jobs"]) == 3
    assert [row["status"] for row in desk.results("people_results.csv")] == [
        "done", "done", "planned", "done", "planned", "planned",
    ]  # fmt: skip


def test_a_limit_holds_for_all_manifests_together(desk, heygen):
    serving = heygen()
    desk.videos(2)
    desk.translations(3)

    planned = json.loads(desk.batchgen("plan", "people.jsonl", "library.jsonl", "--limit", "3", "--json").out)
    ended = desk.run("people.jsonl", "library.jsonl", "--limit", "3")

    assert ended.code == 0
    assert planned["would"]["send"] == len(serving.world.ledger()["jobs"]) == 3
    assert ended.summary["planned"] == 2


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


def test_without_downloads_the_links_are_kept(desk, heygen):
    serving = heygen()
    desk.videos(2)

    ended = desk.run("people.jsonl", "--no-download")

    assert ended.code == 0
    assert counts(serving)["download"] == 0
    assert not (desk.folder / "videos").exists()
    assert all(row["video_url"] and not row["file"] for row in desk.results("people_results.csv"))


def test_results_and_downloads_go_where_they_are_told(desk, heygen):
    heygen()
    desk.videos(1)
    (desk.folder / "out").mkdir()

    ended = desk.run("people.jsonl", "--results", "out/told.csv", "--downloads", "films/today")

    assert ended.code == 0, ended.err
    row = desk.results("out/told.csv")[0]
    assert row["file"].startswith("../films/today/")
    assert decode(desk.folder / "out" / row["file"])
    assert not (desk.folder / "people_results.csv").exists()


def test_results_never_overwrite_the_sheet(desk, heygen):
    heygen()
    path = desk.videos(1)
    before = path.read_bytes()

    ended = desk.run("people.jsonl", "--results", "people.jsonl")

    assert ended.code == 2
    assert "overwrite" in ended.err
    assert path.read_bytes() == before


def test_a_video_can_be_made_once_more_as_often_as_one_likes(desk, heygen):
    heygen()
    title = "A long name " * 15
    desk.write("long.csv", f"output,avatar_id,voice_id,script\n{title},Daisy,v1,Hello.\n")

    ended = [desk.run("long.csv", "--again") for _ in range(7)]

    assert [(one.code, one.err) for one in ended if one.code] == []
    names = sorted(path.name for path in (desk.folder / "videos").iterdir())
    assert len(names) == 7
    assert max(map(len, names)) == len(min(names, key=len)) + len("-abcdefghij")


def test_results_that_could_not_be_written_at_the_end_are_told_before_anything_is_sent(desk, heygen):
    serving = heygen()
    desk.videos(1)

    ended = desk.run("people.jsonl", "--results", "out/told.xlsx")

    assert ended.code == 3
    assert "told.xlsx: the folder does not exist" in ended.err
    assert serving.world.ledger()["jobs"] == []


def test_a_timeout_stops_the_watching_and_not_the_job(desk, heygen):
    serving = heygen(options={"render": (3.0, 3.0)})
    desk.videos(2)

    stopped = desk.run("people.jsonl", "--timeout", "0.8")
    ended = desk.run("people.jsonl")

    assert stopped.code == 4
    assert stopped.summary["rendering"] == 2
    assert ended.code == 0
    assert len(serving.world.ledger()["jobs"]) == 2


def test_failed_renders_are_told_and_retried_alone(desk, heygen):
    serving = heygen(options={"seed": 3}, failed=0.5)
    desk.videos(8)

    first = desk.run("people.jsonl")
    failed = first.summary["failed"]
    unchanged = desk.run("people.jsonl")
    port = serving.url.rpartition(":")[2]
    serving.__exit__(None, None, None)
    sound = heygen(port=int(port))
    retried = desk.run_retry("people.jsonl")

    assert 0 < failed < 8
    assert (first.code, unchanged.code, retried.code) == (1, 1, 0)
    assert unchanged.summary["requests"]["create"] == 0
    assert retried.summary["requests"]["create"] == failed
    assert len(sound.world.ledger()["jobs"]) == failed
    assert {row["status"] for row in desk.results("people_results.csv")} == {"done"}


def test_a_retry_that_broke_off_goes_on_by_the_same_command_and_buys_nothing_twice(desk, heygen):
    serving = heygen(options={"concurrency": 2})
    desk.videos(5)
    desk.run("people.jsonl", "--limit", "1")
    desk.batchgen("cancel", "people.jsonl")
    left = desk.run_retry("people.jsonl", "--batch", "never", "--no-wait").summary
    path = desk.folder / "people.jsonl"
    path.write_text(path.read_text() + path.read_text().splitlines()[0].replace("Good", "A good") + "\n")

    on = desk.run_retry("people.jsonl")
    told = on.summary

    assert left["planned"] > 0
    assert left["rendering"] > 0
    assert (told["done"], told["planned"], told["rendering"]) == (5, 1, 0)  # A new row is nothing to try again.
    assert len(serving.world.ledger()["jobs"]) == 5


def test_the_end_of_a_run_says_which_command_goes_on_with_what_is_left(desk, heygen):
    heygen(options={"concurrency": 2, "render": (3.0, 3.0)})
    desk.videos(5)

    left = desk.batchgen("run", "people.jsonl", "--no-wait", "--batch", "never", "--limit", "4")
    other = desk.batchgen("run", "people.jsonl", "--no-wait", "--batch", "never", "--select", "row:5")

    assert "The same command goes on with what is still rendering." in left.out
    assert "2 could not be sent yet, for as many render as HeyGen allows: the same command sends them" in left.out
    assert "2 of what is rendering are none of this command's: `batchgen run` goes on with them." in other.out
    assert "The same command goes on with what is still rendering." not in other.out


def test_retry_alone_takes_the_sheets_of_the_last_run(desk, heygen):
    heygen(failed=1.0)
    desk.videos(2)
    desk.run("people.jsonl")

    ended = desk.run_retry()

    assert ended.code == 1
    assert ended.summary["requests"]["create"] == 2


def test_retry_alone_speaks_the_generation_and_keeps_the_selection_of_the_last_run(desk, heygen):
    serving = heygen(failed=1.0)
    desk.videos(3)
    desk.run("people.jsonl", "--api", "v2", "--select", "row:2-3")

    ended = desk.run_retry()

    assert "row:2-3" in ended.err
    assert ended.summary["requests"]["create"] == 2
    assert {job["route"] for job in serving.world.ledger()["jobs"]} == {"POST /v2/video/generate"}


def test_what_failed_in_a_rehearsal_is_never_retried_for_money(desk, heygen):
    serving = heygen()
    desk.videos(2)
    # The own sandbox of a run takes no faults: its jobs are refused for what the sandbox does not have.
    desk.write("bad.jsonl", '{"template_id": "missing", "var.name": "Ada"}\n')
    rehearsed = desk.run("bad.jsonl", "--sandbox")

    ended = desk.run_retry(HEYGEN_API_BASE="https://api.heygen.com")

    assert rehearsed.code == 1
    assert ended.code == 2
    assert "no run at api.heygen.com" in ended.err
    assert serving.world.ledger()["accepted"] == 0


def test_status_and_report_tell_of_what_was_done(desk, heygen):
    heygen()
    desk.videos(2)
    desk.run("people.jsonl", "--limit", "1")
    (desk.folder / "people_results.csv").unlink()

    status = desk.batchgen("status")
    as_json = desk.batchgen("status", "--json")
    report = desk.batchgen("report", "people.jsonl", "--results", "elsewhere.csv")

    assert (status.code, report.code) == (0, 0)
    assert "1 done" in status.out
    assert "1 planned" in status.out
    assert json.loads(as_json.out)[0]["done"] == 1
    assert [row["status"] for row in desk.results("elsewhere.csv")] == ["done", "planned"]


def test_two_manifests_run_together_with_results_each(desk, heygen):
    serving = heygen()
    desk.videos(2)
    desk.translations(2)

    ended = desk.batchgen("run", "people.jsonl", "library.jsonl", *QUICK, "--json")

    assert ended.code == 0, ended.err
    assert len(serving.world.ledger()["jobs"]) == 4
    assert all(row["translation_id"] for row in desk.results("library_results.csv"))
    assert all(row["video_id"] for row in desk.results("people_results.csv"))


def test_what_is_cancelled_is_not_sent_until_it_is_retried(desk, heygen):
    serving = heygen()
    desk.videos(5)
    desk.run("people.jsonl", "--limit", "1")

    cancelled = desk.batchgen("cancel", "people.jsonl", "--select", "row:1-3", "--json")
    ran = desk.run("people.jsonl")
    before = [row["status"] for row in desk.results("people_results.csv")]
    retried = desk.run_retry("people.jsonl")

    assert json.loads(cancelled.out) == {"cancelled": 2, "doubtful": 0, "sent": 0}
    assert ran.summary["requests"]["create"] == 2
    assert before == ["done", "cancelled", "cancelled", "done", "done"]
    assert retried.summary["requests"]["create"] == 2
    assert serving.world.ledger()["accepted"] == 5


def test_status_counts_what_is_selected(desk, heygen):
    heygen()
    desk.videos(4)
    desk.run("people.jsonl", "--limit", "1")

    status = desk.batchgen("status", "people.jsonl", "--select", "row:1-2", "--json")

    [told] = json.loads(status.out)
    assert (told["done"], told["planned"]) == (1, 1)


def test_a_sample_is_made_first_and_the_same_command_without_it_makes_the_rest(desk, heygen):
    serving = heygen()
    desk.write(
        "people.jsonl",
        "".join(
            json.dumps({"avatar_id": "Daisy", "voice_id": "v1", "script": "Hello" + " again" * n}) + "\n"
            for n in range(9)
        ),
    )

    first = desk.batchgen("run", "people.jsonl", "--sample", "3", *QUICK)
    spoken = {len(job["text"]) for job in serving.world.ledger()["jobs"]}
    rest = desk.run("people.jsonl")

    assert first.code == 0
    assert {len("Hello"), len("Hello" + " again" * 8)} < spoken
    assert len(spoken) == 3
    assert first.err.count(".mp4") == 3
    assert "goes on with the other 6" in first.err
    assert rest.summary["requests"]["create"] == 6


def test_a_sample_that_fails_is_not_followed_by_the_rest(desk, heygen):
    serving = heygen(failed=1.0)
    desk.videos(9)

    ended = desk.batchgen("run", "people.jsonl", "--sample", "2", "--yes", *QUICK)

    assert ended.code == 1
    assert serving.world.ledger()["accepted"] == 2
