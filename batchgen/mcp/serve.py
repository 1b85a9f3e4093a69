"""Serves the tools: over standard input and output, or over HTTP on this machine, where a token is asked for.

Rule: under standard input and output, the output belongs to the protocol. Whatever else is said goes to standard error.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import socket
import sys
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from threading import Thread
from typing import TYPE_CHECKING, Any, Self, cast

import anyio
import uvicorn
from mcp.server.stdio import stdio_server

from batchgen.mcp.office import Office
from batchgen.mcp.tools import make_server
from batchgen.model.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, MutableMapping

    from batchgen.mcp.place import Place

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: The only address that is listened at: what can spend money is no server for a network.
HOST = "127.0.0.1"
#: Where on it.
PATH = "/mcp"
#: Seconds that open connections are given at the end.
_GRACE_S = 2


def serve_stdio(place: Place) -> None:
    """Serve until standard input ends."""
    asyncio.run(_stdio(place))


async def _stdio(place: Place) -> None:
    office = Office(place)
    server = make_server(office)._mcp_server  # noqa: SLF001 - the SDK has no public way to give it a stream
    with _own_output() as output:
        try:
            lines = cast("anyio.AsyncFile[str]", Lines(asyncio.get_running_loop()))
            async with stdio_server(stdin=lines, stdout=anyio.wrap_file(output)) as (incoming, outgoing):
                await server.run(incoming, outgoing, server.create_initialization_options())
        finally:
            await office.close()


class Lines:
    """The lines of standard input, read by a thread that can be left behind.

    The SDK's own reader holds up the end of the server until one more line comes, so that Ctrl-C would do nothing.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to read."""
        self._loop = loop
        self._lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        Thread(target=self._read, name="batchgen-mcp-input", daemon=True).start()

    def __aiter__(self) -> Self:
        """Give every line, in order."""
        return self

    async def __anext__(self) -> str:
        """Wait for the next line."""
        line = await self._lines.get()
        if line is None:
            raise StopAsyncIteration
        return line.decode("utf-8", "replace")

    def _read(self) -> None:
        rest = b""
        with suppress(RuntimeError):  # The loop has ended, and nobody waits.
            while chunk := self._chunk():
                *whole, rest = (rest + chunk).split(b"\n")
                for line in whole:
                    self._hand(line)
            self._hand(rest or None)
            self._hand(None)

    def _chunk(self) -> bytes:
        try:
            # Not through sys.stdin, whose lock a thread that is left behind would keep at the end of the process.
            return os.read(0, 2**16)
        except OSError:  # The terminal has gone.
            return b""

    def _hand(self, line: bytes | None) -> None:
        self._loop.call_soon_threadsafe(self._lines.put_nowait, line)


@contextmanager
def _own_output() -> Iterator[TextIOWrapper]:
    """Take standard output for the protocol alone; what this process or its children print goes to standard error."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with suppress(BrokenPipeError), os.fdopen(os.dup(kept), "wb") as raw:
            yield TextIOWrapper(raw, encoding="utf-8", write_through=True)
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def serve_http(place: Place, *, port: int, token: str, ready: Callable[[str], None]) -> None:
    """Serve on this machine until a signal comes; ``ready`` is told the address. Raises ``ConfigError``."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except OSError as error:
            raise ConfigError(f"Port {port} cannot be served ({error.strerror}). Choose another by --port.") from error
        listening.listen()
        with suppress(KeyboardInterrupt):
            asyncio.run(_http(place, listening, token, ready))


async def _http(place: Place, listening: socket.socket, token: str, ready: Callable[[str], None]) -> None:
    office = Office(place)
    app = Guard(make_server(office).streamable_http_app(), token)
    settings = uvicorn.Config(app, log_level="critical", access_log=False, timeout_graceful_shutdown=_GRACE_S)
    ready(f"http://{HOST}:{listening.getsockname()[1]}{PATH}")
    try:
        await uvicorn.Server(settings).serve(sockets=[listening])
    finally:
        await office.close()


class Guard:
    """Lets those through who have the token. Others are not told whether there is anything behind it."""

    def __init__(self, app: App, token: str) -> None:
        """Guard an ASGI application."""
        self._app, self._wanted = app, f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, self._wanted):
                headers = [(b"www-authenticate", b"Bearer"), (b"content-type", b"text/plain")]
                await send({"type": "http.response.start", "status": 401, "headers": headers})
                await send({"type": "http.response.body", "body": b"This server wants its token.\n"})
                return
        await self._app(scope, receive, send)
