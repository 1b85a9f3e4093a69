"""Time, as an argument: a run does not know whether its hours are real."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> float:
        """Give the time in epoch seconds, for what is written down. It may jump ahead, after a sleep."""

    def ticks(self) -> float:
        """Give seconds since some moment, for what is measured. They never go back."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The machine's own time."""

    def __init__(self) -> None:
        self._last = 0.0
        self._ahead = 0.0  #: How far this clock is ahead of the machine's, which was set back.

    def now(self) -> float:
        """See Clock.now. A clock that is set back would put off for hours what is due in seconds: this one goes on."""
        now = time.time() + self._ahead
        if now < self._last:
            self._ahead += self._last - now
            now = self._last
        self._last = now
        return now

    def ticks(self) -> float:
        """See Clock.ticks."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """See Clock.sleep."""
        await asyncio.sleep(seconds)
