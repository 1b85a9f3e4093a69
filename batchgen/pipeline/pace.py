"""How fast and how much at once: full use of what the account allows, and no avoidable 429.

Three limits are kept apart, because the server means different things by the same status. A *rate* is requests in
any second, kept by a sliding log, so that no window ever holds more. A *wait* is what the server asked for by
Retry-After: every call that follows obeys it. *Concurrency* is jobs at once: where nobody told it, it is learned.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from batchgen.model.exchange import Hold
from batchgen.pipeline.happened import Waiting

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from batchgen.pipeline.clock import Clock
    from batchgen.pipeline.happened import Listener

#: Seconds between two glances at whether a wait is still wanted.
GLANCE_S = 0.5

#: Seconds to wait where the server says 429 and not for how long.
UNTOLD_WAIT = 5.0


class Pace:
    """Lets requests through one by one."""

    def __init__(self, *, clock: Clock, chance: random.Random, tell: Listener, rate: float | None = None) -> None:
        self._clock = clock
        self._chance = chance
        self._tell = tell
        # A rate below one a second is one request in a longer window.
        self._window = 1.0 if rate is None or rate >= 1 else 1.0 / rate
        self._allowed = None if rate is None else max(1, int(rate * self._window))
        self._recent: deque[float] = deque()
        self._held_until = 0.0

    async def turn(self, given_up: Callable[[], bool] = lambda: False) -> bool:
        """Wait until a request may leave, and count it as having left; give False if it was given up meanwhile."""
        while (wait := self._wait()) > 0:
            await self._clock.sleep(min(wait, GLANCE_S))
            if given_up():
                return False
        if self._allowed is not None:
            self._recent.append(self._clock.ticks())
        return True

    def hold(self, hold: Hold, seconds: float | None, message: str = "") -> float:
        """Make every call wait as the server asked; give for how long."""
        seconds = UNTOLD_WAIT if seconds is None else max(0.0, seconds)
        until = self._clock.ticks() + seconds
        if until > self._held_until:
            self._held_until = until
            self._tell(Waiting(hold=hold, seconds=seconds, message=message))
        return seconds

    def _wait(self) -> float:
        now = self._clock.ticks()
        if now < self._held_until:
            # A little chance on waking, so that not everyone knocks in the same instant.
            return self._held_until - now + self._chance.uniform(0.0, 0.25)
        if self._allowed is None:
            return 0.0
        while self._recent and self._recent[0] <= now - self._window:
            self._recent.popleft()
        return 0.0 if len(self._recent) < self._allowed else self._recent[0] + self._window - now


class Concurrency:
    """How many jobs may be under way at once: given, or learned by growing until told to stop."""

    #: What most accounts may have at the least on v3 (10 jobs on pay-as-you-go), as HeyGen's usage limits say.
    START = 10
    #: Nobody's account is larger than this as far as HeyGen's price pages tell.
    MOST = 2000

    def __init__(self, given: int | None = None, learned: float | None = None) -> None:
        self.given = given
        self.limit = given or int(learned or self.START)
        self._told = learned is not None
        self._since_growth = 0

    def room(self, in_flight: int) -> int:
        """Give how many more jobs may be started."""
        return max(0, self.limit - in_flight)

    def accepted(self, jobs: int, in_flight: int) -> None:
        """Learn from an acceptance: what was let is allowed, and a little more may be."""
        if self.given is not None:
            return
        self._since_growth += jobs
        # Before the first refusal it doubles; after it, one more is tried once in ten rounds.
        rounds = 10 if self._told else 1
        if in_flight >= self.limit and self._since_growth >= self.limit * rounds:
            grown = self.limit + 1 if self._told else 2 * max(self.limit, in_flight)
            self.limit = min(self.MOST, grown)
            self._since_growth = 0

    def refused(self, in_flight: int) -> None:
        """Learn from a refusal: what was under way without it is what is allowed."""
        if self.given is not None:
            return
        self.limit = max(1, min(self.limit, in_flight))
        self._told = True
        self._since_growth = 0

    @property
    def known(self) -> int | None:
        """How many may be under way at once, if somebody said so: a person, or the server."""
        return self.given or self.learned

    @property
    def learned(self) -> int | None:
        """What the server told, if it did."""
        return self.limit if self._told and self.given is None else None


def is_wait(hold: Hold) -> bool:
    """Whether a hold asks everyone to wait, and not one submission alone."""
    return hold is Hold.RATE
