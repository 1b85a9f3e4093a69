"""What a server let between two refusals, and what that tells of its limit. Pure."""

from __future__ import annotations

from dataclasses import dataclass

#: What a server may save up and give out at once where nothing tells of that, in seconds of its rate. One that asks for
#: a longer wait than the second of these counts by the minute, and saves up for all of it.
SAVED_S, MINUTE_S = 1.0, 15.0
#: Stretches are alike if as many requests were served in both, but for one and such a part.
SAME = 0.05
#: Fewer requests than this are alike by chance.
FEW = 3


@dataclass(frozen=True, slots=True)
class Stretch:
    """What passed from one refusal to the next."""

    served: int
    waited: float  #: Seconds until the first of them was served.
    passed: float  #: Seconds since then.
    ages: tuple[float, ...] = ()  #: How many seconds before the refusal they were served, the last one first.

    @property
    def least(self) -> float:
        """Requests a second that were let at the least: as if all the time had been saved up."""
        return self.served / max(self.passed + self.waited, SAVED_S)

    @property
    def guess(self) -> float:
        """Requests a second that were probably let, where nothing is known of the server."""
        return self.served / (self.passed + (self.waited if self.waited > MINUTE_S else SAVED_S))

    @property
    def saving(self) -> float:
        """The part of the time in which the server may have saved up."""
        return self.waited / max(self.waited + self.passed, SAVED_S)

    def is_like(self, other: Stretch) -> bool:
        """Whether as many passed as then: a limit repeats itself, chance does not."""
        return self.served >= FEW and abs(self.served - other.served) <= 1 + SAME * other.served

    def lately(self, served: int) -> float:
        """Give the requests a second at which the last few were served."""
        return served / max(SAVED_S, self.ages[served - 1])

    def let(self, burst: Stretch) -> tuple[float, float]:
        """Give the requests a second that were let, and what was saved up; ``burst`` tells how much that may be.

        A server that refuses has nothing left. So since some moment it has given what it had saved up and its rate, and
        since none more than that. Who is refused finds a part of a request left, half of one on the average.
        """
        rate = self.least
        for served, age in enumerate(self.ages, 1):
            if age < SAVED_S:
                continue
            some = min((served - 0.5) / age, (served + 0.5) / (age + SAVED_S))
            if age > burst.passed:
                some = min(some, (served + 0.5 - burst.served) / (age - burst.passed))
            rate = max(rate, some)
        return rate, max(1.0, SAVED_S * rate, burst.served - rate * burst.passed)
