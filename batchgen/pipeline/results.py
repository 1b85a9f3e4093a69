"""Keeps the results current while a run goes on, without taking more of the machine than a little."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.pipeline.clock import Clock
    from batchgen.pipeline.logbook import Board

#: Results are written at most this often, in seconds; and never for more than a twentieth of the time.
OFTEN_S = 2.0
SHARE = 20.0


class WriteResults(Protocol):
    """Writes the results of sheets, each by one rename."""

    async def __call__(self, sheets: Sequence[int]) -> None:
        """Write them. Raises ``DiskError``."""


class Results:
    """Writes results again whenever something changed."""

    def __init__(self, *, sheets: Sequence[int], write: WriteResults, board: Board, clock: Clock) -> None:
        self._sheets = sheets
        self._write = write
        self._board = board
        self._clock = clock

    async def work(self) -> None:
        """Write, wait, and write again when there is something new."""
        while True:
            began = self._clock.ticks()
            await self._write(self._sheets)
            took = self._clock.ticks() - began
            await self._clock.sleep(max(OFTEN_S, took * SHARE))
            await self._board.changed()
