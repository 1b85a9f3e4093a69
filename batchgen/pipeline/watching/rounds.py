"""Looks at thousands of jobs that nobody waits for, a list of the account at a time, with as few requests as will do.

A page of a list tells of a hundred jobs whether they ended, and with what link. It also tells their ids: those of a
batch's jobs are asked for by a request of their own only where a page cannot be matched to them, or for a first batch,
which shows whether jobs are refused that no list will ever show.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from batchgen.model.exchange import Stage
from batchgen.model.status import Status
from batchgen.pipeline.watching.lists import LAG_S, PAGE, by_list, sort_of
from batchgen.pipeline.watching.thrift import REQUEST, Course, Thrift

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context
    from batchgen.pipeline.watching.ask import Asker
    from batchgen.pipeline.watching.links import Links
    from batchgen.pipeline.watching.lists import Told
    from batchgen.pipeline.watching.notes import Noted, Notes

#: Jobs looked at in one round.
MANY = 5000
#: Seconds after which scouts that all still wait for their turn are not the first to have it.
QUEUED_S = 300.0


class Rounds:
    """The rounds of a run, one after another for each list. Times are epoch seconds."""

    def __init__(self, run: Context, asker: Asker, notes: Notes, links: Links) -> None:
        self._run = run
        self._asker = asker
        self._notes = notes
        self._links = links
        self._lists: dict[tuple[str, str], Round] = {}
        self._went_at = 0.0
        self.next_at = 0.0  #: When something is due.
        self.singly = False  #: Whether there are jobs that take a request each: no round goes through those.

    def expect(self, at: float, *, accepted: float) -> None:
        """Note that a job is to be looked at for the first time: together with those that come meanwhile."""
        self.next_at = min(self.next_at, max(at, self._went_at + at - accepted))

    def woke(self, now: float) -> None:
        """Note that nobody watched until now: all is looked at anew."""
        for one in self._lists.values():
            one.woke(now)
        self.next_at = now

    async def go(self) -> bool:
        """Look at what is due; tell whether something was."""
        now = self._run.clock.now()
        if now < self.next_at:
            return False
        self._went_at = now
        groups = by_list(self._run.store.oldest_due(self._run.number, MANY, due=math.inf))
        self.singly = not all(self._asker.lists.in_bulk(group[0]) for group in groups)
        if self.singly:
            return False
        for group in groups:
            # A page of another list may have told of some of them meanwhile.
            rendering = group if len(groups) == 1 else self._still_rendering(group)
            if rendering:
                await self._of(group[0]).go(rendering)
        self.next_at = min((self._of(group[0]).next_at for group in groups), default=math.inf)
        return True

    def _still_rendering(self, jobs: Sequence[Job]) -> list[Job]:
        found = {job.pk for job in self._run.store.jobs([job.pk for job in jobs]) if job.status is Status.RENDERING}
        return [job for job in jobs if job.pk in found]

    def _of(self, job: Job) -> Round:
        if sort_of(job) not in self._lists:
            self._lists[sort_of(job)] = Round(self._run, self._asker, self._notes, self._links)
        return self._lists[sort_of(job)]


class Round:
    """The jobs of one list."""

    def __init__(self, run: Context, asker: Asker, notes: Notes, links: Links) -> None:
        self._run = run
        self._asker = asker
        self._notes = notes
        self._links = links
        self._thrift = Thrift(interval=run.options.poll_interval)
        self._scouts: set[int] = set()
        self._strays: set[int] = set()  #: Jobs that the list does not show.
        self._refusing = False  #: Whether jobs of a batch were seen to fail at once.
        self._late: set[int] = set()  #: Jobs that the list called ready without giving their links.
        self._owed_at = math.inf  #: When something is due that no page is to tell.
        self._woke_at = 0.0  #: Before that, nobody watched.

    @property
    def next_at(self) -> float:
        """When something is due."""
        return min(self._thrift.next_at, self._owed_at)

    def woke(self, now: float) -> None:
        """Note that nobody watched until now: what was learned of how fast jobs end does not hold."""
        self._thrift, self._woke_at = Thrift(interval=self._run.options.poll_interval), now

    async def go(self, jobs: Sequence[Job]) -> None:
        """Look at jobs, oldest first, as far as that is due."""
        if await self._ask_for_what_no_page_tells(jobs) or self._run.clock.now() < self._thrift.next_at:
            return
        jobs = [job for job in jobs if job.pk not in self._late]
        if not jobs:
            self._thrift.next_at = self._owed_at
            return
        if self._thrift.ripe or any(map(self._asker.lists.has_seen, jobs)):
            await self._go_round(jobs)
        else:
            await self._look_at_scouts(jobs)

    async def _ask_for_what_no_page_tells(self, jobs: Sequence[Job]) -> bool:
        """Ask for the ids of jobs that no list can be matched to, or that may have been refused, and for late links.

        Tells whether there were such jobs.
        """
        now, again = self._run.clock.now(), self._run.clock.now() + self._run.options.poll_interval
        nameless = [
            job for job in jobs if not job.remote_id and (self._refusing or not self._asker.lists.is_findable(job))
        ]
        due = [job for job in nameless if (job.due_at or 0.0) <= now]
        late = [pk for pk, at in self._wanted() if at <= now and now >= self._owed_at]
        await self._take(self._asker.by_id(due), due)
        await self._ask_for_links(late)
        wanted = self._wanted()
        self._late = {pk for pk, _ in wanted}
        next_looks = [due_at if (due_at := job.due_at or 0.0) > now else again for job in nameless]
        self._owed_at = min([*next_looks, *(max(at, again) for _, at in wanted)], default=math.inf)
        return bool(due or late)

    def _wanted(self) -> list[tuple[int, float]]:
        """Give the late links that are still waited for, with when each may be asked for again."""
        return [(pk, at) for pk in sorted(self._late) if (at := self._links.again_at(pk)) is not None]

    async def _look_at_scouts(self, jobs: Sequence[Job]) -> None:
        now = self._run.clock.now()
        waiting = [job for job in jobs if job not in self._links]
        if not waiting:
            self._thrift.ripe = True
            return
        first, due_at = waiting[0], waiting[0].due_at or 0.0
        if not first.polls and due_at > now:
            self._thrift.next_at = due_at
            return
        self._choose_scouts(waiting)
        left = [job for job in waiting if job.pk in self._scouts]
        noted = await self._take(self._asker.by_id(left), left)
        if noted.error is not None:
            return
        if noted.stages[Stage.BROKEN] and not first.remote_id:
            # What fails at once is to be told at once.
            self._refusing, self._owed_at = True, now
        asked, accepted = len(self._scouts), self._accepted(left)
        ended = asked - len(left) + noted.ended
        quickest = min(map(self._run.renders.quickest, left), default=0.0)
        self._thrift.scouted(asked=asked, ended=ended, accepted=accepted, now=self._run.clock.now(), quickest=quickest)
        if noted.stages[Stage.QUEUED] == asked and now - accepted >= QUEUED_S:
            # Whose turn it is instead, the list knows.
            self._thrift.ripe, self._thrift.next_at = True, now

    def _choose_scouts(self, jobs: Sequence[Job]) -> None:
        """Take the oldest that one request can ask about: those of a batch, or those whose ids are known."""
        others = [job for job in jobs if job.pk not in self._scouts]
        room = REQUEST - len(self._scouts)
        if not others or room <= 0:
            return
        batch_id = None if others[0].remote_id else others[0].batch_id
        like = [job for job in others if (job.batch_id == batch_id if batch_id else job.remote_id)]
        self._scouts.update(job.pk for job in like[:room])

    async def _go_round(self, jobs: Sequence[Job]) -> None:
        course, listed = Course(), self._asker.lists.can_read(jobs[0])
        if listed:
            await self._read_pages(jobs, course)
        if course.failed:
            return
        missing = [job for job in jobs if job.pk in self._strays or not listed]
        await self._ask_by_id([job for job in missing if job.pk not in course.told])
        self._scouts.clear()
        now = self._run.clock.now()
        self._late |= {job.pk for job in jobs if job.pk in course.told and job in self._links}
        self._owed_at = min(self._owed_at, now + 2 * self._run.options.poll_interval) if self._late else self._owed_at
        # Not the oldest: what lingers on tells nothing of those that were sent long after it.
        accepted = self._accepted(jobs[len(jobs) // 2 :])
        board, left = self._run.board, len(jobs) - course.ended
        last = None if board[Status.PLANNED] + board[Status.SENDING] else max(map(self._accepted_at, jobs))
        self._thrift.went(course, left=left, accepted=accepted, now=now, last_accepted=last)

    async def _read_pages(self, jobs: Sequence[Job], course: Course) -> None:
        """Read the pages that jobs stand on, the oldest first, and then look for those that were seen on none."""
        for page in self._asker.lists.by_place(jobs).values():
            await self._read(page, course, most=0)
            if course.failed or course.stopped:
                return
        others = [job for job in jobs if job.pk not in course.told | self._strays]
        if not others:
            return
        await self._read(others, course, most=math.ceil(self._asker.lists.rows(others) / PAGE) + 1)
        # It was gone through to its end, whatever it told.
        course.stopped, now = False, self._run.clock.now()
        if not course.failed:
            unseen = [job for job in others if job.pk not in course.told]
            self._strays.update(job.pk for job in unseen if now - (job.submitted_at or now) > LAG_S)

    async def _read(self, jobs: Sequence[Job], course: Course, *, most: int) -> None:
        noted = await self._take(self._asker.lists.pages(jobs, most=most, further=True), jobs)
        course.note(noted.told_of, noted.ended, failed=noted.error is not None)

    async def _ask_by_id(self, jobs: Sequence[Job]) -> None:
        """Ask about jobs that no page tells of, and for the link of each that is ready."""
        unknown = [job for job in jobs if job not in self._links]
        await self._take(self._asker.by_id(unknown), unknown)
        await self._ask_for_links([job.pk for job in jobs])

    async def _ask_for_links(self, jobs: Sequence[int]) -> None:
        ready = [job for job in self._run.store.jobs(jobs) if job in self._links] if jobs else []
        await self._take(self._links.one_by_one(ready), ready)

    async def _take(self, told: AsyncIterator[Told], jobs: Sequence[Job]) -> Noted:
        noted = await self._notes.take(told)
        if noted.error is not None:
            await self._notes.later([job for job in jobs if job.pk not in noted.told_of], noted.error)
            self._thrift.put_off(self._run.clock.now())
        return noted

    def _accepted(self, jobs: Sequence[Job]) -> float:
        """Give when the oldest of these jobs was accepted."""
        return min(map(self._accepted_at, jobs), default=self._run.clock.now())

    def _accepted_at(self, job: Job) -> float:
        return max(job.submitted_at or self._run.clock.now(), self._woke_at)
