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
#: Lines that are written in about a second. Where there are more, nothing waits for them.
AT_ONCE = 20_000


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
        self._later = 0.0  #: Seconds for which the first writing leaves the machine to the first requests.

    async def begin(self) -> None:
        """Write them, or find out at least that they can be: long ones are written beside the work.

        Raises ``DiskError``.
        """
        if sum(sheet.lines for sheet in self._run.store.sheets() if sheet.pk in self._sheets) <= AT_ONCE:
            await self.write()
            return
        await self._write(self._sheets, whole=False)
        self._later = OFTEN_S

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
        await self._run.clock.sleep(self._later)
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
