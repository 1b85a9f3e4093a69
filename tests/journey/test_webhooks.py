"""Ends that are told by webhooks, through the real command and real sockets: taken up, turned away, or made up for."""

from __future__ import annotations

import json
import signal
import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from batchgen.assembly.hearing import Ear
from batchgen.sandbox import studio
from batchgen.sandbox.job import Failure
from tests.journey.conftest import check_books


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def ear(desk):
    """The words that make a command listen; whatever it leaves behind holds no signing secret."""
    port = free_port()
    yield ("--webhook", f"http://127.0.0.1:{port}/hook", "--listen", f"127.0.0.1:{port}")
    assert b"whsec_" not in desk.everything_left(), "a signing secret was told"


def endpoints(serving) -> int:
    return serving.world.ledger()["webhooks"]["endpoints"]


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_where_webhooks_arrive_no_status_is_asked_for(desk, heygen, ear, api):
    serving = heygen()
    desk.videos(30)

    ended = desk.run("people.jsonl", "--api", api, *ear)

    assert ended.code == 0, ended.said
    assert ended.summary["requests"]["status"] == 0
    assert serving.world.ledger()["requests"]["status"] == 0
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))
    assert all(float(row["duration_s"]) > 0 for row in desk.results("people_results.csv"))
    assert endpoints(serving) == 0


def test_translations_of_a_batch_are_known_by_their_token(desk, heygen, ear):
    serving = heygen()
    desk.translations(40)

    ended = desk.run("library.jsonl", *ear)

    assert ended.code == 0, ended.said
    assert serving.world.ledger()["requests"]["status"] == 0
    check_books(desk, serving.world.ledger(), desk.results("library_results.csv"))


def test_where_they_never_arrive_the_run_ends_by_polling(desk, heygen, ear):
    serving = heygen(webhook_never=1.0)
    desk.videos(10)

    ended = desk.run("people.jsonl", *ear, "--webhook-patience", "1")

    assert ended.code == 0, ended.said
    assert "no webhook tells of it" in ended.err
    assert ended.summary["requests"]["status"] > 0
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))


def test_what_is_forged_doubled_replayed_late_and_out_of_order_changes_nothing(desk, heygen, ear):
    serving = heygen(
        webhook_forged=1.0, webhook_twice=0.5, webhook_replayed=0.5, webhook_late=0.3, webhook_shuffled=0.5,
        webhook_late_s=1.0,
    )  # fmt: skip
    desk.videos(20)

    ended = desk.run("people.jsonl", *ear)

    assert ended.code == 0, ended.said
    assert "turned away: forged" in ended.err
    assert serving.world.ledger()["requests"]["status"] == 0
    assert serving.world.ledger()["webhooks"]["turned_away"] >= 20
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))


def test_an_account_whose_videos_are_told_to_fail_for_want_of_credit_stops_the_run(desk, heygen, ear, monkeypatch):
    broke = Failure(number=1, code="x", message="Insufficient credit.", detail="")
    monkeypatch.setattr(studio, "VIDEO_FAILURES", (broke,))
    serving = heygen(options={"concurrency": 2}, failed=1.0)
    desk.videos(30)

    ended = desk.run("people.jsonl", "--batch", "never", *ear)

    assert ended.code == 5, ended.said
    assert "out of credit" in ended.summary["stopped"]
    assert serving.world.ledger()["requests"]["status"] == 0
    assert serving.world.ledger()["accepted"] < 30


def test_a_clock_that_makes_events_stale_is_named_whatever_else_was_turned_away(desk, heygen, ear):
    heygen(options={"render": (1.0, 1.0), "concurrency": 1}, webhook_forged=1.0, webhook_replayed=1.0)
    desk.videos(4)

    ended = desk.run("people.jsonl", *ear)

    assert ended.code == 0, ended.said
    assert "turned away: forged." in ended.err
    assert "more than five minutes from this machine's clock" in ended.err


def test_what_anybody_may_post_changes_nothing(desk, heygen, ear):
    serving = heygen(options={"render": (3.0, 3.0)}, webhook_never=1.0)
    desk.videos(2)
    running = desk.start("run", "people.jsonl", "--poll-interval", "0.5", *ear, "--webhook-patience", "0.5")
    desk.until(lambda: len(serving.world.studio.everything) == 2, running)
    url = ear[1]
    lie = {"event_type": "avatar_video.fail", "event_data": {"video_id": serving.world.studio.everything[0].id}}

    said = [
        httpx.post(url, json=lie),
        httpx.post(url, json=lie, headers={"Heygen-Signature": "0" * 64, "Heygen-Timestamp": f"{time.time():.0f}"}),
        httpx.post(url, content=b"\xff" * 1000, headers={"Heygen-Signature": "\xfc".encode("latin-1")}),
        httpx.post(url, content=b"x" * 2**20),
        httpx.get(url),
        httpx.options(url),
    ]

    ended = desk.end(running)
    assert [one.status_code for one in said] == [401, 401, 401, 413, 405, 204]
    assert ended.code == 0, ended.said
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_takes_its_endpoint_away(desk, heygen, ear, number):
    serving = heygen(options={"render": (60.0, 60.0)})
    desk.videos(2)
    running = desk.start("run", "people.jsonl", *ear)
    desk.until(lambda: endpoints(serving) == 1 and len(serving.world.studio.everything) == 2, running)

    running.send_signal(number)

    assert desk.end(running).code == 130
    assert endpoints(serving) == 0


