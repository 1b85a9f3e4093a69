"""Tidying up: litter goes, and nothing that was paid for."""

import json


def test_halves_go_and_every_video_stays(desk, heygen):
    serving = heygen()
    desk.videos(3)
    desk.run("people.jsonl")
    files = [desk.folder / row["file"] for row in desk.results("people_results.csv")]
    half, note = (files[0].with_name(files[0].name + ending) for ending in (".part", ".part.etag"))
    copy = files[1].with_name(f"{files[1].stem}.changed{files[1].suffix}")
    theirs = files[0].with_name("theirs.mp4.part")
    for path in (half, note, copy, theirs):
        path.write_bytes(b"x" * 1500)

    shown = desk.batchgen("clean", "people.jsonl")
    told = desk.batchgen("clean", "--json")
    assert half.exists()
    cleaned = desk.batchgen("clean", "--yes")
    again = desk.batchgen("clean", "--yes", "--changed")

    assert (shown.code, cleaned.code, again.code) == (0, 0, 0)
    assert "Nothing was removed. `batchgen clean people.jsonl --yes` removes 2 files, 3 KB." in shown.out
    assert [one["file"] for one in json.loads(told.out)["files"]] == [str(half), str(note)]
    assert "2 files removed" in cleaned.out
    assert "1 file removed" in again.out
    assert [path.exists() for path in (half, note, copy, theirs)] == [False, False, False, True]
    assert desk.batchgen("verify").code == 0
    assert serving.world.ledger()["accepted"] == 3


def test_the_half_of_a_video_that_is_still_to_come_stays(desk, heygen):
    heygen(cut=1.0)
    desk.videos(1)
    desk.run("people.jsonl", "--timeout", "3")
    halves = list(desk.folder.rglob("*.part"))

    ended = desk.batchgen("clean", "--yes")

    assert len(halves) == 1
    assert "nothing to tidy" in ended.out
    assert halves[0].exists()


def test_the_memory_of_the_sandbox_goes_where_that_is_asked_for(desk):
    desk.videos(1)
    desk.run("people.jsonl", "--sandbox")
    journal = desk.folder / "state" / "batchgen.db.sandbox.jsonl"
    assert journal.exists()

    desk.write("batchgen.toml", "sandbox = true\n")  # Whom to ask, and not what to remove.

    kept = desk.batchgen("clean", "--yes")
    asked = desk.batchgen("clean", "--sandbox")
    gone = desk.batchgen("clean", "--sandbox", "--yes")

    assert "nothing to tidy" in kept.out
    assert "`batchgen clean --sandbox --yes` removes 1 file" in asked.out
    assert "1 file removed" in gone.out
    assert not journal.exists()
