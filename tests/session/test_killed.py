"""The real command is killed in the middle of a session. The next run leaves none open, and opens none by itself."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import av
import pytest

import batchgen
from tests.warm import Batchgen

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def killed(monkeypatch):
    """Run what stands in the folder, and kill that when something is so at the server."""
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))

    def kill_when(met):
        how = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        process = Batchgen("run", "talk.csv", "--poll-interval", "0.2", env=dict(os.environ), **how)
        ends = time.monotonic() + 60
        while not met():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < ends
            time.sleep(0.01)
        process.kill()
        process.communicate()

    return kill_when


def test_the_next_run_closes_what_a_killed_one_left_and_only_retry_opens_another(stage, killed):
    here = stage()
    here.write("Hello,Daisy_public,low,Hi.|One two three four five.")
    (here.folder / "other.csv").write_text("title,avatar_id,voice_id,script\nA,Daisy,v,Hello.\n")
    killed(lambda: any(len(one.speeches) > 1 for one in here.heygen.world.studio.live))
    (film,) = (here.folder / "videos").glob("Hello-*.mp4.part")
    with av.open(str(film)) as part:
        pictures = sum(1 for _ in part.decode(video=0))
    left = [one["state"] for one in here.sessions]

    # Whatever manifest the next run is of.
    other = batchgen.run("other.csv", poll_interval=0.2)
    closed = [(one["state"], one["why"]) for one in here.sessions]
    again = here.run()
    (row,) = here.results()
    tried = batchgen.retry("talk.csv", poll_interval=0.2)

    assert (left, pictures > 2) == (["connected"], True)
    assert (other.exit_code, closed) == (0, [("closed", "stop")])
    assert (again.exit_code, again.summary.requests.create) == (1, 0)
    assert (row["status"], row["error_code"], row["transcript"]) == ("failed", "left_open", "Hi.")
    assert "1 of 2 lines were said" in row["error"]
    assert tried.exit_code == 0
    assert here.results()[0]["transcript"] == "Hi.\nOne two three four five."
    assert [one["state"] for one in here.sessions] == ["closed", "closed"]


def test_a_run_killed_while_it_opens_a_session_finds_it_and_closes_it(stage, killed):
    here = stage(options={"reply_delay": 0.5})
    here.write("Hello,Daisy_public,low,Hi.")
    killed(lambda: bool(list(here.heygen.world.studio.live)))

    ended = here.run()

    (row,) = here.results()
    assert (ended.exit_code, ended.summary.found_again) == (1, 1)
    assert (row["status"], row["error_code"]) == ("failed", "left_open")
    assert "0 of 1 lines were said" in row["error"]
    assert [one["state"] for one in here.sessions] == ["closed"]


def test_a_window_that_is_closed_closes_the_sessions_of_its_run(stage, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    here = stage()
    here.write(f"Hello,Daisy_public,low,Hi.|{'And so on and ' * 40}on.")
    ours, theirs = pty.openpty()
    how = {"stdin": theirs, "stdout": theirs, "stderr": theirs, "start_new_session": True}
    # Whoever runs the tests may have them outlive a terminal of their own.
    how["preexec_fn"] = lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL)
    process = Batchgen("run", "talk.csv", "--poll-interval", "0.2", env=dict(os.environ), cold=True, **how)
    os.close(theirs)
    os.set_blocking(ours, False)
    ends = time.monotonic() + 60
    while not any(len(one.speeches) > 1 for one in here.heygen.world.studio.live):
        with suppress(BlockingIOError):
            os.read(ours, 65536)
        assert time.monotonic() < ends
        time.sleep(0.01)

    os.close(ours)  # Whoever reads the terminal is gone; the shell in it tells its commands, and so does the system.
    for _ in range(2):
        os.kill(process.pid, signal.SIGHUP)
        time.sleep(0.02)

    assert process.wait(30) == 130
    assert [(one["state"], one["why"]) for one in here.sessions] == [("closed", "stop")]
    (row,) = here.results()
    assert (row["status"], row["error_code"], row["transcript"]) == ("failed", "interrupted", "Hi.")


def test_a_run_that_is_to_outlive_its_terminal_does(stage, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    here = stage()
    here.write("Hello,Daisy_public,low,Hi.|One two three four five.")
    words = ["nohup", sys.executable, "-m", "batchgen", "run", "talk.csv", "--poll-interval", "0.2"]
    how = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(words, env=dict(os.environ), **how) as process:
        ends = time.monotonic() + 60
        while not any(one.speeches for one in here.heygen.world.studio.live):
            assert time.monotonic() < ends
            time.sleep(0.01)
        process.send_signal(signal.SIGHUP)

        assert process.wait(60) == 0


def test_a_run_without_sessions_loads_nothing_of_them():
    script = (
        "import sys, batchgen.assembly.running, batchgen.pipeline.run, batchgen.heygen.client, batchgen.kinds\n"
        "print([one for one in sys.modules if one.startswith(('av.', 'aiortc', 'livekit', 'batchgen.session.'))])"
    )

    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=REPOSITORY)

    assert told.stdout == "[]\n"
