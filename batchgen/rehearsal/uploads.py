"""Uploads that are counted and timed, and for which no file is read: a rehearsal moves no bytes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from batchgen.files.interface import PutReply
from batchgen.model.errors import NoReply
from batchgen.rehearsal.wires import announced, pass_by
from batchgen.sandbox import Call, Fate

if TYPE_CHECKING:
    import random
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from batchgen.model.exchange import Upload
    from batchgen.model.media import LocalFile
    from batchgen.sandbox import World
    from batchgen.sandbox.blob import Blob


@dataclass
class Puts:
    """See ``files.interface.Put``."""

    world: World
    chance: random.Random
    moment: Callable[[str], None] = pass_by  #: Told of each moment at which a crash could matter.
    pour: Callable[[Upload], Awaitable[Blob]] = announced

    async def __call__(self, url: str, *, headers: Mapping[str, str], upload: Upload) -> PutReply:
        """See Put."""
        self.moment("before a put")
        await asyncio.sleep(self.chance.uniform(0.001, 0.2))
        blob = await self.pour(upload)
        self.moment("leaving a put")
        parts = urlsplit(url)
        sent = {name.lower(): value for name, value in headers.items()} | {"host": parts.netloc}
        answer = self.world.handle(Call("PUT", parts.path, dict(parse_qsl(parts.query)), sent, blob=blob))
        self.moment("handled a put")
        await asyncio.sleep(answer.delay_s + self.chance.uniform(0.001, 0.3))
        if answer.fate is not Fate.DELIVER:
            raise NoReply("the connection broke")
        self.moment("reply to a put, not stored")
        return PutReply(status=answer.status, text=answer.body.decode())


async def unread(file: LocalFile, sent: Callable[[int], None]) -> AsyncIterator[bytes]:
    """Stand in for reading a file: nobody asks for its bytes."""
    sent(file.size)
    return
    yield b""


async def is_same(world: World, url: str, file: LocalFile) -> bool:
    """Tell whether a link leads to an upload of this file, by what the world knows of it."""
    asset = world.studio.assets.get(url.rpartition("/")[2])
    return asset is not None and asset.sha256 == file.sha256
