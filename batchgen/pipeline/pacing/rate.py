"""How many requests a second a server takes, learned from what it refused. Pure: times come in as arguments.

A single refusal proves little: servers refuse at random as well. When many of the last requests were refused, or of
those that left when a wait was over, that is a limit. Two refusals measure it: what was served between them is what is
let. From then on requests leave evenly spaced, each a little sooner than the one before, in steps so small that one in
hundreds is refused. Where lower rates are refused as soon as higher ones, it was no limit at all.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

#: A limit is believed when so many of the last requests were refused, and such a share of them.
FEW, SHARE, LAST = 3, 0.3, 10
#: So many of them are enough where a wait has just ended.
AGAIN = 2
#: How much greater that share has to be each time that a limit turned out to be none, and how great at the most.
WARIER, WARIEST = 0.6, 0.9
#: Requests a second below which nothing is learned.
SLOWEST = 0.05
#: The part by which a refusal lowers a rate at the least, and at the most where hardly anything was served.
STEP, MOST = 0.015, 0.6
#: Requests in which the least step is regained. One whose refusal costs a long wait is risked less often: waits are to
#: take less than a hundredth of the time.
REGAIN, WORTH = 300.0, 150.0
#: How much faster it gets with each request at first, and at the most, however long nothing was refused; and how much
#: more carefully it begins where a refusal costs a long wait.
GROWTH, MOST_GROWTH, CAUTION = 0.04, 0.04, 0.75
#: The same once a rate is known, for each part of it that a refusal took away, squared.
FINER = 0.05
#: In so many parts of the requests that regain the least step the growth doubles.
DOUBLING = 3.0
#: Seconds by which timers are late.
LATE_S = 0.01
#: What a server may save up and give out at once, in seconds of its rate. One that asks for a longer wait than the
#: second of these counts by the minute, and saves up for all of it.
SAVED_S, MINUTE_S = 1.0, 15.0
#: A rate of which such a part at least was served, and which was refused after hardly more requests than a higher one,
#: and fewer than these: so many times more often than not, that is no limit.
LET, SAME, SHORT, TIMES = 0.7, 1.2, 80, 6
#: A wait after which nothing was served was too short: the next one is so many times as long, up to so many seconds.
LONGER, LONGEST_S = 2.0, 60.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """What passed from one refusal to the next."""

    served: int
    waited: float  #: Seconds in which nothing was sent.
    passed: float  #: Seconds since then.

    @property
    def saved(self) -> float:
        """Seconds of its rate that the server may have saved up during the wait, and given out since."""
        return self.waited if self.waited > MINUTE_S else min(self.waited, SAVED_S)

    @property
    def rate(self) -> float:
        """Requests a second that were let."""
        return self.served / max(self.passed + self.saved, SAVED_S)

    @property
    def sudden(self) -> bool:
        """Whether it was so short that what was saved up is most of what was served."""
        return self.passed <= FEW * self.saved

    def repeats(self, other: Stretch | None) -> bool:
        """Whether the server let as many pass as before: it counts by the minute, or by a similar time."""
        return other is not None and abs(self.served - other.served) <= 1 and self.passed > self.waited > 0


class LearnedRate:
    """The rate of one sort of requests. Times are seconds by a clock that never goes back."""

    def __init__(self, rate: float | None = None, *, doubted: bool = False) -> None:
        """Begin with what was learned earlier, if anything was; where that is ``doubted``, more is tried soon."""
        self.rate = rate  #: Requests a second; None: no limit was met yet.
        self._outcomes: deque[bool] = deque(maxlen=LAST)
        self._lately: deque[float] = deque(maxlen=200)  #: When the last requests were served.
        self._served = 0  #: Since the last wait began.
        self._waits_since: float | None = None  #: When that was; None: before the first request.
        self._held_until = self._next_at = 0.0
        self._hold_s = 0.0  #: What the server asked for then.
        self._stretch: Stretch | None = None  #: The last one.
        self._together = 0  #: Refusals that brought the last wait.
        self._again = False  #: Whether it began as soon as the one before had ended.
        self._in_vain = 0  #: Waits one after another after which nothing was served.
        self._growth = GROWTH if rate is None or doubted else STEP / REGAIN
        self._guessed = False  #: Whether the rate is a first guess.
        self._quiet = 0  #: Requests since the last refusal.
        self._odd = 0  #: How many more refusals there were that no limit explains than others.
        self._errors = 0  #: How often a limit turned out to be none.

    @property
    def settled(self) -> float | None:
        """The rate as far as it is worth remembering; 0 where a limit turned out to be none; None: nothing is known."""
        if self.rate is None:
            return 0.0 if self._errors else None
        sure = self._stretch is not None and not self._guessed and not self._stretch.sudden
        return self.rate if sure else None

    def take_over(self, other: LearnedRate) -> None:
        """Go on with what was learned of some of these requests: it holds for all of them."""
        self.rate, self._growth, self._quiet, self._hold_s = other.rate, other._growth, other._quiet, other._hold_s
        self._served, self._waits_since = other._served, other._waits_since
        self._stretch, self._guessed = other._stretch, other._guessed
        self._next_at, self._held_until = other._next_at, other._held_until

    def wait(self, now: float) -> float:
        """Give the seconds until the next request may leave."""
        return 0.0 if self.rate is None else max(0.0, self._next_at - now)

    def left(self, now: float) -> None:
        """Note that a request leaves."""
        if self._waits_since is None:
            self._waits_since = self._held_until = now
        if self.rate is not None:
            self.rate *= 1.0 + self._step(self.rate)
            self._quiet += 1
            # Whoever wakes a little late may be as much early the next time, where the server lets two pass at once.
            late = LATE_S if self.rate > 2.0 else 0.0
            self._next_at = max(now - late, self._next_at) + 1.0 / self.rate

    def served(self, now: float) -> None:
        """Note that a request was not refused."""
        self._outcomes.append(True)
        self._lately.append(now)
        self._served += 1
        if self._guessed and self.rate is not None and now < self._held_until:
            # It was under way when the limit was met: it tells of it as well.
            self.rate = max(self.rate, self._first_guess(now))

    def refused(self, *, left_at: float, now: float, held_until: float) -> None:
        """Note that a request which left at ``left_at`` was refused, and until when none may leave."""
        self._outcomes.append(False)
        self._together += 1
        if left_at >= self._held_until:
            self._refused_anew(left_at, now, held_until)
        self._held_until = max(self._held_until, held_until)
        if self.rate is None and self._is_limit():
            self.rate = self._first_guess(now)
            self._growth, self._quiet, self._guessed = GROWTH / self._cost(self.rate) ** CAUTION, 0, True
            self._next_at = self._held_until

    def _refused_anew(self, left_at: float, now: float, held_until: float) -> None:
        """Note a refusal of what was not under way when the last one came."""
        began = now if self._waits_since is None else self._waits_since
        waited = max(self._held_until, self._next_at if self._in_vain else 0.0) - began
        stretch = Stretch(self._served, waited, max(0.0, now - began - waited))
        self._hold_s, self._together = max(0.0, held_until - now), 1
        self._again = waited > 0 and left_at < self._held_until + self._hold_s
        self._next_at = max(self._next_at, held_until)
        if not stretch.served and self.rate is not None:
            self._in_vain += 1
            self._next_at = held_until + min(LONGEST_S, self._hold_s * (LONGER**self._in_vain - 1.0))
            return
        if self.rate is not None:
            self._guessed = False
            self._learn(self.rate, stretch)
        self._stretch, self._in_vain = stretch, 0
        self._served, self._waits_since = 0, now

    def _is_limit(self) -> bool:
        wary, times = min(WARIEST, WARIER * self._errors), 1 + self._errors
        refused = self._outcomes.count(False)
        many = refused >= FEW * times and refused >= max(SHARE, wary) * len(self._outcomes)
        since = self._together + self._served + (self._stretch.served if self._stretch else 0)
        return many or (self._again and self._together >= max(AGAIN * times, wary * since))

    def _first_guess(self, now: float) -> float:
        """Give what was served until now, or in the last second where that is more: at least one request a wait."""
        lately = sum(one > now - 1.0 for one in self._lately)
        stretch = self._stretch.rate if self._stretch else 0.0
        return max(SLOWEST, 1.0 / max(1.0, self._hold_s), float(lately), stretch)

    def _learn(self, rate: float, stretch: Stretch) -> None:
        """Lower a rate that was refused to what was let."""
        if self._is_chance(rate, stretch):
            self.rate, self._odd, self._errors = None, 0, self._errors + 1
            self._outcomes.clear()
            return
        before = self._stretch
        if stretch.sudden and before is not None and not before.sudden and before.served >= SHORT:
            # One odd refusal proves little of a rate that was let for long.
            self.rate = (1.0 - STEP) * rate
            return
        self.rate = max(SLOWEST, self._lowered(rate, stretch))
        cost = math.sqrt(self._cost(self.rate)) if stretch.sudden else self._cost(self.rate)
        finer = FINER * (1.0 - self.rate / rate) ** 2 / cost
        self._growth, self._quiet = max(STEP / self._regain(self.rate), finer), 0

    def _lowered(self, rate: float, stretch: Stretch) -> float:
        # What went beyond the limit was saved up: it was at it all the while, or grew to that.
        all_along = stretch.saved / (stretch.passed + stretch.saved) if stretch.saved else 0.0
        at_last = math.sqrt(2.0 * max(1.0, stretch.saved * rate) * self._step(rate))
        lowered = (1.0 - min(MOST, max(STEP, all_along, at_last))) * rate
        if stretch.sudden and stretch.served >= FEW:
            lowered = min(lowered, stretch.rate)
        if stretch.repeats(self._stretch):
            lowered = min(lowered, stretch.served / (stretch.passed + stretch.waited))
        return lowered

    def _is_chance(self, rate: float, stretch: Stretch) -> bool:
        before = self._stretch.served if self._stretch else 0
        if stretch.served >= SHORT:
            self._odd = max(0, self._odd - 1)
        elif (
            FEW <= stretch.served <= SAME * before and stretch.rate >= LET * rate and not stretch.repeats(self._stretch)
        ):
            self._odd += 1
        return self._odd >= TIMES

    def _cost(self, rate: float) -> float:
        """Give how much more carefully it grows where a refusal costs a long wait."""
        return max(1.0, self._hold_s * rate)

    def _regain(self, rate: float) -> float:
        """Give the requests in which the least step is regained."""
        return max(REGAIN, WORTH * self._hold_s * rate)

    def _step(self, rate: float) -> float:
        """Give the part by which the next request may be sooner: the bolder, the longer nothing was refused."""
        return min(MOST_GROWTH, self._growth * math.exp2(DOUBLING * self._quiet / self._regain(rate)))
