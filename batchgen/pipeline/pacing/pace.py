"""When a request may leave: full use of what the account allows, and no avoidable 429.

Limits are kept apart, because the server means different things by the same status. A *rate* is requests in any
second: a given one is kept by a sliding log, so that no window ever holds more, also where they arrive; another is
learned, of what creates alone until what reads is refused as well. A *wait* is what the server asked for by
Retry-After: every call that follows obeys it. Where it spoke of jobs at once, only calls that create do: reading is how
a free place is seen.

Where requests have to wait for each other, what creates comes first, and yet not alone: a run has to see what becomes
of its videos while there are more to send.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from batchgen.model.exchange import Hold
from batchgen.pipeline.happened import Waiting
from batchgen.pipeline.pacing.rate import LearnedRate
from batchgen.pipeline.retry import LONGEST_WAIT_S

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from batchgen.pipeline.clock import Clock
    from batchgen.pipeline.happened import Listener

#: Seconds by which a request may be faster on its way than one before it: a window holds for where they arrive. The
#: first ones have connections to open.
JITTER_S = 0.05

#: Seconds between two glances at whether a wait is still wanted.
GLANCE_S = 0.5

#: Requests that create after which one that reads has its turn, where it waits for one.
SHARE = 4
#: Seconds after which it is seen whether it has had it.
YIELD_S = 0.05

#: Seconds to wait where the server says 429 and not for how long.
UNTOLD_WAIT = 5.0


class Pace:
    """Lets requests through one by one."""

    def __init__(
        self,
        *,
        clock: Clock,
        chance: random.Random,
        tell: Listener,
        rate: float | None = None,
        creating: LearnedRate | None = None,
        any: LearnedRate | None = None,  # noqa: A002 - what it is of
    ) -> None:
        """Begin with a rate that a person gave, and with what was learned earlier of creating requests and of all."""
        self._clock = clock
        self._chance = chance
        self._tell = tell
        # A rate below one a second is one request in a longer window.
        window = 1.0 if rate is None or rate >= 1 else 1.0 / rate
        self._allowed = None if rate is None else max(1, int(rate * window))
        self._window = window + JITTER_S
        # The account was asked what it has a moment ago, and the server counts that as well.
        self._recent: deque[float] = deque([clock.ticks()])
        self.creating, self.any = creating or LearnedRate(), any or LearnedRate()
        self._all = self.any if self.any.rate is not None else LearnedRate()  #: The same, before a read was refused.
        self._reading = 0  #: Requests that read and wait for their turn.
        self._went_before = 0  #: Of those that create, how many left while they did.
        self._held_until = {True: 0.0, False: 0.0}  #: For what creates, and for what reads.

    async def turn(self, given_up: Callable[[], bool] = lambda: False) -> bool:
        """Wait until a request that reads may leave, and count it; give False if it was given up meanwhile."""
        self._reading += 1
        try:
            while (wait := self.wait(creates=False)) > 0:
                await self._clock.sleep(min(wait, GLANCE_S))
                if given_up():
                    return False
        finally:
            self._reading -= 1
        self.take(creates=False)
        return True

    def wait(self, *, creates: bool) -> float:
        """Give the seconds until a request may leave."""
        now = self._clock.ticks()
        if now < self._held_until[creates]:
            # A little chance on waking, so that not everyone knocks in the same instant.
            return self._held_until[creates] - now + self._chance.uniform(0.0, 0.25)
        learned = max(self.any.wait(now), self.creating.wait(now) if creates else 0.0)
        yields = YIELD_S if creates and self._reading and self._went_before >= SHARE else 0.0
        return max(learned, self._window_wait(now), yields)

    def take(self, *, creates: bool) -> None:
        """Count a request that leaves now."""
        self._went_before = self._went_before + 1 if creates and self._reading else 0
        now = self._clock.ticks()
        for learned in self._told_of(creates=creates):
            learned.left(now)
        if self._allowed is not None:
            self._recent.append(now)

    def served(self, *, creates: bool, left_at: float) -> None:
        """Learn from a request that left at ``left_at`` and was not refused for its rate."""
        for learned in self._told_of(creates=creates):
            learned.served(left_at=left_at, now=self._clock.ticks())

    def hold(
        self, hold: Hold, seconds: float | None, message: str = "", *, creates: bool, left_at: float | None = None
    ) -> float:
        """Make calls wait as the server asked; give for how long. ``left_at`` is when the refused request left."""
        now = self._clock.ticks()
        seconds = UNTOLD_WAIT if seconds is None else min(max(0.0, seconds), LONGEST_WAIT_S)
        until = now + seconds
        if hold is Hold.RATE and left_at is not None:
            self._refused(creates=creates, left_at=left_at, now=now, held_until=until)
        told = until > max(self._held_until.values())
        for which in (True,) if hold is Hold.CONCURRENCY else (True, False):
            self._held_until[which] = max(self._held_until[which], until)
        if told:
            self._tell(Waiting(hold=hold, seconds=seconds, message=message))
        return seconds

    def _refused(self, *, creates: bool, left_at: float, now: float, held_until: float) -> None:
        for learned in self._told_of(creates=creates):
            learned.refused(left_at=left_at, now=now, held_until=held_until)
        if not creates and self.any is not self._all:
            # What was learned of creating requests is a limit of all of them.
            self.any, self.creating = self._all, LearnedRate()

    def _told_of(self, *, creates: bool) -> tuple[LearnedRate, ...]:
        """Give what learns from a request: what creates tells of both sorts, until it is known which one is limited."""
        return (self.creating, self._all) if creates and self.any is not self._all else (self._all,)

    def _window_wait(self, now: float) -> float:
        if self._allowed is None:
            return 0.0
        while self._recent and self._recent[0] + self._window <= now:
            self._recent.popleft()
        return 0.0 if len(self._recent) < self._allowed else self._recent[0] + self._window - now


def is_wait(hold: Hold) -> bool:
    """Whether a hold asks everyone to wait, and not one submission alone."""
    return hold is Hold.RATE
