"""The wires between the machine and the world: they delay, lose and cut, and nothing else is between the two."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from batchgen.files.interface import DownloadFailed
from batchgen.model.errors import NoReply, NotSent
from batchgen.model.exchange import Purpose, Reply, Request
from batchgen.sandbox import Answer, Call, Fate, Films, World

if TYPE_CHECKING:
    import random
    from collections.abc import AsyncIterator

    from tests.simulation.machine import Fuse

FILMS = Films(tiny=True)
PATIENCE = {Purpose.CREATE: 120.0}


@dataclass
class Wires:
    world: World
    chance: random.Random
    fuse: Fuse
    unsent: float = 0.0  #: How often a request cannot even leave.

    async def send(self, request: Request) -> Reply:
        """See heygen.interface.Api."""
        self.fuse.point(f"before {request.method} {request.path}")
        await asyncio.sleep(self.chance.uniform(0.001, 0.2))
        if self.chance.random() < self.unsent:
            raise NotSent("no route to host")
        self.fuse.point(f"leaving {request.method} {request.path}")
        answer = self.world.handle(_call(request))
        self.fuse.point(f"handled {request.method} {request.path}")
        await self._travel(answer, PATIENCE.get(request.purpose, 30.0))
        self.fuse.point(f"reply to {request.method} {request.path}, not stored")
        return Reply(status=answer.status, headers=answer.headers, body=answer.body)

    async def _travel(self, answer: Answer, patience: float) -> None:
        delay = answer.delay_s + self.chance.uniform(0.001, 0.3)
        if answer.fate is Fate.HANG or delay > patience:
            await asyncio.sleep(patience)
            raise NoReply("no reply in time")
        await asyncio.sleep(delay)
        if answer.fate in {Fate.LOST, Fate.CUT}:
            raise NoReply("the connection broke")


def _call(request: Request) -> Call:
    headers = {"x-api-key": "simulated", "host": "127.0.0.1"}
    if request.key is not None:
        headers["idempotency-key"] = request.key
    body = b"" if request.body is None else json.dumps(request.body).encode()
    return Call(request.method, request.path, dict(request.query), headers, body)


@dataclass
class _Stream:
    answer: Answer
    fuse: Fuse

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def headers(self) -> dict[str, str]:
        return {**self.answer.headers, "content-length": str(len(self.answer.body))}

    async def chunks(self) -> AsyncIterator[bytes]:
        cut = self.answer.fate is not Fate.DELIVER
        body = self.answer.body[: int(len(self.answer.body) * self.answer.cut_share)] if cut else self.answer.body
        for start in range(0, len(body), 1000):
            await asyncio.sleep(0.01)
            self.fuse.point("between two chunks")
            yield body[start : start + 1000]
        if cut:
            raise DownloadFailed("the transfer broke off", transient=True)


@dataclass
class Downloads:
    """See files.interface.Web."""

    world: World
    fuse: Fuse

    @asynccontextmanager
    async def open(self, url: str, *, start: int = 0, etag: str | None = None) -> AsyncIterator[_Stream]:
        self.fuse.point("before a download")
        await asyncio.sleep(0.05)
        parts = urlsplit(url)
        headers = {"host": parts.netloc}
        if start:
            headers |= {"range": f"bytes={start}-", "if-range": etag or ""}
        call = Call("GET", parts.path, dict(parse_qsl(parts.query)), headers)
        answer = self.world.handle(call)
        if answer.film is not None:
            answer = self.world.deliver(answer, call, FILMS.film(answer.film))
        if answer.fate is Fate.LOST:
            raise DownloadFailed("the connection broke", transient=True)
        yield _Stream(answer, self.fuse)
