"""How much longer a run will take, from what it has seen so far.

Two things are watched: how many videos end in a minute, and how long one renders. The first tells when the queue is
through; the second that the youngest video still needs most of its own time. Before anything has ended, what earlier
runs remembered of render times stands in; where nothing is remembered, nothing is said: a number that is only a guess
is worse than none.
"""

from __future__ import annotations

from collections import deque
from statistics import median

#: Seconds that the rate looks back, and for slow renders how many of them. Longer and it remembers another hour's
#: server, shorter and it jumps.
WINDOW_S, WINDOW_RENDERS = 600.0, 3.0
#: Polls bring videos in bunches; ends this close together are one bunch.
BUNCH_S = 1.0
#: Renders that the typical time is taken from: the last ones.
RENDERS = 200
#: Videos that must have ended, besides the first bunch, before a rate is believed.
ENOUGH = 3


class Forecast:
    """Counts what ends, and when. Times are epoch seconds, as the facts of a run tell them."""

    def __init__(self) -> None:
        self._ended: deque[tuple[float, int]] = deque()  #: Bunches: when, and how many.
        self._renders: deque[float] = deque(maxlen=RENDERS)
        self._began: dict[int, float] = {}  #: Video → when it was accepted, or was first seen to render.
        self._last_began = 0.0
        self._remembered: float | None = None
        self._places = 0

    def begin(self, *, usual_s: float | None, places: int | None) -> None:
        """Take what is known before anything has ended: how long a render takes, and how many go at once."""
        self._remembered, self._places = usual_s, places or 0

    def accepted(self, job: int, at: float) -> None:
        """Note that a video was accepted."""
        self._began[job] = self._last_began = at

    def started(self, job: int, at: float) -> None:
        """Note that a video waits in no queue any more."""
        self.accepted(job, at)

    def rendered(self, job: int, at: float) -> None:
        """Note that a video is ready, or has failed to become so."""
        began = self._began.pop(job, None)
        if began is not None:
            self._renders.append(at - began)

    def woke(self, at: float) -> None:
        """Note that nobody watched until now: the hours that passed are no render's, and no rate's."""
        self._began.clear()
        self._ended.clear()
        self._last_began = at

    def ended(self, at: float) -> None:
        """Note that nothing more is to be done for a video."""
        if self._ended and at - self._ended[-1][0] < BUNCH_S:
            when, count = self._ended.pop()
            self._ended.append((when, count + 1))
        else:
            self._ended.append((at, 1))

    @property
    def typical(self) -> float | None:
        """How many seconds a render takes, as far as that is known."""
        return median(self._renders) if self._renders else self._remembered

    def rate(self, now: float) -> float | None:
        """Give how many videos end in a second, or None while that is not known."""
        window = max(WINDOW_S, WINDOW_RENDERS * (self.typical or 0.0))
        while self._ended and self._ended[0][0] < now - window:
            self._ended.popleft()
        if len(self._ended) < 2:
            return None
        # The first bunch only starts the watch: what led to it began before.
        count = sum(n for _, n in self._ended) - self._ended[0][1]
        elapsed = now - self._ended[0][0]
        return count / elapsed if count >= ENOUGH and elapsed > 0 else None

    def left(self, now: float, *, to_send: int, under_way: int, to_save: int, queued: int = 0) -> float | None:
        """Give the seconds until all is done, or None while that is not known.

        ``queued`` are those that wait at the server, ``under_way`` those that render or are just being sent.
        """
        to_come = to_send + queued
        if not to_come + under_way + to_save:
            return None
        typical, rate = self.typical, self.rate(now)
        if rate is None:
            if typical is None or (to_come and not under_way + self._places):
                return None
            # As many at once as now, or as may be, wave after wave.
            waves = to_come / max(1, under_way, self._places)
            return typical * waves + self._youngest(now, typical, to_come=to_come)
        queue = (to_come + under_way + to_save) / rate
        if typical is None or not to_come + under_way:
            return queue
        return max(queue, self._youngest(now, typical, to_come=to_come))

    def _youngest(self, now: float, typical: float, *, to_come: int) -> float:
        return typical if to_come else max(0.0, typical - (now - self._last_began))


def duration(seconds: float) -> str:
    """Say how long something takes, as a person would."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 2 * 86_400 else f"{seconds / 86_400:.1f} days"
