"""How many requests a second a server takes, learned from what it refused. Pure: times come in as arguments.

Rule: what was served between two refusals measures what is let, the better the longer it was. So it is weighed against
what is known: a long stretch replaces that, and a short one hardly moves it. From then on requests leave evenly spaced,
a little slower than is known, and faster with each one: the surer it is, the more slowly. A rate that is known is left
alone for a hundred times as long as its refusal costs, and one that is guessed is soon found out.

Servers refuse at random as well. That comes as soon at lower rates as at higher ones: so after some refusals that came
too soon, twice the rate is tried, and if that is let as well, it was no limit.
"""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

from batchgen.pipeline.pacing.stretch import FEW, Stretch

#: Requests a second below which nothing is learned, and above which there is no limit that matters.
SLOWEST, FASTEST = 0.05, 200.0
#: The part by which a rate may be wrong at the least, and where it was guessed.
SURE, UNSURE = 0.01, 0.1
#: Requests in which the least of these parts is regained. One whose refusal costs a long wait is risked less often:
#: waits are to take less than a hundredth of the time.
REGAIN, WORTH = 300.0, 150.0
#: What goes beyond a rate doubles in no fewer requests than this, and never more often.
SOONEST, HIGHEST = 17.0, 30.0
#: Seconds by which timers are late.
LATE_S = 0.01
#: So many refusals in a row, each after fewer requests than this, are not a limit's, unless the last so many are alike.
TIMES, SHORT, ALIKE = 5, 80, 2
#: Where a limit turned out to be none, the next is believed when so many are refused at once, and few of them served.
AT_ONCE = 3
#: A wait after which nothing was served was too short: the next one is so many times as long, up to so many seconds.
LONGER, LONGEST_S = 2.0, 60.0
#: Requests that a measurement looks at.
WATCHED = 2000


class _Trial(NamedTuple):
    """Twice a rate, to find out whether it is a limit."""

    known: float  #: The rate, as far as it is one,
    doubt: float  #: and the part by which it may be wrong.
    enough: float  #: Requests that have to be served now, if it is none.


