"""Looking after what was made: files that went missing or bad, and links that expired. None of it costs."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from batchgen.sandbox.faults import Faults
from tests.journey.conftest import QUICK, decode


@pytest.fixture
def made(desk, heygen):
    """A desk with four finished videos, and the server that made them."""
    serving = heygen()
    desk.videos(4)
    assert desk.run("people.jsonl").code == 0
    return serving


def files(desk):
    return [desk.folder / row["file"] for row in desk.results("people_results.csv")]


def test_files_that_are_as_they_were_saved_are_called_so(desk, made):
    ended = desk.batchgen("verify")

    assert ended.code == 0
    assert "4 of 4" in ended.out


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_what_is_gone_or_changed_is_named_and_fetched_again_without_a_new_purchase(desk, heygen, api):
    serving = heygen()
    desk.videos(4)
    desk.run("people.jsonl", "--api", api)
    gone, cut, edited, sound = files(desk)
    gone.unlink()
    cut.write_bytes(cut.read_bytes()[:-100])
    whole = edited.read_bytes()
    edited.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))

    told = desk.batchgen("verify", "--json")
    mended = desk.batchgen("verify", "--repair")
    again = desk.batchgen("verify")

    assert told.code == 1
    assert [one["row"] for one in json.loads(told.out)["faulty"]] == [1, 2, 3]
    assert (mended.code, again.code) == (0, 0)
    assert all(decode(path) for path in (gone, cut, edited, sound))
    # What somebody may have changed on purpose is still there.
    assert edited.with_name(f"{edited.stem}.changed{edited.suffix}").stat().st_size == len(whole)
    assert serving.world.ledger()["accepted"] == 4


def test_a_repair_goes_on_through_links_that_expire_and_transfers_that_break(desk, heygen):
    serving = heygen()
    desk.videos(12)
    desk.run("people.jsonl", "--no-download")
    world = serving.world
    world.options = world.studio.options = replace(world.options, faults=Faults(expired=0.2, cut=0.2))

    mended = desk.batchgen("verify", "--repair")

    assert (mended.code, mended.err) == (0, "")
    assert "12 fetched again" in mended.out
    assert all(decode(path) for path in files(desk))


def test_what_heygen_has_no_more_is_told_of_its_row_and_the_others_are_mended(desk, made):
    first, second, *_ = files(desk)
    lost = desk.results("people_results.csv")[0]["video_id"]
    first.unlink()
    second.unlink()
    del made.world.studio.jobs[lost]

    mended = desk.batchgen("verify", "--repair")

    assert mended.code == 1
    assert "row 1: HeyGen has no such video any more" in mended.err
    assert not first.exists()
    assert decode(second)


def test_new_links_are_in_the_results_and_work_and_nothing_is_bought(desk, made):
    old = [row["video_url"] for row in desk.results("people_results.csv")]
    time.sleep(1.0)  # A link tells its end in seconds, and one of the same second is the same.

    ended = desk.batchgen("refresh", "people.jsonl", "--select", "row:1-2")

    new = [row["video_url"] for row in desk.results("people_results.csv")]
    assert ended.code == 0
    assert "2 of 2" in ended.out
    assert [a != b for a, b in zip(old, new, strict=True)] == [True, True, False, False]
    assert made.world.ledger()["accepted"] == 4


def test_real_videos_are_not_asked_of_a_sandbox(desk, made):
    ended = desk.batchgen("refresh", "people.jsonl", HEYGEN_API_BASE="https://api.heygen.com", HEYGEN_API_KEY="k" * 20)

    assert ended.code == 2
    assert "made at sandbox" in ended.err


def test_an_unchanged_file_costs_no_request(desk, made):
    before = dict(made.world.counts)

    desk.batchgen("verify", "--repair")

    assert dict(made.world.counts) == before
    assert all(Path(path).is_file() for path in files(desk))


def test_results_never_take_the_place_of_the_state(desk, heygen):
    serving = heygen()
    desk.videos(2)
    desk.run("people.jsonl", "--limit", "1")
    kept = ("state/batchgen.db", "of_another.db")
    desk.run("people.jsonl", "--state", "of_another.db", "--limit", "1", "--no-wait")
    billed = serving.world.ledger()["accepted"]

    for state in kept:
        for words in (
            ("run", "people.jsonl", "--results", state, *QUICK),
            ("report", "people.jsonl", "--results", state),
        ):
            ended = desk.batchgen(*words)

            assert (ended.code, "this is a database, such as the state" in ended.err) == (3, True)
    fresh = desk.batchgen("run", "people.jsonl", "--state", "new.db", "--results", "new.db", *QUICK)

    assert (fresh.code, "this is a database" in fresh.err) == (3, True)
    assert serving.world.ledger()["accepted"] == billed
    for state in (*kept, "new.db"):
        with (desk.folder / state).open("rb") as file:
            assert file.read(15) == b"SQLite format 3"
    assert desk.run("people.jsonl").summary["done"] == 2
