"""Time, as an argument: a run does not know whether its hours are real."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> float:
        """Give the time in epoch seconds, for what is written down. It may jump."""

    def ticks(self) -> float:
        """Give seconds since some moment, for what is measured. They never go back."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """See Clock.now."""
        return time.time()

    def ticks(self) -> float:
        """See Clock.ticks."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """See Clock.sleep."""
        await asyncio.sleep(seconds)
