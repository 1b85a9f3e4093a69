"""A server that asks for patience: what waits says so at once, and nobody waits for what is not worth it."""

import signal
import socket
import time

import pytest

from batchgen.assembly import account
from batchgen.sandbox import Answer

HOUR = 3600.0


def test_a_run_that_is_told_to_wait_at_its_very_first_request_says_so_and_until_when(desk, heygen):
    serving = heygen(get_429=1.0, retry_after=HOUR)
    desk.videos(2)

    process = desk.start("run", "people.jsonl")
    desk.until(lambda: serving.world.ledger()["throttled"], process)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    ended = desk.end(process)

    assert ended.err.startswith("waiting 60 min, until "), ended.err


@pytest.mark.parametrize(
    "words",
    [["run", "people.jsonl"], ["plan", "people.jsonl", "--online"], ["whoami"], ["quota"], ["list", "voices"]],
    ids=" ".join,
)
def test_a_server_that_never_answers_the_first_question_is_said_to_be_waited_for(desk, words):
    desk.videos(2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        desk.env |= {"HEYGEN_API_BASE": f"http://127.0.0.1:{mute.getsockname()[1]}", "HEYGEN_API_KEY": "any"}
        process = desk.start(*words)
        connection, _ = mute.accept()
        with connection:
            time.sleep(account.SILENT_S + 1)
            process.send_signal(signal.SIGINT)
            ended = desk.end(process)

    assert ended.err.startswith("HeyGen was asked what the account has left, and has not answered for "), ended.err
    assert ended.code == 130


def test_a_list_that_does_not_come_is_said_to_be_waited_for(desk, heygen, monkeypatch):
    serving = heygen()
    handle = serving.world.handle

    def dawdling(call):
        if "voices" in call.path:
            time.sleep(account.SILENT_S + 1)
        return handle(call)

    monkeypatch.setattr(serving.world, "handle", dawdling)

    ended = desk.batchgen("list", "voices")

    assert ended.code == 0, ended.said
    assert "HeyGen was asked for its voices, and has not answered for 5 s: it is waited for." in ended.err


def test_a_question_is_not_waited_for_by_the_hour(desk, heygen):
    heygen(get_429=1.0, retry_after=HOUR)
    desk.videos(2)

    for words in (["quota"], ["whoami"], ["list", "voices"], ["plan", "people.jsonl", "--online"]):
        ended = desk.batchgen(*words)

        assert ended.code == 3, ended.said
        assert "takes no more requests of this account for 60 min" in ended.err, ended.err


def test_a_run_that_has_ended_does_not_wait_to_learn_what_was_charged(desk, heygen, monkeypatch):
    serving = heygen()
    desk.videos(2)
    answer, asked = serving.world.handle, []

    def once(call, *more):
        if call.path == "/v3/users/me":
            asked.append(call)
            if len(asked) > 1:
                return Answer(
                    429, b'{"error": {"code": "rate_limited", "message": "Slow down"}}', {"retry-after": "3600"}
                )
        return answer(call, *more)

    monkeypatch.setattr(serving.world, "handle", once)

    ended = desk.run("people.jsonl")

    assert ended.code == 0, ended.said
    assert len(asked) == 2
    assert ended.summary["done"] == 2


@pytest.mark.parametrize("words", [("refresh",), ("verify", "--repair")], ids=" ".join)
def test_who_asks_for_done_videos_again_is_told_once_that_the_server_is_waited_for(desk, heygen, monkeypatch, words):
    serving = heygen()
    desk.videos(4)
    assert desk.run("people.jsonl").code == 0
    for row in desk.results("people_results.csv"):
        (desk.folder / row["file"]).unlink()
    answer, refused = serving.world.handle, []

    def busy(call, *more):
        if call.path.startswith("/v3/videos"):
            refused.append(call)
            return Answer(429, b'{"error": {"code": "rate_limited", "message": "Slow down"}}', {"retry-after": "3600"})
        return answer(call, *more)

    monkeypatch.setattr(serving.world, "handle", busy)

    asking = desk.start(*words)
    desk.until(lambda: refused, asking)
    time.sleep(0.5)
    asking.send_signal(signal.SIGINT)
    ended = desk.end(asking)

    assert ended.code == 130
    assert ended.err.count("waiting 60 min, until ") == 1
