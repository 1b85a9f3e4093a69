"""Captions beside the videos, where a manifest asks for them; and a video that is done without them."""

import json
import re

import pytest

from batchgen.sandbox import downloads
from tests.journey.conftest import decode

SCRIPT = "Good morning. Here is what changed this year, and what that means for you."


@pytest.fixture
def asked(desk):
    """A sheet of a video and a translation that want captions, and of a video that wants none."""
    video = {"title": "Video", "avatar_id": "Daisy", "voice_id": "v1", "script": SCRIPT, "caption": "yes"}
    translation = {
        "title": "Film",
        "url": "https://x.example/1.mp4",
        "output_language": "German",
        "enable_caption": "yes",
    }
    rows = [video, translation, {**video, "title": "Plain", "script": "Nothing.", "caption": "no"}]
    return desk.write("films.jsonl", "".join(json.dumps(row) + "\n" for row in rows))


def words_of(captions: str) -> str:
    """What captions of any kind say."""
    lines = [line.rpartition(",,")[2] for line in captions.splitlines() if line and not re.match(r"\d+$|.*-->", line)]
    return " ".join(lines)


def test_captions_that_are_gone_or_changed_are_named_and_fetched_again(desk, heygen, asked):
    serving = heygen()
    desk.run("films.jsonl")
    srt = list(desk.folder.rglob("*.srt"))
    whole = srt[0].read_bytes()
    srt[0].unlink()
    srt[1].write_text("Mine.")

    told = desk.batchgen("verify", "--json")
    mended = desk.batchgen("verify", "--repair")
    again = desk.batchgen("verify")

    assert told.code == 1
    assert {one["file"] for one in json.loads(told.out)["faulty"]} == {str(path) for path in srt}
    assert (mended.code, again.code) == (0, 0), mended.said
    assert "7 of 7 saved files" in again.out
    assert srt[0].read_bytes() == whole
    # What somebody may have changed on purpose is still there.
    assert srt[1].with_name(f"{srt[1].stem}.changed.srt").read_text() == "Mine."
    assert serving.world.ledger()["accepted"] == 3


@pytest.mark.parametrize(
    ("api", "video", "translation"),
    [("v3", [".captioned.mp4", ".srt"], [".srt", ".vtt"]), ("v2", [".ass", ".captioned.mp4"], [".srt", ".vtt"])],
)
def test_captions_are_saved_beside_the_videos_and_told_in_the_results(desk, heygen, asked, api, video, translation):
    serving = heygen()

    ended = desk.run("films.jsonl", "--api", api)

    told = desk.results("films_results.csv")
    assert ended.code == 0
    assert list(told[0])[-2:] == ["finished_at", "captions"]
    saved = [[desk.folder / one for one in row["captions"].split("; ") if one] for row in told]
    stems = [row["file"].removesuffix(".mp4") for row in told]
    suffixes = [
        [str(one.relative_to(desk.folder)).removeprefix(stem) for one in found]
        for stem, found in zip(stems, saved, strict=True)
    ]
    assert suffixes == [video, translation, []]
    text = next(one for one in saved[0] if one.suffix in {".srt", ".ass"}).read_text()
    assert SCRIPT in words_of(text)
    assert decode(next(one for one in saved[0] if one.suffix == ".mp4"))
    assert saved[1][1].read_text().startswith("WEBVTT")
    assert not list(desk.folder.rglob("*.part*"))
    assert serving.world.ledger()["accepted"] == 3


def test_a_video_is_done_without_its_captions_and_gets_them_later_for_nothing(desk, heygen, asked, monkeypatch):
    serving = heygen()
    monkeypatch.setattr(downloads.captions, "write", lambda film, ending: "<html>Sorry</html>")

    ended = desk.run("films.jsonl")
    bare = desk.results("films_results.csv")
    left = [*desk.folder.rglob("*.srt"), *desk.folder.rglob("*.part*")]
    monkeypatch.undo()
    later = desk.batchgen("refresh", "films.jsonl")

    assert ended.code == 0
    assert (ended.summary["done"], ended.summary["uncaptioned"]) == (3, 2)
    assert re.search(r"no captions, row [12]: The link gave no captions \(\.srt\)", ended.err)
    assert [row["captions"] for row in bare] == [bare[0]["file"].replace(".mp4", ".captioned.mp4"), "", ""]
    assert left == []
    assert "2 videos have captions." in later.out
    assert [row["captions"].count(";") for row in desk.results("films_results.csv")] == [1, 1, 0]
    assert serving.world.ledger()["accepted"] == 3


def test_captions_that_stand_there_and_are_not_ours_stay_as_they_are(desk, heygen, asked):
    heygen()
    theirs = desk.write("videos/mine.srt", "my own work")
    sheet = [json.loads(line) for line in asked.read_text().splitlines()][:1]
    asked.write_text(json.dumps({**sheet[0], "output": "mine.mp4"}) + "\n")

    desk.run("films.jsonl")

    row = desk.results("films_results.csv")[0]
    assert theirs.read_text() == "my own work"
    assert (desk.folder / "videos" / "mine.mp4").is_file()
    assert [one for one in row["captions"].split("; ") if one.endswith(".srt")] == [
        f"videos/mine-{row['job_id'][:10]}.srt"
    ]


def test_a_sheet_that_asks_for_none_has_no_column_for_them(desk, heygen):
    heygen()
    desk.videos(1)

    desk.run("people.jsonl")

    assert list(desk.results("people_results.csv")[0])[-1] == "finished_at"
