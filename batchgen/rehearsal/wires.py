"""The wires between a machine and a world: they delay, lose and cut, and nothing else is between the two."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from batchgen.model.errors import NoReply, NotSent
from batchgen.model.exchange import Purpose, Reply, Request
from batchgen.sandbox import Call, Fate
from batchgen.sandbox.blob import Blob

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable

    from batchgen.model.exchange import Upload
    from batchgen.sandbox import Answer, World

#: Seconds that a reply is waited for. See ``heygen.client``.
PATIENCE_S = 30.0

#: What a line takes away in a second, in bytes: ten megabits.
UP_BYTES_A_SECOND = 1_250_000
#: How files of these types begin.
_HEADS = {
    "video/mp4": b"\0\0\0\x18ftypmp42",
    "video/webm": b"\x1aE\xdf\xa3",
    "image/png": b"\x89PNG",
    "image/jpeg": b"\xff\xd8\xff",
    "audio/mpeg": b"ID3",
    "audio/wav": b"RIFF",
    "application/x-subrip": b"1\n00:00:00,000 --> 00:00:01,000",
}


def pass_by(moment: str) -> None:
    """Let a moment pass at which nothing happens."""


async def announced(upload: Upload) -> Blob:
    """Give what arrives of an upload, after the time that it takes: what was announced, of which no byte is read."""
    await asyncio.sleep(upload.size / UP_BYTES_A_SECOND)
    return Blob(size=upload.size, sha256=upload.sha256, head=_HEADS.get(upload.media_type, b""), content=None)


@dataclass
class Wires:
    """See ``heygen.interface.Api``."""

    world: World
    chance: random.Random
    unsent: float = 0.0  #: How often a request cannot even leave.
    write_timeout: float = 120.0  #: Seconds that a reply to a paid request is waited for.
    moment: Callable[[str], None] = pass_by  #: Told of each moment at which a crash could matter.
    pour: Callable[[Upload], Awaitable[Blob]] = announced  #: Gives what arrives of an upload.

    async def send(self, request: Request) -> Reply:
        """See Api.send."""
        name = f"{request.method} {request.path}"
        self.moment(f"before {name}")
        await asyncio.sleep(self.chance.uniform(0.001, 0.2))
        if self.chance.random() < self.unsent:
            raise NotSent("no route to host")
        blob = None if request.upload is None else await self.pour(request.upload)
        self.moment(f"leaving {name}")
        answer = self.world.handle(_call(request, blob))
        self.moment(f"handled {name}")
        await self._travel(answer, self.write_timeout if request.purpose is Purpose.CREATE else PATIENCE_S)
        self.moment(f"reply to {name}, not stored")
        return Reply(status=answer.status, headers=answer.headers, body=answer.body)

    async def _travel(self, answer: Answer, patience: float) -> None:
        delay = answer.delay_s + self.chance.uniform(0.001, 0.3)
        if answer.fate is Fate.HANG or delay > patience:
            await asyncio.sleep(patience)
            raise NoReply("no reply in time")
        await asyncio.sleep(delay)
        if answer.fate in {Fate.LOST, Fate.CUT}:
            raise NoReply("the connection broke")


def _call(request: Request, blob: Blob | None = None) -> Call:
    headers = {"x-api-key": "rehearsed", "host": "127.0.0.1"}
    if request.key is not None:
        headers["idempotency-key"] = request.key
    if request.upload is not None:
        headers["content-type"] = request.upload.media_type
    body = b"" if request.body is None else json.dumps(request.body).encode()
    return Call(request.method, request.path, dict(request.query), headers, body, blob)


def download_call(url: str, *, start: int = 0, etag: str | None = None) -> Call:
    """Give the call that asks a world for a file, from byte ``start`` if it still has ``etag``."""
    parts = urlsplit(url)
    headers = {"host": parts.netloc}
    if start:
        headers |= {"range": f"bytes={start}-", "if-range": etag or ""}
    return Call("GET", parts.path, dict(parse_qsl(parts.query)), headers)
