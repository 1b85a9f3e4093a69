"""How many requests a second a server takes, learned from what it refused. Pure: times come in as arguments.

A single refusal proves little: servers refuse at random as well. When a third of the last requests were refused, or
several again as soon as a wait was over, that is a limit; what was served in the second before is the first guess at
it. From then on requests leave evenly spaced. What is refused at a rate lowers it to what was really served, and more
is tried only after a quiet time that grows.
"""

from __future__ import annotations

from collections import deque
from math import sqrt

#: A limit is believed when so many of the last requests were refused, and such a share of them.
FEW, SHARE, LAST = 3, 0.3, 10
#: So many of them are enough where a wait has just ended.
AGAIN = 2
#: Requests a second below which nothing is learned.
SLOWEST = 0.2
#: More is tried after a quiet time of so many times what the last refusal cost; then of so many times more each time.
QUIET, LONGEST_QUIET_S, QUIETER = 10.0, 3600.0, 4.0
#: How much faster it gets with each request while more is tried, at first and at the most; in how many that doubles.
GROWTH, MOST_GROWTH, DOUBLING = 0.0005, 0.02, 40.0
#: Near the rate that was refused last it stays with the first of these: what is tried there is only whether it changed.
NEAR = 1.1
#: Seconds by which timers are late.
LATE_S = 0.01
#: What a server may save up and give out at once, in seconds of its rate; a rate that was refused sooner than after
#: ``SUDDEN_S`` was far too high.
SAVED_S, SUDDEN_S = 1.0, 4.0
#: What was served is counted over so many seconds, or so many requests where that is longer.
LOOKED_BACK_S, LOOKED_BACK = 20.0, 50.0
#: What was served over so many seconds, waits included, was certainly allowed. The server may change its mind: that
#: fades a little with each such time.
PROVING_S, FADING, TRUST = 30.0, 0.9, 0.9


class LearnedRate:
    """The rate of one sort of requests. Times are seconds by a clock that never goes back."""

    def __init__(self) -> None:
        self.rate: float | None = None  #: Requests a second; None: no limit was met yet.
        self._outcomes: deque[bool] = deque(maxlen=LAST)
        self._served: deque[float] = deque(maxlen=1000)
        self._cut_at = self._held_until = self._next_at = 0.0
        self._proven = 0.0  #: Requests a second that were served for a while.
        self._proving_since, self._proving = 0.0, 0
        self._quieter = 1.0
        self._hold_s = 0.0
        self._again = False  #: Whether the last refusals came as soon as a wait was over.
        self._together = 0  #: How many they were.
        self._tried = 0  #: Requests since more is tried.
        self._refused = 0.0  #: The rate that was refused last.
        self._growth = GROWTH

    def take_over(self, other: LearnedRate) -> None:
        """Go on with what was learned of some of these requests: it holds for all of them."""
        self.rate, self._quieter, self._hold_s = other.rate, other._quieter, other._hold_s
        self._cut_at, self._next_at = other._cut_at, other._next_at
        self._held_until = other._held_until

    def wait(self, now: float) -> float:
        """Give the seconds until the next request may leave."""
        return 0.0 if self.rate is None else max(0.0, self._next_at - now)

    def left(self, now: float) -> None:
        """Note that a request leaves."""
        if self.rate is not None:
            self.rate = self._grown(self.rate, now)
            # Whoever wakes a little late may be as much early the next time, where the server lets two pass at once.
            late = LATE_S if self.rate > 2.0 else 0.0
            self._next_at = max(now - late, self._next_at) + 1.0 / self.rate

    def served(self, now: float) -> None:
        """Note that a request was not refused."""
        self._outcomes.append(True)
        self._served.append(now)
        if now - self._proving_since >= PROVING_S:
            self._proven = max(FADING * self._proven, self._proving / (now - self._proving_since))
            self._proving_since, self._proving = now, 0
        self._proving += 1

    def refused(self, *, left_at: float, now: float, held_until: float) -> None:
        """Note that a request which left at ``left_at`` was refused, and until when none may leave."""
        self._outcomes.append(False)
        refused = self._outcomes.count(False)
        if left_at >= self._held_until:
            self._again = self._held_until > 0 and left_at < self._held_until + self._hold_s
            self._together = 0
        self._together += 1
        if self.rate is None:
            many = refused >= FEW and refused >= SHARE * len(self._outcomes)
            if not many and not (self._again and self._together >= AGAIN):
                self._held_until, self._hold_s = max(self._held_until, held_until), held_until - now
                return
            self.rate = max(SLOWEST, float(sum(one > now - 1.0 for one in self._served)))
        elif left_at <= self._cut_at:
            return  # It was under way when the rate was lowered.
        else:
            if now - self._held_until >= SUDDEN_S:
                self._quieter *= QUIETER
            self.rate = self._lowered(self.rate, now)
        self._cut_at = now
        self._held_until = self._next_at = max(held_until, now)
        self._hold_s, self._tried = self._held_until - now, 0

    def _lowered(self, rate: float, now: float) -> float:
        """Give what was really served of late, within bounds: where little was asked for, little was served."""
        passed = max(0.0, now - self._held_until)
        longest = max(LOOKED_BACK_S, LOOKED_BACK / rate)
        seconds = min(passed, longest, now - self._served[0] if self._served else 0.0)
        served = sum(one > now - seconds for one in self._served) / (seconds + SAVED_S)
        # The quicker it grew, the further it went beyond what is let, before what was saved up was used.
        least = 0.5 if passed < SUDDEN_S else max(0.85, 1.0 - sqrt(2.0 * SAVED_S * max(1.0, rate) * self._growth))
        self._refused = rate
        return max(SLOWEST, TRUST * self._proven, min(max(served, least * rate), 0.99 * rate))

    def _grown(self, rate: float, now: float) -> float:
        """Try more when it has been quiet for long, slowly at first."""
        if now - self._held_until < min(QUIET * self._hold_s * self._quieter, LONGEST_QUIET_S):
            return rate
        near = self._refused and rate < NEAR * self._refused
        self._tried = 0 if near and rate > 0.9 * self._refused else self._tried + 1
        self._growth = min(GROWTH * 2.0 ** (self._tried / DOUBLING), MOST_GROWTH)
        return rate * (1.0 + self._growth)
