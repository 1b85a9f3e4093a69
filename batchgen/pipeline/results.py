"""Keeps the results current while a run goes on, without taking more of the machine than a little."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from batchgen.model.errors import DiskError
from batchgen.pipeline.happened import Stumbled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.pipeline.context import Context

#: Results are written at most this often, in seconds; and never for more than a twentieth of the time.
OFTEN_S = 2.0
SHARE = 20.0


class WriteResults(Protocol):
    """Writes the results of sheets, each by one rename."""

    async def __call__(self, sheets: Sequence[int]) -> None:
        """Write them. Raises ``DiskError``."""


class Results:
    """Writes results again whenever something changed."""

    def __init__(self, run: Context, *, sheets: Sequence[int], write: WriteResults) -> None:
        self._run = run
        self._sheets = sheets
        self._write = write
        self._writing: asyncio.Future[None] | None = None

    async def write(self) -> None:
        """Write them as they are now. Raises ``DiskError``.

        A writing that was begun goes on, also when whoever waits for it is stopped: two at once would be in each
        other's way, and the older one might come to be the last.
        """
        if self._writing is not None:
            await asyncio.wait([self._writing])
        self._writing = asyncio.ensure_future(self._write(self._sheets))
        self._writing.add_done_callback(_heard)
        await asyncio.shield(self._writing)

    async def work(self) -> None:
        """Write, wait, and write again when there is something new."""
        while True:
            began, seen = self._run.clock.ticks(), self._run.board.version
            try:
                await self.write()
            except DiskError as error:
                # A spreadsheet that holds its file open must not stop what is being paid for.
                self._run.tell(Stumbled(what="writing the results", reason=str(error)))
            took = self._run.clock.ticks() - began
            await self._run.clock.sleep(max(OFTEN_S, took * SHARE))
            while self._run.board.version == seen:
                await self._run.board.changed()


def _heard(writing: asyncio.Future[None]) -> None:
    """Take note of how a writing ended, in case that nobody waits for it any more."""
    if not writing.cancelled():
        writing.exception()