def test_an_endpoint_that_a_crash_left_is_removed_by_the_next_run(desk, heygen, ear):
    serving = heygen(options={"render": (2.0, 2.0)})
    desk.videos(2)
    running = desk.start("run", "people.jsonl", *ear)
    desk.until(lambda: len(serving.world.studio.everything) == 2, running)
    running.kill()
    running.communicate()
    desk.running.remove(running)
    assert endpoints(serving) == 1

    ended = desk.run("people.jsonl")

    assert ended.code == 0, ended.said
    assert endpoints(serving) == 0
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))


def test_a_registration_whose_reply_is_lost_leaves_nothing(desk, heygen, ear):
    serving = heygen(options={"seed": 3}, get_lost=0.3)
    desk.videos(3)

    ended = desk.run("people.jsonl", *ear)

    assert ended.code in {0, 3}, ended.said
    assert endpoints(serving) == 0 or ended.code == 3


def test_an_address_that_does_not_lead_here_stops_before_anything_is_sent(desk, heygen):
    serving = heygen()
    desk.videos(2)

    ended = desk.run(
        "people.jsonl", "--webhook", f"http://127.0.0.1:{free_port()}/hook", "--listen", f"127.0.0.1:{free_port()}"
    )

    assert ended.code == 3
    assert "OPTIONS" in ended.err
    assert "Nothing was sent" in ended.err
    assert serving.world.ledger()["accepted"] == 0
    assert endpoints(serving) == 0


def test_a_port_that_is_taken_is_told(desk, heygen):
    heygen()
    desk.videos(1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = desk.run("people.jsonl", "--webhook", f"http://127.0.0.1:{port}/x", "--listen", f"127.0.0.1:{port}")

    assert ended.code == 3
    assert f"--listen 127.0.0.1:{port}" in ended.err


class SomethingElse(BaseHTTPRequestHandler):
    """A server that takes whatever comes."""

    def do_OPTIONS(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def test_alone_it_tells_when_something_else_answers_at_the_address(desk, heygen, ear):
    serving = heygen()
    with ThreadingHTTPServer(("127.0.0.1", 0), SomethingElse) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{other.server_port}/hook"

        listening = desk.start("webhook", "--webhook", url, *ear[2:])
        desk.until(lambda: endpoints(serving) == 1, listening)
        listening.send_signal(signal.SIGINT)
        ended = desk.end(listening)
        other.shutdown()

    assert ended.code == 0
    assert "something else answered it" in ended.err
    assert "leads to" not in ended.err
    assert endpoints(serving) == 0


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_alone_it_prints_what_arrives_and_takes_its_endpoint_away(desk, heygen, ear, api):
    serving = heygen(webhook_forged=1.0)
    desk.videos(3)
    listening = desk.start("webhook", *ear, "--api", api, "--json")
    desk.until(lambda: endpoints(serving) == 1, listening)

    made = desk.run("people.jsonl")
    desk.until(lambda: serving.world.ledger()["webhooks"].get("taken", 0) == 3, listening)
    listening.send_signal(signal.SIGINT)

    ended = desk.end(listening)
    events = [json.loads(line) for line in ended.out.splitlines()]
    assert (made.code, ended.code) == (0, 0)
    assert {event["id"] for event in events} == {job["id"] for job in serving.world.ledger()["jobs"]}
    assert {event["event"] for event in events} == {"avatar_video.success"}
    assert all(event["url"] and event["row"] for event in events)
    assert "3 events were heard, 3 turned away" in ended.err
    assert endpoints(serving) == 0


def test_where_is_listened_is_told_as_it_is_written():
    assert [str(Ear.read("https://public.example", at)) for at in ("[::1]:8080", "localhost:80")] == [
        "[::1]:8080",
        "localhost:80",
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--webhook", "http://public.example/hook"), "https://"),
        (("--webhook", "public.example"), "no public address"),
        (("--webhook", "https://u:p@public.example"), "no public address"),
        (("--webhook", "https://public.example", "--listen", "8080"), "a port"),
        (("--webhook", "https://public.example", "--listen", "127.0.0.1:0"), "a port"),
        (("--webhook", "https://public.example", "--no-wait"), "--no-wait"),
        (("--listen", "127.0.0.1:1"), "--webhook"),
    ],
)
def test_what_cannot_be_meant_is_told_before_anything_is_done(desk, heygen, words, told):
    heygen()
    desk.videos(1)

    ended = desk.run("people.jsonl", *words)

    assert ended.code == 2
    assert told in ended.err
