"""The loop that downloads are made in: one of its own, in a thread of its own.

Rule: whatever waits for the disk waits here. So a video can be written where it is read, and is not handed from thread
to thread; and a disk that hangs holds up downloads, and no request that is paid for.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from batchgen.files import memory
from batchgen.files.download import download
from batchgen.files.interface import LIMIT_BYTES
from batchgen.files.web import HttpWeb, client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from batchgen.files.interface import Download, SavedFile


@asynccontextmanager
async def downloads(*, read_timeout: float = 60) -> AsyncIterator[Download]:
    """Open a loop for downloads. At its end, what is under way is left so that another time can go on from there.

    ``read_timeout``: seconds of silence after which a transfer has failed.
    """
    apart, here = _Apart(), asyncio.get_running_loop()
    with ThreadPoolExecutor(1, thread_name_prefix="downloads") as thread:
        life = here.run_in_executor(thread, apart.live, read_timeout)
        try:
            # Shielded: who gives up waiting for the loop does not take its opening back, which is under way.
            await asyncio.shield(asyncio.wrap_future(apart.opened))
            yield apart.download
        finally:
            apart.end()
            await life


class _Apart:
    def __init__(self) -> None:
        self.opened = Future[None]()
        self._loop: asyncio.AbstractEventLoop
        self._ended: asyncio.Event
        self._save: Download

    def live(self, read_timeout: float) -> None:
        """Make downloads until the end is told. Called in the thread that is theirs."""
        try:
            with asyncio.Runner() as runner:
                runner.run(self._live(read_timeout))
        except BaseException as error:
            if self.opened.done():
                raise
            self.opened.set_exception(error)  # No descriptor for another loop, say.

    async def _live(self, read_timeout: float) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        async with client(read_timeout=read_timeout) as http:
            self._save = partial(download, HttpWeb(http), turn=asyncio.Lock())
            self.opened.set_result(None)
            await self._ended.wait()
            # Each notes how far it came, and its connection is still open then.
            under_way = asyncio.all_tasks() - {asyncio.current_task()}
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def download(self, url: str, *, to: Path, limit_bytes: int = LIMIT_BYTES) -> SavedFile:
        """See ``Download``."""
        memory.keep()
        saving = self._save(url, to=to, limit_bytes=limit_bytes)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(saving, self._loop))

    def end(self) -> None:
        """Tell the end: now, or as soon as the loop is open, where it still opens."""
        self.opened.add_done_callback(self._end)

    def _end(self, opened: Future[None]) -> None:
        if opened.exception() is None:
            self._loop.call_soon_threadsafe(self._ended.set)
