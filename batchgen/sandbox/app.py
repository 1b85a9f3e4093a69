"""The world over HTTP: reads requests, waits as long as an answer says, and cuts connections where it says so.

It speaks ASGI itself where each request counts, and Starlette's responses where that reads better.
"""

import asyncio
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from batchgen.sandbox import hook_routes
from batchgen.sandbox.blob import Blob, Pouring
from batchgen.sandbox.films import Films
from batchgen.sandbox.wire import Answer, Call, Fate, Live
from batchgen.sandbox.world import World

if TYPE_CHECKING:
    from batchgen.sandbox.streams import Streams

_CHUNK = 256 * 1024  # bytes of a download at a time
_BODY_LIMIT = 64 * 1024 * 1024  # bytes of a request


class App:
    """The ASGI application of a world."""

    def __init__(self, world: World, films: Films | None = None) -> None:
        options = world.options
        self._world = world
        self._films = films or Films(tiny=options.films == "tiny", pad_to=options.film_bytes)
        self._announcer, self._stage = _Announcer(world), _Stage(world)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        blob = await _poured(receive) if _is_upload(scope) else None
        body = b"" if blob else await _body(receive)
        if body is None:
            await Response("Payload too large", 413)(scope, receive, send)
            return
        call = _call(scope, body, blob)
        if address := hook_routes.address_to_try(call):
            call.reached = await self._announcer.reaches(address)
        answer = self._world.handle(call)
        self._announcer.begin()
        if answer.live:
            answer = await self._stage.attend(answer, answer.live)
        if answer.film:
            answer = await _with_film(self._world, self._films, answer, call)
        await _send(answer, call, receive, send)

    async def close(self) -> None:
        """Hang up on every session."""
        await self._stage.close()


def create_app(world: World, films: Films | None = None) -> ASGIApp:
    """Make the ASGI application of a world."""
    return App(world, films)


class _Announcer:
    """Posts events, once there is anybody to post them to."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._task: asyncio.Task[None] | None = None

    async def reaches(self, address: str) -> bool:
        """Tell whether an address answers."""
        from batchgen.sandbox.announce import reaches  # noqa: PLC0415 - for those who want to be told

        return await reaches(address)

    def begin(self) -> None:
        """Post events from now on, if there is an endpoint and nobody does yet."""
        if self._task is None and self._world.studio.hooks.endpoints:
            from batchgen.sandbox.announce import announce  # noqa: PLC0415

            self._task = asyncio.create_task(announce(lambda: self._world.studio.hooks))


class _Stage:
    """Where sessions are seen and heard, once there is one."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._streams: Streams | None = None

    async def attend(self, answer: Answer, live: Live) -> Answer:
        """Do what an answer asks for."""
        if self._streams is None:
            from batchgen.sandbox.streams import Streams  # noqa: PLC0415 - for those who hold sessions

            self._streams = Streams(self._world)
        return await self._streams.attend(answer, live)

    async def close(self) -> None:
        """Hang up on everybody."""
        if self._streams is not None:
            await self._streams.close()


async def _body(receive: Receive) -> bytes | None:
    message = await receive()
    if not message.get("more_body"):
        return bytes(message.get("body", b""))
    parts, size = [], 0
    while True:
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > _BODY_LIMIT:
            return None
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()


def _is_upload(scope: Scope) -> bool:
    """Tell whether the body is a file as it is, which may be larger than anybody's memory."""
    path: str = scope["path"]
    return path == "/v1/asset" or (scope["method"] == "PUT" and path.startswith("/uploads/"))


async def _poured(receive: Receive) -> Blob:
    pouring = Pouring()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionAbortedError("The client cut its upload.")
        pouring.add(message.get("body", b""))
        if not message.get("more_body"):
            return pouring.blob()


def _call(scope: Scope, body: bytes, blob: Blob | None = None) -> Call:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query = scope["query_string"]
    asked = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else {}
    return Call(scope["method"], scope["path"], asked, headers, body, blob)


async def _with_film(world: World, films: Films, answer: Answer, call: Call) -> Answer:
    """Make the film in a thread: an encoder would hold up every other request."""
    spec = answer.film
    if spec is None:
        return answer
    content = films.kept(spec)
    if content is None:
        content = await asyncio.to_thread(films.film, spec)
    return world.deliver(answer, call, content)


async def _send(answer: Answer, call: Call, receive: Receive, send: Send) -> None:
    if answer.fate is Fate.HANG:
        await _wait_for_goodbye(receive, answer.delay_s)
        await _cut(receive)
        return
    if answer.delay_s:
        await asyncio.sleep(answer.delay_s)
    if answer.fate is Fate.LOST:
        await _cut(receive)
        return
    await send(_head(answer))
    body = b"" if call.method == "HEAD" else answer.body
    if answer.fate is Fate.CUT:
        await _pour(body[: int(len(body) * answer.cut_share)], send, more=True)
        # What was sent so far must leave before the connection breaks, or nothing of it arrives.
        await asyncio.sleep(0.05)
        await _cut(receive)
        return
    if len(body) <= _CHUNK:
        await send({"type": "http.response.body", "body": body})
        return
    await _pour(body, send, more=False)


def _head(answer: Answer) -> MutableMapping[str, Any]:
    headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    return {"type": "http.response.start", "status": answer.status, "headers": headers}


async def _pour(body: bytes, send: Send, *, more: bool) -> None:
    for start in range(0, len(body), _CHUNK):
        part = body[start : start + _CHUNK]
        last = start + _CHUNK >= len(body)
        await send({"type": "http.response.body", "body": part, "more_body": more or not last})


async def _wait_for_goodbye(receive: Receive, seconds: float) -> None:
    """Wait until the client gives up, or until the time is over."""
    try:
        await asyncio.wait_for(receive(), seconds)
    except TimeoutError:
        return


async def _cut(receive: Receive) -> None:
    """Cut the connection without another byte.

    ASGI has no word for this. Uvicorn's `receive` is a method of the request's cycle, which holds the transport; where
    there is none, an error says to the server or test client that no reply will come.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionAbortedError("The sandbox cut this connection on purpose.")
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
