"""Keeps the results current while a run goes on, without taking more of the machine than a little."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from batchgen.model.errors import DiskError
from batchgen.pipeline.happened import Stumbled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.pipeline.context import Context

#: Results are written at most this often, in seconds; and never for more than a fortieth of the time.
OFTEN_S = 5.0
SHARE = 40.0
#: Seconds that a line takes, as far as nothing is known; and seconds of writing for which the first requests may wait.
LINE_S = 50e-6
AT_ONCE_S = 0.05


class WriteResults(Protocol):
    """Writes the results of sheets, each by one rename."""

    async def __call__(self, sheets: Sequence[int], *, whole: bool = True) -> None:
        """Write them, or find out whether they can be written. Raises ``DiskError``."""


class Results:
    """Writes results again whenever something changed."""

    def __init__(self, run: Context, *, sheets: Sequence[int], write: WriteResults) -> None:
        self._run = run
        self._sheets = sheets
        self._write = write
        self._writing: asyncio.Future[None] | None = None
        self._takes_s = LINE_S * sum(sheet.lines for sheet in run.store.sheets() if sheet.pk in sheets)
        self._told = -1  #: The board's version that was written last.

    async def begin(self) -> None:
        """Write them, or find out at least that they can be: long ones are written beside the work.

        Raises ``DiskError``.
        """
        if self._takes_s <= AT_ONCE_S:
            await self.write()
            return
        await self._write(self._sheets, whole=False)

    async def write(self) -> None:
        """Write them as they are now. Raises ``DiskError``.

        A writing that was begun goes on, also when whoever waits for it is stopped: two at once would be in each
        other's way, and the older one might come to be the last.
        """
        if self._writing is not None:
            await asyncio.wait([self._writing])
        self._told = self._run.board.version
        self._writing = asyncio.ensure_future(self._write(self._sheets))
        self._writing.add_done_callback(_heard)
        await asyncio.shield(self._writing)

    async def work(self) -> None:
        """Wait, and write again when there is something new: at first, what is sent has the machine to itself."""
        while True:
            await self._run.clock.sleep(max(OFTEN_S, self._takes_s * SHARE))
            while self._run.board.version == self._told:
                await self._run.board.changed()
            began = self._run.clock.ticks()
            try:
                await self.write()
            except DiskError as error:
                # A spreadsheet that holds its file open must not stop what is being paid for.
                self._run.tell(Stumbled(what="writing the results", reason=str(error)))
            self._takes_s = self._run.clock.ticks() - began


def _heard(writing: asyncio.Future[None]) -> None:
    """Take note of how a writing ended, in case that nobody waits for it any more."""
    if not writing.cancelled():
        writing.exception()
