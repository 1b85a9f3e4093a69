"""Killed at any moment, stopped politely, or started twice: the same command goes on, and nothing is paid twice."""

import os
import signal
import time
from dataclasses import replace

import pytest

from tests.journey.conftest import QUICK, check_books

#: The moment of the kill → what it waits for in the state, and how the sandbox holds that moment open.
MOMENTS = {
    "planned": (lambda states: states[0] > 0, {}),
    "sending": (lambda states: states[1] > 0, {"reply_delay": 0.25}),
    "rendering": (lambda states: states[3] > 0, {}),
    "some done": (lambda states: states[5] > 1, {"render": (0.1, 1.0)}),
}


def kill_when(desk, met, *words, number=signal.SIGKILL):
    """Start a run, kill it when its state is so, and give it."""
    process = desk.start("run", *words, *QUICK, "--json")
    desk.until(lambda: met(desk.states()), process)
    process.send_signal(number)
    return process


#: Generation, kind and moment. A v2 translation that was cut off cannot be found by anyone, so it is not among them.
KILLS = [
    *(("v3", "videos", moment) for moment in MOMENTS),
    ("v3", "translations", "sending"),
    ("v3", "translations", "rendering"),
    ("v2", "videos", "sending"),
    ("v2", "videos", "some done"),
    ("v2", "translations", "rendering"),
]


@pytest.mark.parametrize(("api", "sheet", "moment"), KILLS)
def test_after_a_kill_the_same_command_ends_with_no_row_twice_and_none_lost(desk, heygen, api, sheet, moment):
    met, options = MOMENTS[moment]
    serving = heygen(options=options)
    name = getattr(desk, sheet)(6).name
    words = (name, "--api", api, "--settle", "1")
    killed = kill_when(desk, met, *words)
    desk.end(killed)

    ended = desk.run(*words)

    assert ended.code == 0, ended.err
    check_books(desk, serving.world.ledger(), desk.results(name.replace(".jsonl", "_results.csv")))


def test_killed_again_and_again_it_still_ends(desk, heygen):
    serving = heygen(options={"render": (0.3, 0.8), "reply_delay": 0.05})
    desk.videos(12)
    for wait in (0.9, 1.1, 1.4):
        process = desk.start("run", "people.jsonl", *QUICK, "--settle", "0.5")
        time.sleep(wait)
        process.kill()
        desk.end(process)

    ended = desk.run("people.jsonl", "--settle", "0.5")

    assert ended.code == 0, ended.err
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_polite_signal_drains_writes_the_results_and_ends_with_130(desk, heygen, number):
    serving = heygen(options={"render": (20, 20), "reply_delay": 0.5, "concurrency": 3})
    desk.videos(12)
    process = kill_when(desk, lambda states: states[1] > 0, "people.jsonl", "--concurrency", "3", number=number)

    stopped = desk.end(process)

    assert stopped.code == 130, stopped.err
    assert stopped.summary["planned"] == 9
    assert stopped.summary["rendering"] == 3, "replies under way are waited for"
    results = desk.results("people_results.csv")
    assert [row["status"] for row in results].count("rendering") == 3
    assert sorted(filter(None, (row["video_id"] for row in results))) == sorted(
        job["id"] for job in serving.world.ledger()["jobs"]
    )


def test_ctrl_c_in_a_rehearsal_stops_the_run_and_not_its_server_under_it(desk):
    desk.videos(40)
    process = desk.start(
        "run", "people.jsonl", "--sandbox", "--concurrency", "2", *QUICK, "--json", start_new_session=True
    )
    desk.until(lambda: desk.states()[3] > 0, process)
    os.killpg(process.pid, signal.SIGINT)  # As a terminal does it: to everyone in the group.

    stopped = desk.end(process)

    assert stopped.code == 130, stopped.err
    assert stopped.summary["unsure"] == 0
    assert stopped.summary["planned"] > 0
    assert "no answer" not in stopped.err


def test_a_second_signal_ends_it_at_once_and_safely(desk, heygen):
    serving = heygen(options={"reply_delay": 2.5})
    desk.videos(2)
    process = kill_when(desk, lambda states: states[1] > 0, "people.jsonl", number=signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()

    process.wait(10)
    desk.end(process)
    took = time.monotonic() - began
    serving.world.options = replace(serving.world.options, reply_delay=0.0)
    ended = desk.run("people.jsonl", "--settle", "0.5")

    assert took < 2  # The reply that it was waiting for would have taken longer.
    assert ended.code == 0, ended.err
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))


def test_a_signal_before_anything_was_sent_is_no_traceback(desk, heygen):
    serving = heygen(options={"reply_delay": 2.0})
    desk.videos(2)
    process = desk.start("run", "people.jsonl", *QUICK)
    desk.until(lambda: sum(desk.states().values()) > 0, process)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)

    stopped = desk.end(process)

    assert stopped.code == 130
    assert serving.world.ledger()["jobs"] == []


def test_a_second_process_is_told_who_runs_and_reading_commands_work(desk, heygen):
    serving = heygen(options={"render": (60, 60)})
    desk.videos(2)
    first = desk.start("run", "people.jsonl", *QUICK)
    desk.until(lambda: desk.states()[3] == 2, first)

    second = desk.run("people.jsonl")
    others = [desk.batchgen(*words) for words in (["status"], ["report"], ["plan", "people.jsonl"])]
    retry = desk.run_retry()
    first.send_signal(signal.SIGTERM)

    assert (second.code, retry.code) == (6, 6)
    assert str(first.pid) in second.err
    assert "run people.jsonl" in second.err
    assert [one.code for one in others] == [0, 0, 0]
    assert "2 rendering" in others[0].out
    assert desk.end(first).code == 130
    assert len(serving.world.ledger()["jobs"]) == 2


def test_a_killed_holder_holds_nothing(desk, heygen):
    heygen(options={"render": (1, 1)})
    desk.videos(1)
    desk.end(kill_when(desk, lambda states: states[3] == 1, "people.jsonl"))

    assert desk.run("people.jsonl").code == 0


def test_the_sandbox_may_be_started_again_meanwhile(desk, heygen, tmp_path_factory):
    journal = tmp_path_factory.mktemp("sandbox") / "journal"
    serving = heygen(options={"render": (1.5, 2.0)}, journal=journal)
    port = int(serving.url.rpartition(":")[2])
    desk.videos(4)
    process = desk.start("run", "people.jsonl", *QUICK, "--json")
    desk.until(lambda: desk.states()[3] == 4, process)
    serving.__exit__(None, None, None)
    time.sleep(0.7)
    again = heygen(journal=journal, port=port)

    ended = desk.end(process)

    assert ended.code == 0, ended.err
    check_books(desk, again.world.ledger(), desk.results("people_results.csv"))


def test_what_renders_from_before_does_not_keep_the_rest_from_being_sent(desk, heygen):
    heygen(options={"render": (30.0, 30.0), "concurrency": 20})
    desk.videos(3, "first.csv")
    desk.run("first.csv", "--no-wait")
    desk.translations(8, "library.csv")

    ended = desk.run("first.csv", "library.csv", "--no-wait")

    assert (ended.summary["rendering"], ended.summary["planned"]) == (11, 0), ended.err
