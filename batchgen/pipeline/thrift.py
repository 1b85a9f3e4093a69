"""When another request about rendering jobs is worth it, where nobody waits for the places of those that ended. Pure.

A request tells of a hundred jobs. As long as it finds most of them ended, the next hundred are asked about at once;
else the next one waits until half of those that it asks about should have ended, as fast as they end now. So a run of
thousands costs a few requests a hundred jobs, whether its renders end all at once or one after another for days, and
nothing need be known of them before.
"""

from __future__ import annotations

import math

#: Jobs that one request may ask about.
REQUEST = 100
#: Of the jobs asked about: from so many that ended, the next request leaves at once; so many are waited for.
MOST, HALF = 0.9, 0.5
#: How much longer a wait may be than the one before.
LONGER = 2.0
#: How late an end may be seen, as a part of the time since the job was accepted; and the same as long as none was seen.
LATE, LATE_AT_FIRST = 0.1, 0.35


class Thrift:
    """Places requests about rendering jobs. Times are epoch seconds."""

    def __init__(self, *, interval: float) -> None:
        self._interval = self._wait = interval
        self._any = False  #: Whether any end was seen yet.
        self._ended = 0  #: Jobs that were found to have ended since the last wait began.
        self._since = 0.0  #: When that was.
        self.next_at = 0.0  #: When the next request is worth it.

    def looked(self, *, asked: int, ended: int, left: int, oldest: float, now: float) -> None:
        """Learn from a request about so many jobs, of which so many had ended; so many are still to end.

        The oldest of those asked about was accepted at the time ``oldest``.
        """
        self._ended += ended
        self._any = self._any or ended > 0
        if ended >= MOST * asked:
            self.next_at = now
            return
        wanted = HALF * min(REQUEST, left)
        expected = wanted * (now - self._since) / self._ended if self._ended else math.inf
        longest = min(max(self._wait, self._interval) * LONGER, self.late(oldest, now))
        self._wait = min(expected, longest)
        self._ended, self._since = 0, now
        self.next_at = now + self._wait

    def late(self, oldest: float, now: float) -> float:
        """Give how many seconds late an end may be seen of a job that was accepted at that time."""
        return max(self._interval, (LATE if self._any else LATE_AT_FIRST) * (now - oldest))
