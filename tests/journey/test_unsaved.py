"""Videos that are made, and that nobody hands out."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

import batchgen
from batchgen.pipeline.fetching import fetch
from batchgen.sandbox import links


@pytest.fixture
def answer():
    """What the file host says: no film."""
    return 416


@pytest.fixture
def no_films(answer):
    """Serve a file host that answers each request for a film in the same way."""

    class Host(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(answer)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_video_that_cannot_be_saved_is_not_said_to_be_rendering(desk, heygen, no_films, monkeypatch):
    heygen()
    monkeypatch.setattr(links, "sign", lambda _, name, **__: f"{no_films}/files/{name}")
    desk.videos(1)

    told = desk.run("people.jsonl")
    ended = desk.batchgen("run", "people.jsonl")

    assert (told.code, ended.code) == (4, 4)
    assert (told.summary["rendering"], told.summary["unsaved"]) == (1, 1)
    assert "0 of 1 video is done, 1 not saved." in ended.out
    assert "goes on with the videos that are made and not saved, at no cost." in ended.out
    assert "not saved in this run, row 1: The server that has the video answered with HTTP 416." in ended.err
    assert "is tried again" not in ended.err


@pytest.mark.parametrize("answer", [403])
def test_links_that_something_on_the_way_forbids_are_told_with_the_reason(desk, heygen, no_films, monkeypatch):
    heygen()
    monkeypatch.setattr(links, "sign", lambda _, name, **__: f"{no_films}/files/{name}")
    monkeypatch.setattr(fetch, "TRIES", 2)
    for name, value in desk.env.items():
        monkeypatch.setenv(name, value)

    ended = batchgen.run(desk.videos(1), state=desk.folder / "state" / "batchgen.db", poll_interval=0.2)

    assert (ended.exit_code, ended.summary.unsaved) == (4, 1)
    (row,) = desk.results("people_results.csv")
    assert (row["status"], row["error_code"]) == ("rendered", "download_failed")
    assert row["error"].endswith("a proxy or a firewall may forbid them. `batchgen doctor` looks at the network.")
