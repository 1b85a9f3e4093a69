"""What of a sheet is made, where it goes, and what is told of it."""

import json

from tests.journey.conftest import QUICK, counts, decode


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


def test_a_selection_that_no_row_matches_is_told_and_one_of_done_rows_is_not(desk, heygen):
    heygen()
    desk.videos(2)
    desk.run("people.jsonl")

    missed = [desk.run("people.jsonl", "--select", "title:'Hello 7'"), desk.run_retry("--select", "status:failed")]
    met = desk.run("people.jsonl", "--select", "title:'Hello 1'")

    assert all("no row matches it" in one.err for one in missed)
    assert "no row matches" not in met.err
