"""RENDERING → RENDERED: looks at accepted jobs when a look is due, with as few requests as will do.

Where a job waits for the place of another, and where a run comes to its end, ends are to be seen at once. Where nobody
waits, rounds go through the pages of the account's list.
"""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from batchgen.model.status import Event, Status
from batchgen.pipeline.absence import Absence
from batchgen.pipeline.happened import Woke
from batchgen.pipeline.watching.ask import Asker
from batchgen.pipeline.watching.heed import Heed
from batchgen.pipeline.watching.links import Links
from batchgen.pipeline.watching.lists import by_list, sort_of
from batchgen.pipeline.watching.notes import Notes
from batchgen.pipeline.watching.observe import Observer
from batchgen.pipeline.watching.rounds import MANY, Rounds
from batchgen.pipeline.watching.thrift import REQUEST
from batchgen.store.interface import Learn, Move

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context
    from batchgen.pipeline.watching.heed import Heeded
    from batchgen.pipeline.watching.notes import Noted

#: Jobs looked at in one go.
CHUNK = 1000
#: Seconds within which an answer is there that is there at all: with all attempts, and what the server asks to wait.
ANSWER_S = 600.0
#: Seconds that may pass, and between two looks, once nobody wants to wait any longer.
LEAVING_S, ONCE_MORE_S = 5.0, 0.5
#: How late the link of a video may come at the end of a run of thousands, as a part of the time since it was accepted.
LINK_LATE = 0.35
#: The part of the jobs asked about that had ended, from which on it is thought of the next ones as well.
MOSTLY = 0.8


