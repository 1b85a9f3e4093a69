"""How many jobs may be under way at once: given, or learned by growing until the server says no.

Rule: jobs that the server has taken prove what is allowed; nothing else does. What goes beyond them is tried with few
jobs at once, since each that is too many costs a refusal. What was refused once is tried again after many jobs, and
sooner where an account has fewer places than it had: those that are lost return more often than new ones come.
"""

from __future__ import annotations

from math import isqrt

#: Jobs in the first breath: what the smallest plans with an API allow, as HeyGen's usage limits say.
START = 3
#: Nobody's account is larger than this as far as HeyGen's price pages tell.
MOST = 2000
#: So many jobs at once are many. From then on one more is tried at once for each so many that are taken.
MANY = 32
#: One more is tried after so many jobs with every place in use. One refusal in a hundred jobs is what all tries may
#: cost, and those for places that were lost come in a fifth of the time.
PATIENCE = 200
#: The same where places were lost, until so many tries were in vain; fewer, where nobody has seen those places.
MISSING, TRIES, UNSEEN = 40, 15, 7


class Concurrency:
    """The places of an account."""

    def __init__(self, given: int | None = None, learned: float | None = None, *, doubted: bool = False) -> None:
        """Begin with what a person gave, or what was learned earlier; where that is ``doubted``, one more is tried."""
        self.given = given
        self.limit = given or int(learned or START)
        self._told = learned is not None  #: Whether the server has refused more than this.
        self._base, self._bound = 0, MOST  #: From where to where it grows as long as nothing is told.
        #: The most places there were for long, unless they count as gone. No account has fewer than the smallest plans
        #: let: where less is let, somebody else holds them, such as another sheet whose videos render still.
        self._had = max(START, self.limit if self._told else 0)
        self._tries = 0  #: How often missing places were asked for in vain.
        self._falls = 0  #: Refusals of what was allowed before, one after the other.
        self._since = 0  #: Jobs taken with every place in use, since more were last tried.
        self._trying = doubted and learned is not None and given is None
        self.limit += self._trying  #: While trying, it is one more than is known to be allowed.

    def room(self, in_flight: int) -> int:
        """Give how many more jobs may be started."""
        return max(0, self.limit - in_flight)

    def renders(self, jobs: int) -> None:
        """Learn from jobs that render, whoever sent them: an earlier run, or one whose replies got lost."""
        if self.given is None and not self._told:
            self.limit = min(self._bound, max(self.limit, jobs + max(1, self._more(jobs))))

    def accepted(self, jobs: int, taken: int) -> None:
        """Learn from an acceptance; ``taken`` are all jobs that the server has now."""
        if self.given is not None:
            return
        if self._trying and taken >= self.limit:
            self._bound = MOST
            self._grow(taken)
        elif self._falls > 1:
            self._grow(taken)
        self._falls = 0
        if not self._told:
            self.renders(taken)
            self._told = taken >= self._bound < MOST
            return
        self.limit = max(self.limit, taken)
        if taken >= self.limit:
            self._since += jobs
        if self._since >= self._patience:
            self._had = max(self._had, self.limit)
            self._trying, self._since = True, 0
            self.limit += 1

    def refused(self, taken: int) -> None:
        """Learn from a refusal; ``taken`` are all jobs that the server has without it."""
        if self.given is not None:
            return
        if self._trying:
            self.limit -= 1
            self._tries += 1
            if self.limit >= self._had or self._tries >= (TRIES if self._had > START else UNSEEN):
                self._had, self._tries = self.limit, 0
        elif self._told and taken < self.limit:
            # Each place that becomes free would be refused until as many jobs have ended as places were lost. So one is
            # passed over after the second refusal, three after the third; what that is too few is found by growing.
            self._falls, self._bound = self._falls + 1, max(1, taken)
            self.limit = taken - 2 ** (self._falls - 1) + 1
        elif not self._told:
            self.limit = min(self.limit, taken)
        self.limit = max(1, self.limit)
        self._told, self._trying, self._since = True, False, 0

    @property
    def _patience(self) -> int:
        """Jobs after which one more is tried."""
        if self.limit >= self._had:
            return PATIENCE
        if 2 * self.limit > self._had > START:
            return MISSING
        # With few places left, that would be many renders one after the other: it begins with one of each place.
        return min(MISSING, self.limit << self._tries)

    def _more(self, taken: int) -> int:
        """Give how many more are tried at once beyond those that are taken."""
        if self._base:  # Something is known: no more than were found so far, and few where that would be many.
            return min(taken - self._base, taken // MANY)
        # With each round trip by its root: of few places many are found at once, so that no other limit is mistaken for
        # one of places, and of many not so many are refused in the end.
        return isqrt(2 * taken)

    def _grow(self, taken: int) -> None:
        """Find out how many more places there are: as fast as they are found."""
        self._told, self._trying, self._base = False, False, taken - 1

    @property
    def known(self) -> int | None:
        """How many may be under way at once, if somebody said so: a person, or the server."""
        return self.given or self.learned

    @property
    def in_force(self) -> bool:
        """Whether a free place may be used at once: so many as nobody has wait in the server's queue."""
        return self.known is not None or self.limit < MOST

    @property
    def learned(self) -> int | None:
        """What the server told, if it did."""
        return self.limit - self._trying if self._told and self.given is None else None
