"""What a server let between two refusals, and what that tells of its limit. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

#: What a server may save up and give out at once where nothing tells of that, in seconds of its rate. One that asks for
#: a longer wait than the second of these counts by the minute, and saves up for all of it.
SAVED_S, MINUTE_S = 1.0, 15.0
#: Stretches are alike if as many requests were served in both, but for one and such a part.
SAME = 0.05
#: Fewer requests than this are alike by chance.
FEW = 3


class Measured(NamedTuple):
    """What a server let."""

    rate: float  #: Requests a second.
    by: int  #: Requests that it was measured by.
    saved: float  #: Requests that were saved up.

    @property
    def doubt(self) -> float:
        """The part by which the rate may be wrong: half a request, more or less."""
        return 0.5 / self.by


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
        """Requests a second that were probably let, where nothing is known of the server.

        Half of one more was left, on the average over those who all come at once. One that is guessed too high is
        measured by what little passes until it is refused: where half of one is much, it is not counted.
        """
        served = self.served + 0.5 if self.served >= FEW else self.served
        return served / (self.passed + (self.waited if self.waited > MINUTE_S else SAVED_S))

    @property
    def saving(self) -> float:
        """The part of the time in which the server may have saved up."""
        return self.waited / max(self.waited + self.passed, SAVED_S)

    def is_like(self, other: Stretch) -> bool:
        """Whether as many passed as then: a limit repeats itself, chance does not."""
        return self.served >= FEW and abs(self.served - other.served) <= 1 + SAME * other.served

    def lately(self, served: int) -> float:
        """Give the requests a second at which the last few were served, as far as they are remembered."""
        ages = self.ages[:served]
        return len(ages) / max((SAVED_S, *ages[-1:]))

    def let(self, burst: Stretch) -> Measured:
        """Measure what was let; ``burst`` tells how much may have been saved up.

        A server that refuses has nothing left. So since some moment it has given what it had saved up and its rate, and
        since none more than that. Who is refused finds a part of a request left, and nearly a whole one where requests
        come evenly: each finds a little less than the one before. Which moment it was is told without that part, which
        is most of what passes in a moment.
        """
        surely, rate, by = self.least, self.least, self.served
        for served, age in enumerate(self.ages, 1):
            if age >= SAVED_S and (some := _let(served, age, burst)) > surely:
                surely, rate, by = some, _let(served, age, burst, left=1.0), served
        return Measured(rate, by, max(1.0, SAVED_S * rate, burst.served - rate * burst.passed))


def _let(served: int, age: float, burst: Stretch, *, left: float = 0.0) -> float:
    """Give the requests a second that were let, where so many were served since a moment that is so many seconds ago.

    ``left``: the part of one more that was left then, of what was saved up; who saves up nothing leaves nothing.
    """
    rate = min((served - 0.5) / age, (served + left) / (age + SAVED_S))
    return rate if age <= burst.passed else min(rate, (served + left - burst.served) / (age - burst.passed))
