"""Waits on this machine for the browser to come back from HeyGen with a code (RFC 8252, section 7.3)."""

from __future__ import annotations

import hmac
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, urlsplit

from batchgen.model.errors import CredentialsError, UsageError

if TYPE_CHECKING:
    from types import TracebackType

PATH = "/callback"

_PAGE = """<!doctype html><meta charset="utf-8"><title>batchgen</title>
<body style="font: 1.2em sans-serif; margin: 4em auto; max-width: 32em"><p>{}</p>"""


class Loopback:
    """A web server for one visit; a context manager. Visits that do not bring the right state are sent away."""

    def __init__(self, port: int = 0) -> None:
        self._state = ""
        self._came = threading.Event()
        self._query: dict[str, str] = {}
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        except OSError as error:
            raise UsageError(
                f"port {port} on this machine is taken ({error.strerror}). Choose another by --redirect-port.",
            ) from error
        self._server.daemon_threads = True
        self.redirect = f"http://127.0.0.1:{self._server.server_port}{PATH}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def expect(self, state: str) -> None:
        """Say what the browser has to bring back."""
        self._state = state

    def code(self, *, patience: float) -> str:
        """Wait for the code so many seconds. Raises ``CredentialsError`` where none comes."""
        ends = time.monotonic() + patience
        while not self._came.wait(0.2):  # In pieces, so that Ctrl-C is heard everywhere.
            if time.monotonic() > ends:
                raise CredentialsError(
                    f"Nobody came back from the browser within {patience / 60:.0f} minutes. Nothing was kept: log in "
                    "again, and open the link on this machine.",
                )
        if "code" in self._query:
            return self._query["code"]
        words = self._query.get("error_description") or self._query.get("error", "")
        raise CredentialsError(f"HeyGen did not let you in ({' '.join(words.split())[:200]}). Nothing was kept.")

    def _visit(self, target: str) -> tuple[int, str]:
        """Tell what to answer a visit, and take in what it brings."""
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path != PATH:
            return 404, "There is nothing here."
        if not self._state or not hmac.compare_digest(query.get("state", "").encode(), self._state.encode()):
            return 400, "This does not belong to the login that batchgen waits for."
        if not {"code", "error"} & query.keys():
            return 400, "This brings neither a code nor an error."
        self._query = self._query or query
        if "code" in self._query:
            return 200, "You are back from HeyGen. Close this page; batchgen goes on in its terminal."
        return 200, "HeyGen did not let batchgen in. Close this page; the terminal says why."

    def _answered(self) -> None:
        """Let the login go on: once it ends, so does this process, and nobody finishes a page that is half sent."""
        if self._query:
            self._came.set()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        visit, answered = self._visit, self._answered

        class Handler(BaseHTTPRequestHandler):
            """Answers one request."""

            timeout = 10

            def do_GET(self) -> None:
                """Answer a visit."""
                status, words = visit(self.path)
                page = _PAGE.format(words).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "text/html; charset=utf-8")
                    self.send_header("Content-Length", str(len(page)))
                    # The address holds the code: it goes to nobody else.
                    self.send_header("Referrer-Policy", "no-referrer")
                    self.send_header("Cache-Control", "no-store")
                    self.end_headers()
                    self.wfile.write(page)
                finally:
                    answered()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                """Say nothing: the address holds the code."""

        return Handler
