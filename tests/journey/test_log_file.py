"""The log of a real run: every move of every video, a key nowhere, and nobody else's eyes."""

import itertools
import json
import os
import stat
from pathlib import Path

import pytest

from tests.journey.conftest import KEY, QUICK


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_log_file_holds_what_happened_to_each_row(desk, heygen):
    heygen(failed=0.3, lost=0.2)
    desk.write(
        "videos.csv", "title,avatar_id,voice_id,script\n" + "".join(f"V{n},Daisy,v1,Hi {n}.\n" for n in range(8))
    )

    ended = desk.batchgen("run", "videos.csv", "--log-file", "logs/run.jsonl", "--json", *QUICK)
    log = desk.folder / "logs" / "run.jsonl"
    told = lines_of(log)

    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert KEY not in log.read_text()
    assert {"time", "level", "run", "event"} <= set.intersection(*(set(one) for one in told))
    moves = [one for one in told if "was" in one]
    assert {one["row"] for one in moves} == set(range(2, 10))
    for row in range(2, 10):
        mine = [one for one in moves if one["row"] == row]
        assert mine[0]["event"] == "send"
        assert mine[-1]["status"] in {"done", "failed"}
        assert all(one["was"] == before["status"] for before, one in itertools.pairwise(mine))
    assert sum(one["status"] == "done" for one in moves) == ended.summary["done"]
    assert (
        sum(one["event"] == "request" and one["purpose"] == "create" for one in told)
        == (ended.summary["requests"]["create"])
    )
    assert told[-1]["event"] == "ended"
    assert told[-1]["exit_code"] == ended.code
    assert told[-1]["done"] == ended.summary["done"]


def test_the_next_run_adds_to_the_log_and_closes_it_to_others(desk, heygen):
    heygen()
    desk.write("videos.csv", "title,avatar_id,voice_id,script\nA,Daisy,v1,Hello.\n")
    desk.write("batchgen.toml", 'log-file = "run.jsonl"\n')
    log = desk.folder / "run.jsonl"
    desk.batchgen("run", "videos.csv", *QUICK)
    first = lines_of(log)
    log.chmod(0o644)

    desk.batchgen("run", "videos.csv", *QUICK)

    assert lines_of(log)[: len(first)] == first
    assert lines_of(log)[-1]["event"] == "ended"
    assert lines_of(log)[-1]["run"] > first[-1]["run"]
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no device that a test may spoil")
def test_a_device_that_takes_the_log_stays_open_to_whom_it_was(tmp_path):
    # Root may close /dev/null itself, and then every program of everybody else fails.
    from batchgen.cli.logfile import LogFile

    terminal, device = os.openpty()
    name = Path(os.ttyname(device))
    name.chmod(0o622)

    log = LogFile(str(name), secrets=[])
    log.write("began")
    log.close()

    assert stat.S_IMODE(name.stat().st_mode) == 0o622
    assert json.loads(os.read(terminal, 1000))["event"] == "began"


def test_a_key_that_the_server_quotes_is_in_no_line(desk, heygen, tmp_path):
    from batchgen.cli.logfile import LogFile
    from batchgen.pipeline.happened import Stumbled

    log = LogFile(str(tmp_path / "log"), secrets=[KEY])
    log.hear(Stumbled(what="GET /x", reason=f"your key {KEY} is odd"))
    log.close()

    assert lines_of(tmp_path / "log")[0]["reason"] == "your key *** is odd"


def test_a_log_that_cannot_be_written_is_told_before_anything_is_sent(desk, heygen):
    served = heygen()
    desk.write("videos.csv", "title,avatar_id,voice_id,script\nA,Daisy,v1,Hello.\n")
    desk.write("taken", "")

    ended = desk.batchgen("run", "videos.csv", "--log-file", "taken/run.jsonl", *QUICK)

    assert ended.code == 3
    assert "--log-file taken/run.jsonl: this cannot be written" in ended.err
    assert served.world.counts["create"] == 0


def test_a_log_is_never_added_to_what_is_no_log(desk, heygen):
    served = heygen()
    desk.write("videos.csv", "title,avatar_id,voice_id,script\nA,Daisy,v1,Hello.\n")
    desk.batchgen("run", "videos.csv", *QUICK)
    files = [desk.folder / name for name in ("videos.csv", "videos_results.csv", "state/batchgen.db")]
    before = [file.read_bytes() for file in files]

    for file in files:
        ended = desk.batchgen("run", "videos.csv", "--again", "--log-file", str(file), *QUICK)

        assert ended.code == 2
        assert "this file is there, and is no log" in ended.err

    assert [file.read_bytes() for file in files] == before
    assert served.world.counts["create"] == 1


def test_a_log_is_never_written_into_a_state_or_results_that_are_yet_to_be_made(desk, heygen):
    served = heygen()
    desk.write("videos.csv", "title,avatar_id,voice_id,script\nA,Daisy,v1,Hello.\n")

    for option in ("--state", "--results"):
        ended = desk.batchgen("run", "videos.csv", option, "new.file", "--log-file", "./new.file", *QUICK)

        assert (ended.code, f"--log-file and {option} both name new.file" in ended.err) == (2, True)
        assert not (desk.folder / "new.file").exists()

    assert served.world.counts["create"] == 0
