"""Where nobody reads what a command says: the work is done all the same, and the exit code is its own."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.journey.conftest import QUICK
from tests.warm import Batchgen


@contextmanager
def deaf(to):
    """Give what a stream leads to where nothing arrives."""
    if to == "a disk that is full":
        with Path("/dev/full").open("w") as full:
            yield full
        return
    read, write = os.pipe()
    if to == "a reader that reads no more":
        os.set_blocking(write, False)
        with suppress(BlockingIOError):
            while os.write(write, b"."):
                pass
        os.set_blocking(write, True)
    else:
        os.close(read)
    try:
        yield write
    finally:
        os.close(write)
        with suppress(OSError):
            os.close(read)


def test_a_reader_of_the_output_that_goes_away_is_no_trouble(desk, heygen):
    heygen()
    desk.videos(1)
    desk.run("people.jsonl")
    read, write = os.pipe()
    os.close(read)

    done = subprocess.run(
        [sys.executable, "-m", "batchgen", "status"],
        cwd=desk.folder,
        env=desk.env,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)

    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_a_summary_that_finds_no_room_is_no_run_with_failures(desk, heygen):
    heygen()
    desk.videos(1)
    # Where Python writes at once, the output is full before the command has ended; else only as it leaves.
    env = {name: value for name, value in desk.env.items() if name != "PYTHONUNBUFFERED"}
    with deaf("a disk that is full") as stdout:
        done = subprocess.run(
            [sys.executable, "-m", "batchgen", "run", "people.jsonl", *QUICK],
            cwd=desk.folder,
            env=env,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 3
    assert "cannot be written where its output goes" in done.stderr


@pytest.mark.parametrize("to", ["a disk that is full", "a reader that has gone", "a reader that reads no more"])
def test_a_run_of_whose_progress_nobody_can_hear_goes_on(desk, heygen, to):
    heygen()
    desk.videos(2)
    with deaf(to) as stderr:
        ended = Batchgen(
            "run", "people.jsonl", *QUICK, "--json", cwd=desk.folder, env=desk.env, stdout=PIPE, stderr=stderr
        )
        out, _ = ended.communicate(timeout=60)

    assert ended.returncode == 0
    assert json.loads(out)["done"] == 2


@pytest.mark.parametrize(("failed", "code"), [(0.0, 0), (1.0, 1)])
def test_a_run_whose_summary_nobody_reads_ends_with_its_own_exit_code(desk, heygen, failed, code):
    heygen(failed=failed)
    desk.videos(1)
    with deaf("a reader that has gone") as stdout:
        ended = Batchgen("run", "people.jsonl", *QUICK, "--json", cwd=desk.folder, env=desk.env, stdout=stdout)
        ended.wait(60)

    assert ended.returncode == code


def test_output_to_a_full_disk_is_a_sentence(desk):
    with deaf("a disk that is full") as stdout:
        ended = Batchgen("schema", cwd=desk.folder, env=desk.env, stdout=stdout, stderr=PIPE)
        _, err = ended.communicate(timeout=60)

    assert ended.returncode == 3
    assert "make room" in err


def test_without_standard_streams_a_run_does_its_work(desk, heygen):
    heygen()
    desk.videos(1)

    ended = subprocess.run(
        ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-m", "batchgen", "run", "people.jsonl", *QUICK],
        cwd=desk.folder,
        env=desk.env,
        check=False,
    )

    assert ended.returncode == 0
    assert desk.results("people_results.csv")[0]["status"] == "done"
