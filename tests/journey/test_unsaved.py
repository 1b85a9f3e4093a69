"""Videos that are made, and that nobody hands out."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from batchgen.sandbox import links


@pytest.fixture
def no_films():
    """Serve a file host that answers each request for a film with 416."""

    class Host(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(416)

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
