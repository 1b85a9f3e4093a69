"""A machine on which hours take no time: its time, its loop, its clock.

Nothing here waits. When every task waits for a timer, the time of the next one is now.
"""

from __future__ import annotations

import asyncio
import selectors
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: When every rehearsal begins, in epoch seconds.
START = 1_790_000_000.0


class Stuck(AssertionError):  # noqa: N818 - reads as the outcome it is
    """Nothing will ever happen again, or not for longer than anybody waits, and the run has not ended."""


@dataclass
class Time:
    """One time for the machine and for the world."""

    passed: float = 0.0  #: Seconds.

    def now(self) -> float:
        """Give the time in epoch seconds."""
        return START + self.passed


class _Waiting(selectors.SelectSelector):
    """Does not wait: lets the time pass at once."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise Stuck("every task waits, and no timer is set")
        if timeout > 0:
            self.loop.pass_time(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop on which hours take no time, and threads do not exist."""

    def __init__(self, time: Time, *, longest: float) -> None:
        waiting = _Waiting()
        waiting.loop = self
        self._time = time
        self._until = time.passed + longest
        super().__init__(waiting)

    def time(self) -> float:
        """Give the seconds that have passed."""
        return self._time.passed

    def pass_time(self, seconds: float) -> None:
        """Let time pass. Raises ``Stuck`` where more of it would have passed than was thought possible."""
        self._time.passed += seconds
        if self._time.passed > self._until:
            raise Stuck(f"still not at its end after {self._until:.0f} s")

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]
        """Do at once what is meant for a thread."""
        del executor
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except SystemExit:
            raise
        except BaseException as error:  # noqa: BLE001 - whoever waits for it gets to see it
            done.set_exception(error)
        return done


@contextmanager
def playing(time: Time, *, longest: float) -> Iterator[VirtualLoop]:
    """Give a loop, and end what is left on it however it was left."""
    loop = VirtualLoop(time, longest=longest)
    try:
        yield loop
    finally:
        loop.set_exception_handler(lambda *_: None)
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            with suppress(Stuck):
                loop.run_until_complete(_ended(tasks))
        loop.close()


async def _ended(tasks: set[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


class VirtualClock:
    """See ``pipeline.clock.Clock``."""

    def __init__(self, time: Time) -> None:
        self._time = time

    def now(self) -> float:
        """See Clock.now."""
        return self._time.now()

    def ticks(self) -> float:
        """See Clock.ticks."""
        return self._time.passed

    async def sleep(self, seconds: float) -> None:
        """See Clock.sleep."""
        await asyncio.sleep(seconds)