class LearnedRate:
    """The rate of one sort of requests. Times are seconds by a clock that never goes back."""

    def __init__(self, rate: float | None = None, *, doubted: bool = False) -> None:
        """Begin with what was learned earlier, if anything was; where that is ``doubted``, more is tried soon."""
        self.rate = rate  #: Requests a second that leave; None: no limit was met yet.
        self._known = rate or 0.0  #: What was measured, or guessed.
        self._doubt = UNSURE if doubted else SURE  #: The part by which that may be wrong.
        self._trust = SOONEST if doubted else REGAIN  #: Requests in which that part is regained, and then doubled.
        self._quiet = 0  #: Requests since the last refusal.
        self._guessed = False  #: Whether it was a guess.
        self._refused, self._passed = 0, 0  #: Of those under way at the last refusal: refused, it included, and served.
        self._served: deque[float] = deque(maxlen=WATCHED)  #: When the last requests were, since the last refusal.
        self._count = 0  #: How many of them there were,
        self._first_at = 0.0  #: and when the first one.
        self._refused_at: float | None = None
        self._held_until = self._next_at = 0.0
        self._hold_s = 0.0  #: What the server asked for at the last refusal.
        self._stretch = self._burst = Stretch(0, 0.0, 0.0)  #: What ended with it; and that in which least was served.
        self._counts = False  #: Whether the server counts by a time that is longer than the wait it asks for.
        self._in_vain = 0  #: Waits one after another after which nothing was served.
        self._alike = 0  #: Stretches in a row that are like the one before.
        self._short: list[int] = []  #: What was served in the last ones, as long as they were short.
        self._tried: _Trial | None = None  #: What is tried now.
        self._was_none = False  #: Whether a limit turned out to be none.

    @property
    def settled(self) -> float | None:
        """The rate as far as it is worth remembering; 0 where a limit turned out to be none; None: nothing is known."""
        if self.rate is None:
            return 0.0 if self._was_none else None
        return None if self._guessed else self._known

    def wait(self, now: float) -> float:
        """Give the seconds until the next request may leave."""
        return 0.0 if self.rate is None else max(0.0, self._next_at - now)

    def left(self, now: float) -> None:
        """Note that a request leaves."""
        if self.rate is None:
            return
        self._quiet += 1
        self.rate = self._known * (1.0 + self._doubt * (math.exp2(min(self._quiet / self._trust, HIGHEST)) - 2.0))
        # Whoever wakes a little late may be as much early the next time, where the server lets two pass at once.
        late = LATE_S if self.rate > 2.0 else 0.0
        self._next_at = max(now - late, self._next_at) + 1.0 / self.rate

    def served(self, *, left_at: float, now: float) -> None:
        """Note that a request which left at ``left_at`` was not refused."""
        if now >= self._held_until:
            arrived_at = _arrival(left_at, now)
            self._first_at = self._first_at if self._count else arrived_at
            self._count += 1
            self._served.append(arrived_at)
            return
        self._passed += 1
        if self._guessed:
            # It was under way when the limit was met: it tells of it as well.
            before = self._stretch
            self._begin(Stretch(before.served + 1, before.waited, before.passed))

    def refused(self, *, left_at: float, now: float, held_until: float) -> None:
        """Note that a request which left at ``left_at`` was refused, and until when none may leave."""
        if left_at >= self._held_until:
            self._refused, self._passed = 0, 0
            self._refused_anew(_arrival(left_at, now), max(0.0, held_until - now))
        self._refused += 1
        self._held_until = max(self._held_until, held_until)
        self._next_at = max(self._next_at, self._held_until)
        if self.rate is None and self._is_limit():
            self._begin(self._stretch)

    def _refused_anew(self, now: float, hold_s: float) -> None:
        """Note a refusal of what was not under way when the last one came, and the seconds that none may leave."""
        self._hold_s = hold_s
        if not self._count and self.rate is not None:
            self._in_vain, self._counts = self._in_vain + 1, True
            self._next_at = max(self._next_at, now + min(LONGEST_S, self._hold_s * LONGER**self._in_vain))
            return
        first_at = self._first_at if self._count else now
        waited = 0.0 if self._refused_at is None else first_at - self._refused_at
        # Replies overtake each other, so some of what was served came after what was refused.
        ages = tuple(sorted(now - at for at in self._served if at <= now))
        served = max(1, self._count - len(self._served) + len(ages))
        before, self._stretch = self._stretch, Stretch(served, waited, max(0.0, now - first_at), ages)
        self._in_vain, self._count, self._refused_at = 0, 0, now
        self._served.clear()
        self._alike = self._alike + 1 if self._stretch.is_like(before) else 0
        if self.rate is not None:
            self._learn(self.rate, self._stretch)

    def _is_limit(self) -> bool:
        many = self._refused >= max(AT_ONCE, 2 * self._passed)
        return not self._was_none or many or self._alike >= ALIKE

    def _begin(self, stretch: Stretch) -> None:
        """Guess a rate from what was served before the first refusal: at least one request a wait."""
        self._stretch = self._burst = stretch
        self._guessed = True
        self._set(max(stretch.guess, 1.0 / max(1.0, self._hold_s)), UNSURE, stretch.served)

    def _learn(self, rate: float, stretch: Stretch) -> None:
        """Measure a rate that was refused, and weigh that against what is known."""
        self._counts = self._counts or stretch.is_like(self._burst)
        if not self._burst.served or stretch.served < self._burst.served:
            self._burst = stretch
        if self._is_chance(stretch):
            return
        measured = stretch.let(self._burst)
        let, doubt = measured.rate, measured.doubt
        if self._counts and stretch.served >= self._burst.served >= FEW:
            # What was counted was the last so many, and nothing was saved up before.
            let = max(let, math.sqrt(let * stretch.lately(self._burst.served)))
        let = min(rate, let)
        if let <= stretch.least * (1.0 + SURE):
            doubt = max(doubt, stretch.saving)
        if not self._guessed and self._alike < ALIKE:
            let, doubt = self._weigh(rate, let, doubt, error=(1.0 + measured.saved) / stretch.served)
        self._guessed = False
        self._set(let, min(UNSURE, max(SURE, doubt)), stretch.served)

    def _weigh(self, rate: float, let: float, doubt: float, *, error: float) -> tuple[float, float]:
        """Give what is known after a measurement of such an error, and the part by which that may be wrong."""
        surprise = rate <= self._known
        had = 2.0 * self._doubt if surprise else self._doubt
        gain = had**2 / (had**2 + error**2)
        if let < self._known:
            let, doubt = self._known + gain * (let - self._known), had * math.sqrt(1.0 - gain)
        if surprise:
            # A limit that is not sharp refuses now and then, and the more often the nearer one is.
            let, doubt = min(let, (1.0 - SURE) * self._known), max(doubt, had)
        return let, doubt

    def _set(self, known: float, doubt: float, served: int) -> None:
        """Go on a little below a rate that is known from so many requests."""
        self._known, self._doubt, self._quiet = max(SLOWEST, known), doubt, 0
        self.rate = (1.0 - doubt) * self._known
        cost = self._hold_s * self.rate
        most = max(REGAIN, WORTH * cost)
        self._trust = min(most, max(SOONEST, served, cost, most * (SURE / doubt) ** 2))

    def _is_chance(self, stretch: Stretch) -> bool:
        """Find out whether refusals have to do with the rate: twice the rate is tried, and judged by the next one."""
        tried, self._tried = self._tried, None
        if tried is not None and stretch.served < tried.enough:
            # It is a limit, and known no worse than before it was tried.
            self._set(tried.known, tried.doubt, stretch.served)
            return True
        self._short = [*self._short, stretch.served] if stretch.served < SHORT else []
        if self._guessed or self._alike >= ALIKE:
            self._short = []
        if len(self._short) < TIMES:
            return False
        self._tried = _Trial(self._known, self._doubt, sum(self._short) / TIMES / 2.0)
        self._short = []
        self._set(2.0 * self._known, UNSURE, 0)
        if self._known > FASTEST:
            self.rate, self._was_none = None, True
        return True


def _arrival(left_at: float, now: float) -> float:
    """Give when a request came to the server, whose reply is here now: half way, where nothing tells more."""
    return (left_at + now) / 2.0
