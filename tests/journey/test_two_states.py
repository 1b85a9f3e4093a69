"""Two runs of one sheet at the same time, each with a state of its own: neither knows what the other one buys."""

import shutil
import signal

import pytest

#: No key protects a repeat there.
V2 = ("--api", "v2")
VIDEOS = 6


@pytest.fixture
def busy(desk, heygen, paid):
    """A run that has bought something, and whose results tell no id yet."""
    serving = heygen(options={"reply_delay": 0.3, "render": (2.0, 2.0)})
    desk.videos(VIDEOS)
    process = desk.start("run", "people.jsonl", *V2, "--concurrency", "2")
    desk.until(lambda: serving.world.ledger()["jobs"], process)
    return serving.world, process


def test_a_second_run_of_a_sheet_with_another_state_buys_nothing(desk, busy):
    world, first = busy
    (desk.folder / "below").mkdir()
    other = ("--state", "below/other.db")
    first.send_signal(signal.SIGSTOP)  # However long the others take to start, it is not over before they are.
    ended = [desk.run("people.jsonl", *V2, *other), desk.run("people.jsonl", *V2, *other, "--again")]
    first.send_signal(signal.SIGCONT)
    done = desk.end(first)

    assert [one.code for one in ended] == [6, 6], ended[0].err
    for words in (f"process {first.pid}", "batchgen run people.jsonl", "state/batchgen.db", "people_results.csv"):
        assert all(words in one.err for one in ended)
    assert done.code == 0, done.err
    assert len(world.ledger()["jobs"]) == VIDEOS
    assert not list(desk.folder.glob(".people*"))


def test_other_rows_of_a_sheet_go_beside_it_with_a_state_and_results_of_their_own(desk, busy):
    world, first = busy
    rows = (desk.folder / "people.jsonl").read_text(encoding="utf-8").replace("Good morning", "Good evening")
    desk.write("evening.jsonl", rows)
    beside = desk.run("evening.jsonl", *V2, "--state", "evening.db", "--results", "evening.csv")
    done = desk.end(first)

    assert (beside.code, done.code) == (0, 0), beside.err
    assert len(world.ledger()["jobs"]) == 2 * VIDEOS


def test_a_run_that_was_killed_leaves_its_results_to_the_next_one(desk, busy):
    world, first = busy
    first.kill()
    first.communicate()
    desk.running.remove(first)
    done = desk.run("people.jsonl", *V2, "--settle", "2")

    assert done.code == 0, done.err
    assert len(world.ledger()["jobs"]) == VIDEOS
    assert not list(desk.folder.glob(".people*"))


def test_results_in_a_folder_of_which_locks_cannot_be_made_are_written_all_the_same(desk, heygen):
    heygen()
    desk.videos(1)
    (desk.folder / ".people_results.csv.lock").mkdir()
    done = desk.run("people.jsonl")

    assert done.code == 0, done.err
    shutil.rmtree(desk.folder / ".people_results.csv.lock")
