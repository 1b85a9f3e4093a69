"""When an accepted job is worth a look again, and which one has been under way for too long. Pure.

A job that renders is not ready before the quickest of its kind were, so few looks come before that. A job that waits
in the server's queue is behind others: it is looked at when most of its wait should be over, and then again.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from batchgen.pipeline.renders import QUICKEST
from batchgen.pipeline.retry import until_next_poll

if TYPE_CHECKING:
    from batchgen.model.job import Job
    from batchgen.pipeline.renders import RenderTimes

#: Of the wait that a queued job has before it, so much passes before the next look.
SHARE = 0.75
#: The server need not keep to an order: no look is put off by more than an hour, or by half of what is expected.
LONGEST_S, LONGEST_SHARE = 3600.0, 0.5
#: The same of the quickest render's time, before the next look at a job that has not begun to render.
SOONEST = 0.25
#: Ends that have to be seen before they tell how fast a queue moves.
FEW_ENDS = 10
#: The part of a render's time that may be unknown, for it to tell how long renders take.
VAGUE = 0.25
#: The part of the time since a queued job was accepted in which ends of others may not have been seen yet.
UNSEEN = 0.25
#: Seconds for which others may tell how long renders take, where nothing is known.
UNKNOWN_S = 300.0
#: The part of those looked at early that has to have ended for a look at the others.
EARLY = 0.1
#: Seconds of a render that a look may come late where nobody waits for its place: a part of the usual time.
UNHURRIED = 0.25
#: The same where no queue is: looks this far apart see an end, in the middle, a twentieth of the usual time late.
EVEN = 0.095
#: A film tells sooner than those before it where it is shorter than this part of their shortest: so few do, however a
#: sheet is sorted.
SHORTER = 0.8
#: Seconds in which half of a kind are ready, for them to be ready in no time; and between two looks at such jobs.
QUICK_S, AT_ONCE_S = 0.5, 0.05


class Attention:
    """Follows the jobs of a run from their acceptance to their end. Times are epoch seconds."""

    def __init__(self, times: RenderTimes, *, interval: float, began: float) -> None:
        self.times = times
        self._interval = interval
        self.began = began  #: When the run began: how long older jobs rendered unwatched is not known.
        self._woke_at = 0.0  #: Before that, jobs rendered unwatched as well.
        self._queue: list[int] = []  #: The places in the run of jobs that were said to be queued, in order.
        self._queued: dict[int, tuple[int, float]] = {}  #: Job → its place, and when it was last said to be queued.
        self._rendering: dict[int, float] = {}  #: Job → since when it renders at the earliest.
        self._seen: dict[int, float] = {}  #: Job → when it was first seen to render: since then at the latest.
        self._stalled: set[int] = set()
        self._over: set[int] = set()  #: Jobs that came to their end: a link that expired makes them no slower.
        self._shortest: set[int] = set()  #: Jobs each of which was the shortest when it came.
        self._shortest_s = math.inf
        self._kinds: set[str] = set()  #: Of the jobs that ended.
        self._first = self._last = 0.0  #: When the first and the last job ended.
        self._ended = 0

    def quick_s(self, job: Job, now: float) -> float:
        """Give the seconds to the next look at a job that may be ready in no time; infinity where it is none of those.

        Where nothing is known of its kind, it may be, as long as it is young.
        """
        usual, age = self.times.usual(job), now - (job.submitted_at or now)
        middle = usual.middle if usual else age
        return max(middle, EVEN * age, AT_ONCE_S) if middle <= QUICK_S else math.inf

    @property
    def quick(self) -> bool:
        """Whether all that ended in this run was ready in no time."""
        usual = [self.times.usual_of(kind) for kind in self._kinds]
        return bool(usual) and all(one and one.middle <= QUICK_S for one in usual)

    @property
    def queueing(self) -> bool:
        """Whether some job waits for its turn."""
        return bool(self._queue)

    @property
    def under_way(self) -> int:
        """How many jobs are known to render."""
        return len(self._rendering)

    def is_shortest(self, job: Job) -> bool:
        """Whether a job's video is known to be far shorter than all that this was asked of before: it tells soonest."""
        lasts = self.times.lasts(job) or math.inf
        if lasts < SHORTER * self._shortest_s:
            self._shortest_s = lasts
            self._shortest.add(job.pk)
        return job.pk in self._shortest

    def queued(self, job: Job, now: float) -> None:
        """Note that a job waits for its turn."""
        if job.pk not in self._queued:
            insort(self._queue, job.seq or 0)
        self._queued[job.pk] = (job.seq or 0, now)

    def rendering(self, job: Job, now: float) -> bool:
        """Note that a job renders; tell whether that is new."""
        if job.pk in self._rendering or job.pk in self._over:
            return False
        waited = self._leave_queue(job)
        accepted = job.submitted_at or now
        # It began at some time between the last look and this one; where there was none, when it was accepted.
        self._rendering[job.pk] = accepted if waited is None else waited
        self._seen[job.pk] = now
        return True

    def ended(self, job: Job, now: float) -> float | None:
        """Note that a job came to its end; give how long it rendered, where that was seen."""
        if job.pk in self._over:
            return None
        was_queued = job.pk in self._queued
        self.rendering(job, now)
        began, seen = self._rendering.pop(job.pk), self._seen.pop(job.pk)
        self._over.add(job.pk)
        self._kinds.add(job.kind)
        self._first = self._first or now
        self._last = now
        self._ended += 1
        took, unsure = now - began, seen - began
        if was_queued or began != job.submitted_at:
            # It left a queue between two looks: where these were far apart, nobody knows how long it rendered.
            known = unsure <= max(2 * self._interval, VAGUE * took)
        else:
            known = (job.submitted_at or 0.0) >= self.began
        return took if known and began >= self._woke_at else None

    def woke(self, now: float) -> None:
        """Note that nobody watched until now: what passed before tells nothing of renders and queues."""
        self._woke_at = now
        self._first = self._last = 0.0
        self._ended = 0

    def _age(self, job: Job, now: float) -> float:
        """Give for how long a job has rendered, as far as that was watched."""
        return now - max(self._rendering.get(job.pk, job.submitted_at or now), self._woke_at)

    def _waited(self, job: Job, now: float) -> float:
        """Give how long ago a job was accepted, as far as that was watched."""
        return now - max(job.submitted_at or now, self._woke_at)

    def worth_it_at(self, job: Job, now: float, *, hurried: bool) -> float:
        """Give when the first of such jobs are ready, or when that may be known."""
        began = self._rendering.get(job.pk, job.submitted_at or now)
        usual = self.times.usual(job)
        if usual is not None:
            return began + (QUICKEST if hurried else 1.0) * usual.early
        # Where a tenth of those that are looked at early have ended, of the others as many have: fewer may be chance.
        told = self._ended > EARLY * (self._ended + len(self._rendering))
        return now if hurried or told else min(began + UNKNOWN_S, now + UNKNOWN_S / 10)

    def until_next_look(self, job: Job, now: float) -> float:
        """Give the seconds to the next look at a job that was looked at now."""
        if job.pk in self._queued:
            return self._while_queued(job, now)
        age = self._age(job, now)
        usual = self.times.usual(job)
        if usual is None:
            return until_next_poll(age, self._interval)
        if age < usual.early:
            return max(self._interval, min(usual.early - age, 3 * age))
        # While others are queued, the server fills a free place by itself, and nobody waits for our look.
        full = len(self._queue) > len(self._rendering)
        # Beyond the usual a look is worth a part of the age; how long that is, the slow ones are yet to tell.
        return max(self._interval, (UNHURRIED if full else EVEN) * max(usual.middle, age - usual.late))

    def until_prompt_look(self, job: Job, now: float, part: float) -> float:
        """Give the seconds to a look that sees an end no later than a part of the job's age."""
        if job.pk in self._queued:
            return self.until_next_look(job, now)
        usual = self.times.usual(job)
        age = self._age(job, now)
        return max(self._interval, part * age, QUICKEST * usual.early - age if usual else 0.0)

    def stalled(self, job: Job, now: float) -> float | None:
        """Give how long a job has been under way, if that is far beyond the usual; once for each."""
        began = self._seen.get(job.pk)
        # A queue moves as long as anything of it ends.
        since = max(job.submitted_at or now, self._last, self.began) if began is None else began
        since = max(since, self._woke_at)
        # Of a long queue nobody knows what ended of late: it is looked at rarely.
        unseen = UNSEEN * (now - (job.submitted_at or now)) if began is None else 0.0
        if job.pk in self._stalled or now - since < self.times.beyond(job) + unseen:
            return None
        self._stalled.add(job.pk)
        return now - since

    def _leave_queue(self, job: Job) -> float | None:
        place, seen = self._queued.pop(job.pk, (None, None))
        if place is not None:
            del self._queue[bisect_left(self._queue, place)]
        return seen

    def _while_queued(self, job: Job, now: float) -> float:
        usual = self.times.usual(job)
        # What is not begun is not ready before the quickest of its kind were.
        soonest = max(until_next_poll(self._waited(job, now), self._interval), SOONEST * usual.early if usual else 0.0)
        before = bisect_left(self._queue, job.seq or 0)
        elapsed = self._last - self._first
        if self._ended < 2 or elapsed <= 0:
            # Nothing tells yet how fast it goes: looks come at ages that double.
            return max(soonest, min(self._waited(job, now), LONGEST_S))
        expected = before * elapsed / (self._ended - 1) - (now - self._last)
        unhurried = min(SHARE * expected, max(LONGEST_S, LONGEST_SHARE * expected))
        if self._ended < FEW_ENDS:
            # Two ends far from each other tell of no pace: what they seem to say puts no look off for long.
            unhurried = min(unhurried, self._waited(job, now))
        return max(soonest, unhurried)