class Watcher:
    """Looks at rendering jobs."""

    def __init__(self, run: Context) -> None:
        self._run = run
        self._asker = Asker(run)
        self._links = Links(run, self._asker)
        self._observer = Observer(run, self._asker, self._links)
        self._notes = Notes(run, self._asker, self._observer, awake=self._awake)
        self._rounds = Rounds(run, self._asker, self._notes, self._links)
        self._idle_until = 0.0  #: Epoch seconds until which nothing is due, unless another job arrives.
        self._arrivals = -1  #: How many jobs had arrived when that was found out.
        self._nameless: dict[int, float] = {}  #: Jobs of batches that were accepted → when they are first looked at.
        self._mostly_ended: set[tuple[str, str]] = set()  #: Lists of whose jobs most had when they were asked about.
        self._heed = Heed(run)
        self._absence = Absence(run.clock)
        run.logbook.follow(self._note_nameless, {Event.ACCEPTED, Event.READY, Event.BROKEN})

    @property
    def busy(self) -> bool:
        """Whether some job is still worth watching."""
        watched = self._run.board[Status.RENDERING] - len(self._run.board.elsewhere)
        return self._run.options.wait and watched > 0

    def usual_s(self, kinds: Iterable[str]) -> float | None:
        """Give how long half of the renders of these kinds take at the most, as far as earlier runs saw it."""
        return max((usual.middle for kind in kinds if (usual := self._run.renders.usual_of(kind))), default=None)

    async def work(self) -> None:
        """Look, whenever a look is due."""
        while self._run.options.wait:
            self._awake()
            told = self._heed.take()
            await self._take_up(told)
            if self.busy and self._unhurried and not self._run.stop.everything and await self._rounds.go():
                self._idle_until = 0.0
                continue
            due = [] if self._unhurried else self._due()
            if due and not self._run.stop.everything:
                self._idle_until = 0.0
                await self._look_at(due)
                await self._fetch_links(due)
                self._learn_from(due)
            elif not told:
                # What was told while something was written is taken up before anybody sleeps.
                nap = self._nap()
                self._absence.naps(nap)
                await self._run.board.changed(nap)

    def _awake(self) -> None:
        """Take note of time in which nobody watched, before anything is made of what is said after it."""
        absent = self._absence.is_over()
        self._absence.naps(ANSWER_S)
        if not absent:
            return
        now = self._run.clock.now()
        self._run.tell(Woke(at=now))
        self._observer.attention.woke(now)
        self._rounds.woke(now)
        self._idle_until = 0.0

    async def leave(self) -> None:
        """Learn the ids of batches' jobs that are left to render, so that the results tell them."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVING_S):
                while groups := by_list(self._left_nameless()):
                    for group in groups:
                        await self._notes.take(self._asker.by_id(group))
                    # A batch that was accepted a moment ago may have no ids for its jobs yet.
                    await self._run.clock.sleep(ONCE_MORE_S)

    def _left_nameless(self) -> Iterator[Job]:
        left = self._run.store.in_state(self._run.number, Status.RENDERING, MANY)
        return (job for job in left if job.batch_id and not job.remote_id)

    def _due(self) -> list[Job]:
        if not self.busy:
            return []
        now = self._run.clock.now()
        # Jobs that are due in a moment are looked at now: they fit into the same request.
        soon = now + self._run.options.poll_interval / 2 - self._slack
        # A batch is asked about by a request of its own: too early, it would say nothing, and be asked again.
        nameless = {} if self._run.hints.relied_on else self._nameless
        if nameless and (named := self._newly_named(now)):
            return named
        if len(nameless) >= self._run.board[Status.RENDERING]:
            return []
        if soon < self._idle_until and self._arrivals == self._run.board.arrivals[Status.RENDERING]:
            return []
        read, run = self._run.store.in_state, self._run.number
        if self._slack:
            # While webhooks are relied on, one look tells whether those that are late are slow or were not told of.
            return read(run, Status.RENDERING, 1, due=soon)
        found = read(run, Status.RENDERING, CHUNK, due=soon)
        due = [job for job in found if job.pk not in nameless and self._is_due(job, now)]
        links_alone = all(job in self._links for job in due)
        if not links_alone and not self._rounds.singly and self._run.board[Status.RENDERING] <= REQUEST:
            # All of them fit into the same request.
            return [job for job in read(run, Status.RENDERING, REQUEST) if job.pk not in nameless]
        return due

    def _is_due(self, job: Job, now: float) -> bool:
        """Whether a job that is due soon is worth a look now: where one look soon follows on another, hardly sooner."""
        return not job.polls or (job.due_at or 0.0) <= now + self._observer.quick_s(job, now) / 2

    def _newly_named(self, now: float) -> list[Job]:
        """Give jobs whose first look is due: it brings their ids, and is owed in any case."""
        due = list(islice((pk for pk, at in self._nameless.items() if at <= now), CHUNK))
        for pk in due:
            del self._nameless[pk]
        jobs = self._run.store.jobs(due) if due else []
        return [job for job in jobs if job.status is Status.RENDERING and not job.remote_id]

    def _note_nameless(self, move: Move, _new: Status) -> None:
        self._nameless.pop(move.job, None)
        if move.event is Event.ACCEPTED:
            first_look = move.facts.get("due_at") or move.at
            self._rounds.expect(first_look, accepted=move.at)
            # One that is none of this run's is left to whoever asks for it again.
            own = move.job not in self._run.board.outsiders
            if own and move.facts.get("batch_id") and not move.facts.get("remote_id"):
                self._nameless[move.job] = first_look

    def _nap(self) -> float | None:
        if self._run.stop.everything or not self.busy:
            return None
        if self._unhurried:
            next_at = self._rounds.next_at
        else:
            if self._arrivals != self._run.board.arrivals[Status.RENDERING] or self._idle_until <= 0:
                self._arrivals = self._run.board.arrivals[Status.RENDERING]
                self._idle_until = self._run.store.next_due(self._run.number) or 0.0
            if self._idle_until <= 0:
                return None
            next_at = self._idle_until + self._slack - self._run.options.poll_interval / 2
        next_at = min(next_at, self._heed.next_at or next_at)
        return None if math.isinf(next_at) else max(0.05, next_at - self._run.clock.now())

    @property
    def _slack(self) -> float:
        """How many seconds later than it is due a look is soon enough: nobody tells of links that come late."""
        return 0.0 if self._links else self._run.hints.slack

    @property
    def _unhurried(self) -> bool:
        """Whether nobody waits for the end of a job, and a request tells of many."""
        waited_for = self._run.board.crowded or self._observer.is_near_the_end or self._is_over_soon
        return not (waited_for or self._rounds.singly or self._run.hints.relied_on)

    @property
    def _is_over_soon(self) -> bool:
        """Whether all are sent, and those that are left should be ready by the time they are asked about."""
        board = self._run.board
        return (
            bool(self._mostly_ended)
            and self._observer.attention.quick
            and not board[Status.PLANNED] + board[Status.SENDING]
        )

    async def _take_up(self, told: Heeded) -> None:
        """Write what signed events say; where they only say that something happened, ask what."""
        changes, _ = self._observer.note(told.facts)
        if changes or told.look:
            await self._run.logbook.write([*changes, *told.look], durable=True)
        await self._look(told.ask)

    def _learn_from(self, due: Sequence[Job]) -> None:
        """Learn of webhooks from a look at a job that nothing was told of."""
        if not self._run.hints.relied_on:
            return
        now, polls = self._run.clock.now(), {job.pk: job.polls for job in due}
        for job in self._run.store.jobs(list(polls)):
            if job.status is not Status.RENDERING or job in self._links:
                self._run.hints.missed()
            elif job.polls > polls[job.pk]:
                self._run.hints.rendered(now - (job.submitted_at or now))

    async def _look_at(self, due: Sequence[Job]) -> None:
        now = self._run.clock.now()
        self._links.late = 2 * self._run.options.poll_interval
        if self._observer.is_at_the_end_of_many:
            watched = max((self._observer.watched_s(job, now) for job in due), default=0.0)
            self._links.late = max(self._links.late, LINK_LATE * watched)
        groups = by_list(job for job in due if job not in self._links)
        await self._look([job for group in groups for job in await self._worth_it(group, now)])

    async def _worth_it(self, jobs: Sequence[Job], now: float) -> Sequence[Job]:
        """Put off looks that would cost a request each and find nothing; give the jobs that are left."""
        if self._asker.lists.in_bulk(jobs[0]):
            return jobs
        put_off = {job.pk: due_at for job in jobs if (due_at := self._observer.too_early(job, now))}
        await self._run.logbook.write([Learn(job=pk, facts={"due_at": due_at}) for pk, due_at in put_off.items()])
        return [job for job in jobs if job.pk not in put_off]

    async def _look(self, jobs: Sequence[Job]) -> None:
        """Ask about jobs, list by list, and write what was said."""
        told_of: set[int] = set()
        for group in by_list(jobs):
            # A page may tell of jobs of every sort: whoever has ended by now is not asked about again.
            left = [job for job in group if job.pk not in told_of]
            noted = await self._notes.take(self._asker.ask(left, ended=sort_of(group[0]) in self._mostly_ended))
            told_of |= noted.told_of
            self._judge(group[0], noted)
            if noted.error is not None:
                await self._notes.later([job for job in left if job.pk not in noted.told_of], noted.error)

    def _judge(self, job: Job, noted: Noted) -> None:
        """Note whether most of the jobs that were asked about had ended: so may have most of the next ones."""
        ended = noted.told_of and noted.ended >= MOSTLY * len(noted.told_of)
        (self._mostly_ended.add if ended else self._mostly_ended.discard)(sort_of(job))

    async def _fetch_links(self, due: Sequence[Job]) -> None:
        """Get the links of videos that are ready, once enough have gathered or none is worth waiting for."""
        for group in self._links.in_time():
            noted = await self._notes.take(self._links.by_page(group))
            if noted.error is None:
                noted = await self._notes.take(self._links.one_by_one(group))
            if noted.error is not None:
                # Whoever has its link by now is due to be saved, and not to be asked about.
                await self._notes.later([job for job in group if job.pk not in noted.told_of], noted.error)
        now = self._run.clock.now()
        still = [Learn(job=job.pk, facts={"due_at": self._links.want(job, now)}) for job in due if job in self._links]
        await self._run.logbook.write(still)
