"""Sessions in the real command: killed, stopped politely, and gone on with by the next run. None is left open."""

from __future__ import annotations

import signal

import pytest

from tests.journey.conftest import QUICK, decode

LONG = "One two three four five six seven eight nine ten."


def talk(desk, *lines, name="talk.csv"):
    cell = "|".join(lines)
    return desk.write(name, f"title,avatar_id,quality,lines\nHello,Daisy_public,low,{cell}\n").name


def in_the_middle(desk, serving, *words):
    """Start a run, and give it once its first line was said."""
    process = desk.start("run", *words, *QUICK, "--json")

    def said() -> bool:
        sessions = list(serving.world.studio.sessions)
        return bool(sessions) and len(sessions[0].speeches) > 1

    desk.until(said, process, 40)
    return process


@pytest.mark.parametrize("next_run", ["the same", "another"])
def test_a_killed_run_leaves_no_session_open_and_opens_none_again(desk, heygen, next_run):
    serving = heygen()
    sheet = talk(desk, "Hi.", LONG)
    process = in_the_middle(desk, serving, sheet)
    process.kill()
    desk.end(process)
    assert serving.world.ledger()["sessions"][0]["state"] == "connected"
    other = desk.videos(1).name

    ended = desk.run(sheet if next_run == "the same" else other)
    told = desk.batchgen("report", sheet)

    (session,) = serving.world.ledger()["sessions"]
    (row,) = desk.results("talk_results.csv")
    assert (session["state"], session["why"]) == ("closed", "stop")
    assert ended.code == (1 if next_run == "the same" else 0), ended.err
    assert told.code in {0, 1}
    assert (row["status"], row["error_code"], row["transcript"]) == ("failed", "left_open", "Hi.")
    assert "1 of 2 lines were said" in row["error"]
    if next_run == "the same":
        again = desk.run_retry(sheet)

        (row,) = desk.results("talk_results.csv")
        assert again.code == 0, again.err
        assert (row["status"], row["transcript"]) == ("done", f"Hi.\n{LONG}")
        assert [one["state"] for one in serving.world.ledger()["sessions"]] == ["closed", "closed"]
        assert decode(desk.folder / row["file"]) > 10


def test_ctrl_c_closes_a_session_and_keeps_what_was_recorded(desk, heygen):
    serving = heygen()
    sheet = talk(desk, "Hi.", LONG)
    process = in_the_middle(desk, serving, sheet)

    process.send_signal(signal.SIGINT)
    ended = desk.end(process)

    (row,) = desk.results("talk_results.csv")
    assert ended.code == 130
    assert (row["status"], row["error_code"], row["transcript"]) == ("failed", "interrupted", "Hi.")
    assert [one["state"] for one in serving.world.ledger()["sessions"]] == ["closed"]
    assert decode(desk.folder / row["file"]) > 5


def test_a_run_killed_while_it_opens_a_session_finds_it_and_closes_it(desk, heygen):
    serving = heygen(options={"reply_delay": 1.0})
    sheet = talk(desk, "Hi.")
    process = desk.start("run", sheet, *QUICK, "--json")
    desk.until(lambda: bool(list(serving.world.studio.sessions)), process, 40)
    process.kill()
    desk.end(process)
    waited = desk.states()[1]

    ended = desk.run(sheet)

    (row,) = desk.results("talk_results.csv")
    assert (waited, ended.code) == (1, 1), ended.err
    assert (row["status"], row["error_code"]) == ("failed", "left_open")
    assert [one["state"] for one in serving.world.ledger()["sessions"]] == ["closed"]
    assert ended.summary["found_again"] == 1
