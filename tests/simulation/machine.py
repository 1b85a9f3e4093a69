"""A machine that exists only in a simulation: its time, its loop, and the moment at which its power goes."""

from __future__ import annotations

import asyncio
import selectors
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

#: When every simulation begins, in epoch seconds.
START = 1_790_000_000.0


class Crash(SystemExit):
    """The power goes. asyncio lets it through everything, as a real crash would."""


class Dead(Exception):
    """Something tried to act after the crash."""


class Stuck(AssertionError):
    """Nothing will ever happen again, and the run has not ended."""


@dataclass
class Time:
    """One time for the machine and for the world, across crashes."""

    passed: float = 0.0

    def now(self) -> float:
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
        return self._time.passed

    def pass_time(self, seconds: float) -> None:
        self._time.passed += seconds
        if self._time.passed > self._until:
            raise Stuck(f"still not at its end after {self._until:.0f} s")

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except SystemExit:
            raise
        except BaseException as error:
            done.set_exception(error)
        return done


class VirtualClock:
    """See pipeline.clock.Clock."""

    def __init__(self, time: Time) -> None:
        self._time = time

    def now(self) -> float:
        return self._time.now()

    def ticks(self) -> float:
        return self._time.passed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass
class Fuse:
    """Decides at which of the moments that it is told of the power goes."""

    blows_at: int | None = None
    passed: int = 0
    dead: bool = False
    trace: list[str] = field(default_factory=list)

    def point(self, name: str) -> None:
        """Pass a moment at which a crash could matter."""
        if self.dead:
            raise Dead(name)
        self.passed += 1
        if self.passed == self.blows_at:
            self.dead = True
            self.trace.append(f"CRASH at {name}")
            raise Crash(name)


def drawn_fuse(chance: random.Random) -> Fuse:
    """Give a fuse that blows early more often than late: that is where the interesting moments are."""
    return Fuse(blows_at=int(2 ** chance.uniform(0, 8.5)))
