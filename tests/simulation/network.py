"""Downloads of real films on a machine whose power may go between any two chunks."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.files.interface import DownloadFailed
from batchgen.rehearsal.wires import download_call
from batchgen.sandbox import Answer, Fate, Films, World
from batchgen.sandbox.blob import Blob

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from batchgen.model.exchange import Upload
    from tests.simulation.machine import Fuse

FILMS = Films(tiny=True)


async def whole(upload: Upload) -> Blob:
    """Read a file as a real upload does, and give all of its bytes."""
    return Blob.of(b"".join([piece async for piece in upload.pieces()]))


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
        call = download_call(url, start=start, etag=etag)
        answer = self.world.handle(call)
        if answer.film is not None:
            answer = self.world.deliver(answer, call, FILMS.film(answer.film))
        if answer.fate is Fate.LOST:
            raise DownloadFailed("the connection broke", transient=True)
        yield _Stream(answer, self.fuse)
