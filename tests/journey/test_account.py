"""The key, the address and the credit: each trouble is a sentence and an exit code, and nothing is sent."""

import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import pytest

from tests.journey.conftest import KEY, check_books


def test_without_a_key_it_says_where_to_put_one(desk):
    desk.videos(1)

    ended = desk.run("people.jsonl")

    assert ended.code == 3
    assert "HEYGEN_API_KEY" in ended.err
    assert "--sandbox" in ended.err


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_a_wrong_key_is_refused_before_anything_is_sent(desk, heygen, api):
    serving = heygen()
    desk.videos(2)

    ended = desk.run("people.jsonl", "--api", api, HEYGEN_API_KEY="bad" + KEY)

    assert ended.code == 3
    assert "HEYGEN_API_KEY" in ended.err
    assert serving.world.ledger()["requests"]["create"] == 0


def test_a_port_that_nobody_serves_ends_soon_with_a_sentence(desk):
    desk.videos(1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.monotonic()

    ended = desk.run("people.jsonl", HEYGEN_API_KEY=KEY, HEYGEN_API_BASE=f"http://127.0.0.1:{port}")

    assert ended.code == 3
    assert time.monotonic() - began < 20
    assert "cannot be reached" in ended.err
    assert "nothing was sent" in ended.err


def test_a_host_that_does_not_exist_ends_soon_with_a_sentence(desk):
    desk.videos(1)
    began = time.monotonic()

    ended = desk.run("people.jsonl", HEYGEN_API_KEY=KEY, HEYGEN_API_BASE="https://no-such-host.invalid")

    assert ended.code == 3
    assert time.monotonic() - began < 30
    assert "no-such-host.invalid" in ended.err


class _Portal(BaseHTTPRequestHandler):
    """What a network answers in the place of whatever was asked for, until somebody logs in."""

    asked: ClassVar[list[str]] = []

    def do_GET(self):
        self.asked.append(self.command)
        self.send_response(self.server.answer)
        if self.server.answer == 302:
            self.send_header("Location", "http://login.example/?from=here")
        self.end_headers()
        self.wfile.write(b"<html><h1>Please log in</h1></html>")

    do_POST = do_GET  # noqa: N815 - the library's name

    def log_message(self, *_):
        """Say nothing."""


@pytest.mark.parametrize("api", ["v3", "v2"])
@pytest.mark.parametrize(("answer", "told"), [(200, "Please log in"), (302, "login.example")])
def test_a_portal_in_the_place_of_the_api_is_told_and_given_no_row(desk, api, answer, told):
    desk.videos(2)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Portal) as portal:
        portal.answer, portal.RequestHandlerClass.asked[:] = answer, []
        Thread(target=portal.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{portal.server_port}"
        ended = desk.run("people.jsonl", "--api", api, HEYGEN_API_KEY=KEY, HEYGEN_API_BASE=address)
        portal.shutdown()

    assert ended.code == 3
    assert told in ended.err
    assert "nothing was sent" in ended.err
    assert set(_Portal.asked) == {"GET"}


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_out_of_credit_it_pauses_and_goes_on_when_there_is_more(desk, heygen, api, tmp_path_factory):
    journal = tmp_path_factory.mktemp("sandbox") / "journal"
    poor = heygen(options={"credits": 0.5, "concurrency": 2}, journal=journal)
    port = int(poor.url.rpartition(":")[2])
    desk.videos(20)

    paused = desk.run("people.jsonl", "--api", api, "--concurrency", "2")
    accepted = len(poor.world.ledger()["jobs"])
    poor.__exit__(None, None, None)
    rich = heygen(options={"credits": 1000.0}, journal=journal, port=port)
    ended = desk.run("people.jsonl", "--api", api)

    assert paused.code == 5, paused.said
    assert "credit" in paused.err
    assert 0 < accepted < 20
    assert paused.summary["done"] == accepted, "what was paid for is still fetched"
    assert paused.summary["planned"] == 20 - accepted
    assert ended.code == 0, ended.err
    check_books(desk, rich.world.ledger(), desk.results("people_results.csv"))
