"""How many jobs may be under way at once: given, or learned by growing until the server says no.

Rule: jobs that the server has taken prove what is allowed; nothing else does. What goes beyond them is tried with few
jobs at once, since each that is too many costs a refusal.
"""

from __future__ import annotations

#: Jobs in the first breath: what the smallest plans with an API allow, as HeyGen's usage limits say.
START = 3
#: Nobody's account is larger than this as far as HeyGen's price pages tell.
MOST = 2000
#: So many jobs at once are many.
MANY = 32
#: One more is tried after so many jobs per place, or in all, and after twice as many once it was refused.
PATIENCE, LEAST_PATIENCE = 6, 36


class Concurrency:
    """The places of an account."""

    def __init__(self, given: int | None = None, learned: float | None = None, *, doubted: bool = False) -> None:
        """Begin with what a person gave, or what was learned earlier; where that is ``doubted``, one more is tried."""
        self.given = given
        self.limit = given or int(learned or START)
        self._told = learned is not None  #: Whether the server has refused more than this.
        self._first = learned is None  #: Whether nothing is known of the account yet.
        self._trying = doubted and learned is not None and given is None
        self.limit += self._trying  #: While trying, it is one more than is known to be allowed.
        self._since = 0  #: Jobs taken with every place in use, since more were last tried.
        self._patience = max(PATIENCE * self.limit, LEAST_PATIENCE)

    def room(self, in_flight: int) -> int:
        """Give how many more jobs may be started."""
        return max(0, self.limit - in_flight)

    def accepted(self, jobs: int, taken: int) -> None:
        """Learn from an acceptance; ``taken`` are all jobs that the server has now."""
        if self.given is not None:
            return
        if taken >= self.limit and self._trying:
            self._told = self._trying = False
        if not self._told:
            # With each round trip half as many again; a few, where something is known, or where that would be many.
            more = taken // 2 if self._first and taken < MANY else taken // 8
            self.limit = min(MOST, max(self.limit, taken + max(1, more)))
            return
        self.limit = max(self.limit, taken)
        if taken >= self.limit:
            self._since += jobs
        if self._since >= self._patience:
            self._trying, self._since = True, 0
            self.limit += 1

    def refused(self, taken: int) -> None:
        """Learn from a refusal: what the server has without it is what is allowed."""
        if self.given is not None:
            return
        limit = max(1, min(self.limit, taken))
        self._patience = (2 if self._trying else 1) * max(PATIENCE * limit, LEAST_PATIENCE)
        self.limit = limit
        self._first = False
        self._told, self._trying, self._since = True, False, 0

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
