"""A small HTTP server that hands what is posted to it to a gate, and answers the question whether it is there.

HeyGen's documents: before an address is taken, it has to answer an OPTIONS within a second. Which path it is asked at
is the tunnel's business, so every path is ours; what counts is the signature.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

from aiohttp import web

from batchgen.model.errors import ConfigError
from batchgen.model.webhook import Verdict
from batchgen.webhook.guests import BACKLOG, IDLE_S, Guests

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from aiohttp.web_protocol import RequestHandler

#: Bytes that an event has at the most. They are some hundred long.
LONGEST = 256 * 1024

#: Seconds in which an event's body has to arrive.
BODY_S = 10.0

#: Whatever strangers send to a public address, it must not be told on a person's screen.
_QUIET = logging.getLogger("batchgen.webhook")
_QUIET.setLevel(logging.CRITICAL + 1)

#: What each arrival is answered. A double is taken, or it would come a third time.
_STATUS = {
    Verdict.HEARD: 200,
    Verdict.DOUBLE: 200,
    Verdict.UNSIGNED: 401,
    Verdict.FORGED: 401,
    Verdict.STALE: 401,
    Verdict.UNREADABLE: 400,
    Verdict.CLOSED: 503,
}


@asynccontextmanager
async def listening(
    host: str,
    port: int,
    receive: Callable[[Mapping[str, str], bytes], Verdict],
    *,
    asked: Callable[[], object] = lambda: None,
    idle_s: float = IDLE_S,
) -> AsyncIterator[int]:
    """Listen for as long as it is needed; give the port. Raises ``ConfigError`` where it cannot be listened at.

    ``asked`` is called whenever somebody asks whether it is there. A connection that says nothing is closed after
    ``idle_s``.
    """

    async def handle(request: web.Request) -> web.Response:
        guests.hear(request.protocol)
        try:
            return await answer(request)
        finally:
            guests.hear(request.protocol)

    async def answer(request: web.Request) -> web.Response:
        match request.method:
            case "OPTIONS":
                asked()
                return web.Response(status=204, headers={"Allow": "OPTIONS, POST"})
            case "POST":
                headers = {name.lower(): value for name, value in request.headers.items()}
                async with asyncio.timeout(BODY_S):
                    body = await request.read()
                verdict = receive(headers, body)
                return web.Response(status=_STATUS[verdict], text=f"{verdict}\n")
            case _:
                return web.Response(status=405, headers={"Allow": "OPTIONS, POST"}, text="Events are posted here.\n")

    app = web.Application(client_max_size=LONGEST)
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, logger=_QUIET, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    guests = Guests(cast("web.Server", runner.server), idle_s=idle_s)
    watching = asyncio.create_task(guests.watch())
    try:
        async with _open_door(guests, host, port) as bound:
            yield bound
    finally:
        watching.cancel()
        await runner.cleanup()


@asynccontextmanager
async def _open_door(guests: Guests[RequestHandler], host: str, port: int) -> AsyncIterator[int]:
    """Take connections; give the port. See ``listening``."""
    try:
        server = await asyncio.get_running_loop().create_server(guests, host, port, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"--listen {host}:{port}: this cannot be listened at ({reason}). Choose another.") from error
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
