"""When a request about rendering jobs is worth it, where nobody waits for the places of those that ended. Pure.

At first nothing is known of how long renders take. A hundred scouts, the oldest, are asked about at ages that grow;
once most of them have ended, so have most of the others, and a round goes through the pages of the list that all of
them stand on: each of these requests finds out who ended, and brings the links. The next round is worth it once as
many should have ended again as this one found, were they to go on ending as fast as at its time: that is the best
moment there is (Barlow, Hunter and Proschan, 1963), whatever the spread of their times. A round that comes to a page
of which few have ended stops there, since jobs may render one after another; then the next one waits until half of a
hundred should have ended. So a run of thousands costs three or four requests a hundred jobs, whether its renders end
all at once or one after another for days.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

#: Jobs that one request may ask about.
REQUEST = 100
#: The part of the scouts that has to have ended for a round; that of a hundred jobs for which a stopped one waits.
MOST, HALF = 0.65, 0.5
#: The part of a job's age that counts where most of it passed before anybody watched.
UNWATCHED = 0.1
#: Seconds after which what failed is asked again, at the least.
AGAIN_S = 5.0
#: The first links wait no longer than until the jobs are so many times as old as when the first had ended.
PATIENCE = 4.0
#: How much longer a wait may be than the one before.
LONGER = 2.0
#: The longest wait, as a part of the time since jobs were accepted: for the first end of a scout; between
#: looks at scouts, and where jobs end one after another; between rounds through all of them; and for the last hundred.
LATE_AT_FIRST, LATE, LATE_ROUND, LATE_AT_THE_END = 0.5, 0.35, 0.8, 0.1


class Thrift:
    """Places requests about rendering jobs. Times are epoch seconds."""

    def __init__(self, *, interval: float) -> None:
        self._interval = self._wait = interval
        self._ended = 0  #: Scouts that had ended when they were last asked about.
        self._looked_at = 0.0  #: When that was, or when the last round began.
        self._began = 0.0  #: When the first request was made.
        self._first_at = 0.0  #: When the first of the scouts was seen to have ended.
        self._hazard = 0.0  #: The part of those left that ends, a second; 0: not known.
        self.next_at = 0.0  #: When the next request is worth it.
        self.ripe = False  #: Whether it is to be a round although nobody's place in the list is known.

    def scouted(self, *, asked: int, ended: int, accepted: float, now: float, quickest: float = 0.0) -> None:
        """Learn from a look at so many scouts, of which so many have ended by now.

        They were accepted at the time ``accepted``; ``quickest`` are the seconds that the quickest are known to take.
        """
        if self._looked_at:
            self._hazard = _hazard(asked - self._ended, asked - ended, now - self._looked_at)
        self._ended, self._looked_at = ended, now
        if ended and not self._first_at:
            self._first_at = now
        waited = bool(ended) and now - accepted >= PATIENCE * (self._first_at - accepted)
        self.ripe = ended >= MOST * asked or waited
        if self.ripe:
            self.next_at = now
            return
        left = math.log((asked - ended) / ((1.0 - MOST) * asked))
        age = self._age(accepted, now)
        # Before the quickest are ready, ages double from look to look.
        longest = LATE * age if ended else max(LATE_AT_FIRST * age, min(age, quickest - age))
        self._rest(
            left / self._hazard if self._hazard else math.inf, longest, now, quick=now - accepted if ended else None
        )

    def went(
        self, course: Course, *, left: int, accepted: float, now: float, last_accepted: float | None = None
    ) -> None:
        """Learn from a round; so many jobs of the list are left, whether they were told of or not.

        ``last_accepted`` is when the last of them was, where none comes after it: as long as jobs come, those that are
        left when they are old are a few, and wait for the others; then they are all that the run waits for.
        """
        age, told, ended = self._age(accepted, now), len(course.told), course.ended
        since, quick = age if self.ripe else now - self._looked_at, now - accepted if ended else None
        if course.stopped:
            wanted, late = HALF * min(REQUEST, left), LATE if left > REQUEST else LATE_AT_THE_END
            self._rest(wanted * since / ended if ended else math.inf, late * age, now, quick=quick)
        else:
            # Where the others did not end as the scouts did, their own pace counts.
            like_scouts = self._hazard and ended >= HALF * told
            hazard = self._hazard if like_scouts else _hazard(told, told - ended, since)
            open_ = told - ended
            again = ended / (open_ * hazard) if open_ and hazard else math.inf
            youngest = age if last_accepted is None else min(age, self._age(last_accepted, now))
            self._rest(again, LATE_ROUND * youngest, now, quick=quick)
            if told and not open_:
                # Whoever else there is was accepted later, and may have ended as well.
                self._wait, self.next_at = self._interval, now
        self.ripe, self._ended, self._looked_at = False, 0, now
        self._hazard = self._first_at = 0.0

    def put_off(self, now: float) -> None:
        """Wait, since a request failed."""
        self.next_at = now + max(self._interval, AGAIN_S)

    def _age(self, accepted: float, now: float) -> float:
        """Give for how long jobs were watched: those of an earlier run may end at any age."""
        self._began = self._began or now
        return max(now - max(accepted, self._began), UNWATCHED * (now - accepted))

    def _rest(self, expected: float, longest: float, now: float, *, quick: float | None) -> None:
        """Wait; ``quick`` is how old jobs are of which some have ended: others of that age may have, before long."""
        if math.isinf(expected):
            expected = LONGER * self._wait
        shortest = self._interval if quick is None else min(self._interval, quick)
        self._wait = max(shortest, min(expected, longest))
        self.next_at = now + self._wait


class Course:
    """What a round has come to so far."""

    def __init__(self) -> None:
        self.told: set[int] = set()  #: The jobs that were told of.
        self.ended = 0
        self.failed = False  #: Whether the list could not be read.
        self.stopped = False  #: Whether it is not worth going on.
        self._judged = self._found = 0  #: How many had been told of, and had ended, when it was last worth going on.

    def note(self, told: Collection[int], ended: int, *, failed: bool = False) -> None:
        """Take in what some pages told; stop where too few of a good number of jobs have ended."""
        self.told.update(told)
        self.ended += ended
        self.failed = failed
        asked, found = len(self.told) - self._judged, self.ended - self._found
        if asked >= HALF * REQUEST:
            self.stopped = found < HALF * asked
            self._judged, self._found = len(self.told), self.ended


def _hazard(before: int, after: int, seconds: float) -> float:
    """Give the part of those left that ended, a second, where so many of them were left before and after."""
    return math.log(before / max(0.5, after)) / seconds if before > after and seconds > 0.0 else 0.0
