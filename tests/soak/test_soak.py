"""A small soak of every kind. `make soak` is the large one."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from contextlib import closing, contextmanager

import pytest

from batchgen.model.status import Status
from tests.soak.audit import audit
from tests.soak.kills import desk, soak
from tests.soak.rig import MODES

#: The account of one who is not looking for more trouble than the test is about.
CALM = "none"


def until(met, seconds=20):
    ends = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < ends, "it never came to be so"
        time.sleep(0.01)


def finish(given, name):
    """Run to the end, twice; the second time must cost nothing."""
    assert given.run(name, 60) == 0, given.said()
    sent = given.heygen.ledger()["requests"]["create"]
    assert given.run(name, 60) == 0, given.said()
    assert given.heygen.ledger()["requests"]["create"] == sent
    found = audit(given)
    assert not found.wrong, f"{found.wrong}\n{given.said()}"
    assert "Traceback" not in given.said()
    return found


@pytest.mark.parametrize("mode", MODES)
def test_killed_at_random_moments_it_pays_for_no_row_twice(mode):
    done = soak(mode, kills=4, rows=30, seed=7, window=(0.0, 1.0))

    assert not done.wrong, done.wrong
    assert done.audit.billed == done.audit.rows


@pytest.mark.parametrize("mode", ["v3-keys", "v2"])
def test_stopped_politely_it_leaves_nothing_under_way(mode, tmp_path):
    with desk(mode, tmp_path) as given:
        name = given.sheet(12)
        process = given.start(given.words(name))
        until(lambda: given.states()[Status.SENDING] > 0)
        process.send_signal(signal.SIGTERM)

        assert given.end(process, 30) == 130, given.said()
        assert given.states()[Status.SENDING] == 0
        finish(given, name)


def test_a_state_that_is_locked_for_a_while_is_waited_for(tmp_path):
    with desk("v3-keys", tmp_path, faults=CALM) as given:
        name = given.sheet(12)
        process = given.start(given.words(name))
        until(lambda: given.states()[Status.RENDERING] > 0)
        with closing(sqlite3.connect(given.state, isolation_level=None, timeout=20)) as other:
            other.execute("begin immediate")
            time.sleep(2)
            other.execute("rollback")

        assert given.end(process, 60) == 0, given.said()
        finish(given, name)


def test_the_server_may_die_and_come_back(tmp_path):
    with desk("v3-keys", tmp_path) as given:
        name = given.sheet(12)
        process = given.start(given.words(name))
        until(lambda: given.states()[Status.SENDING] > 0)
        given.heygen.kill()
        time.sleep(0.7)
        given.heygen.start()

        assert given.end(process, 60) == 0, given.said()
        finish(given, name)


@pytest.mark.parametrize("mode", ["v3-keys", "v2"])
def test_the_clock_may_be_set_back_by_an_hour(mode, tmp_path):
    with desk(mode, tmp_path) as given:
        name = given.sheet(12)
        jump = tmp_path / "jump"
        process = given.start(given.words(name), hobble=("--clock-back", "3600", "--once", str(jump)))
        until(lambda: given.states()[Status.RENDERING] > 1)
        jump.touch()

        assert given.end(process, 60) == 0, given.said()
        finish(given, name)


def test_a_full_disk_stops_it_and_room_lets_it_go_on(tmp_path):
    with (
        small_disk(tmp_path / "desk", "3m") as grow,
        desk("v3-keys", tmp_path, faults=CALM, film_bytes=300_000) as given,
    ):
        name = given.sheet(30)
        process = given.start(given.words(name), hobble=() if grow else ("--largest-file", "200000"))

        assert given.end(process, 60) == 3, given.said()
        assert "disk is full" in given.said() or "too large" in given.said(), given.said()
        if grow:
            grow()
        finish(given, name)


@contextmanager
def small_disk(folder, size):
    """Give a disk that is soon full, and a way to make room; None where no disk may be made."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "batchgen-soak", str(folder)]
    try:
        made = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        made = False
    if not made:
        yield None
        return
    try:
        yield lambda: subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
