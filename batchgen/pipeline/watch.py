"""RENDERING → RENDERED: looks at accepted jobs when a look is due, with as few requests as will do.

Where a job waits for the place of another, and where a run comes to its end, ends are to be seen at once. Where nobody
waits, a request is worth it once it should find many ended.
"""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import TYPE_CHECKING

from batchgen.heygen.errors import ApiError
from batchgen.model.errors import TransportError
from batchgen.model.nature import family
from batchgen.model.status import Event, Status
from batchgen.pipeline.ask import Asker
from batchgen.pipeline.happened import Stumbled
from batchgen.pipeline.heed import Heed
from batchgen.pipeline.links import Links
from batchgen.pipeline.observe import Observer
from batchgen.pipeline.thrift import REQUEST, Thrift
from batchgen.store.interface import Learn, Move

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from batchgen.model.job import Job
    from batchgen.pipeline.ask import Told
    from batchgen.pipeline.context import Context
    from batchgen.pipeline.heed import Heeded
    from batchgen.store.interface import Change

#: Jobs looked at in one go.
CHUNK = 1000


class Watcher:
    """Looks at rendering jobs."""

    def __init__(self, run: Context) -> None:
        self._run = run
        self._asker = Asker(run)
        self._links = Links(run, self._asker)
        self._observer = Observer(run, self._asker, self._links)
        self._thrift = Thrift(interval=run.options.poll_interval)
        self._singly = False  #: Whether there are jobs whose links take a request each.
        self._idle_until = 0.0  #: Epoch seconds until which nothing is due, unless another job arrives.
        self._arrivals = -1  #: How many jobs had arrived when that was found out.
        self._nameless: dict[int, float] = {}  #: Jobs of batches that were accepted → when they are first looked at.
        self._heed = Heed(run)
        run.logbook.follow(self._note_nameless)

    @property
    def busy(self) -> bool:
        """Whether some job is still worth watching."""
        return self._run.options.wait and self._run.board[Status.RENDERING] > 0

    def usual_s(self, kinds: Iterable[str]) -> float | None:
        """Give how long half of the renders of these kinds take at the most, as far as earlier runs saw it."""
        times = self._observer.attention.times
        return max((usual.middle for kind in kinds if (usual := times.usual(kind))), default=None)

    async def work(self) -> None:
        """Look, whenever a look is due."""
        while self._run.options.wait:
            told = self._heed.take()
            await self._take_up(told)
            due = self._due()
            if due and not self._run.stop.everything:
                self._idle_until = 0.0
                await self._look_at(due)
                await self._fetch_links(due)
                self._learn_from(due)
            elif not told:
                # What was told while something was written is taken up before anybody sleeps.
                await self._run.board.changed(self._nap())

    def _due(self) -> list[Job]:
        if not self.busy:
            return []
        now = self._run.clock.now()
        # Jobs that are due in a moment are looked at now: they fit into the same request.
        soon = now + self._run.options.poll_interval / 2 - self._slack
        unhurried = self._unhurried
        # A batch is asked about by a request of its own: too early, it would say nothing, and be asked again.
        nameless = {} if self._run.hints.relied_on else self._nameless
        if nameless and (named := self._newly_named(now)):
            return named
        if unhurried and (nameless or now < self._thrift.next_at):
            return []
        if len(nameless) >= self._run.board[Status.RENDERING]:
            return []
        if soon < self._idle_until and self._arrivals == self._run.board.arrivals[Status.RENDERING]:
            return []
        if unhurried:
            return self._oldest(soon)
        read, run = self._run.store.in_state, self._run.number
        if self._slack:
            # While webhooks are relied on, one look tells whether those that are late are slow or were not told of.
            return read(run, Status.RENDERING, 1, due=soon)
        due = [job for job in read(run, Status.RENDERING, CHUNK, due=soon) if job.pk not in nameless]
        links_alone = all(job in self._links for job in due)
        if not links_alone and not self._singly and self._run.board[Status.RENDERING] <= REQUEST:
            # All of them fit into the same request.
            return [job for job in read(run, Status.RENDERING, REQUEST) if job.pk not in nameless]
        return due

    def _oldest(self, soon: float) -> list[Job]:
        """Give as many jobs as a request may ask about, if one of them is due.

        A server's queue moves from its head, and the account's list stands in the same order.
        """
        read, run = self._run.store.oldest_due, self._run.number
        due = read(run, REQUEST, due=soon)
        if not due or len(due) == REQUEST:
            return due
        others = read(run, REQUEST, due=soon + self._thrift.late(_accepted(due, soon), soon))
        known = {job.pk for job in due}
        # Those that are due come first: the others may all be waiting for their links, and then nothing would be done.
        return [*due, *(job for job in others if job.pk not in known)][:REQUEST]

    def _newly_named(self, now: float) -> list[Job]:
        """Give jobs whose first look is due: it brings their ids, and is owed in any case."""
        due = list(islice((pk for pk, at in self._nameless.items() if at <= now), CHUNK))
        for pk in due:
            del self._nameless[pk]
        jobs = self._run.store.jobs(due) if due else []
        return [job for job in jobs if job.status is Status.RENDERING and not job.remote_id]

    def _note_nameless(self, move: Move, _new: Status) -> None:
        if move.event is Event.ACCEPTED and move.facts.get("batch_id") and not move.facts.get("remote_id"):
            self._nameless[move.job] = move.facts.get("due_at") or move.at

    def _nap(self) -> float | None:
        if self._run.stop.everything or not self.busy:
            return None
        if self._arrivals != self._run.board.arrivals[Status.RENDERING] or self._idle_until <= 0:
            self._arrivals = self._run.board.arrivals[Status.RENDERING]
            self._idle_until = self._run.store.next_due(self._run.number) or 0.0
        if self._idle_until <= 0:
            return None
        next_at = self._idle_until + self._slack - self._run.options.poll_interval / 2
        if self._unhurried and not self._nameless:
            next_at = max(next_at, self._thrift.next_at)
        return max(0.05, min(next_at, self._heed.next_at or next_at) - self._run.clock.now())

    @property
    def _slack(self) -> float:
        """How many seconds later than it is due a look is soon enough: nobody tells of links that come late."""
        return 0.0 if self._links else self._run.hints.slack

    @property
    def _unhurried(self) -> bool:
        """Whether nobody waits for the end of a job, and a request tells of many."""
        waited_for = self._run.board.crowded or self._observer.is_near_the_end
        return not (waited_for or self._singly or self._run.hints.relied_on)

    async def _take_up(self, told: Heeded) -> None:
        """Write what signed events say; where they only say that something happened, ask what."""
        changes = [change for job, said in told.facts for change in self._observer.changes(job, said)]
        if changes or told.look:
            await self._run.logbook.write([*changes, *told.look], durable=True)
        for group in _by_list(told.ask):
            await self._look(group)

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
        unhurried, asked, ended = self._unhurried, 0, 0
        self._links.places, self._links.late = unhurried, 2 * self._run.options.poll_interval
        if unhurried:
            self._links.late = max(self._links.late, self._thrift.late(_accepted(due, now), now))
        for group in _by_list([job for job in due if job not in self._links]):
            if not self._asker.in_bulk(group[0]):
                self._singly = True
            counts = await self._look(await self._worth_it(group, now), by_page=unhurried)
            # The first look at a batch brings the ids of its jobs, and is owed in any case.
            if group[0].remote_id:
                asked, ended = asked + counts[0], ended + counts[1]
        if unhurried and asked:
            now, left = self._run.clock.now(), self._run.board[Status.RENDERING] - len(self._links)
            self._thrift.looked(asked=asked, ended=ended, left=left, oldest=_accepted(due, now), now=now)

    async def _worth_it(self, jobs: Sequence[Job], now: float) -> Sequence[Job]:
        """Put off looks that would cost a request each and find nothing; give the jobs that are left."""
        if self._asker.at_once(jobs[0]) > 1:
            return jobs
        put_off = {job.pk: due_at for job in jobs if (due_at := self._observer.too_early(job, now))}
        await self._run.logbook.write([Learn(job=pk, facts={"due_at": due_at}) for pk, due_at in put_off.items()])
        return [job for job in jobs if job.pk not in put_off]

    async def _look(self, jobs: Sequence[Job], *, by_page: bool = False) -> tuple[int, int]:
        """Ask about jobs that share a list, and write what was said; give how many were told of, and had ended."""
        told_of, ended, error = await self._note(self._asker.ask(jobs, by_page=by_page))
        if error is not None:
            await self._look_later([job for job in jobs if job.pk not in told_of], error)
        return len(told_of), ended

    async def _note(self, told: AsyncIterator[Told]) -> tuple[set[int], int, ApiError | TransportError | None]:
        """Write what is said of jobs while more of them are asked about, until that fails.

        Gives the jobs that were told of, how many of them had ended, and what it failed of.
        """
        told_of: set[int] = set()
        writing: list[asyncio.Task[None]] = []
        ended = 0
        try:
            async for jobs, progress in told:
                # A list moves on while it is read: what was said of a job is not written twice.
                new = [job for job in jobs if job.pk not in told_of]
                told_of.update(job.pk for job in new)
                changes, count = self._observer.note(new, progress)
                ended += count
                writing.append(asyncio.create_task(self._write(changes)))
        except (ApiError, TransportError) as error:
            return told_of, ended, error
        finally:
            await asyncio.gather(*writing)
        return told_of, ended, None

    async def _write(self, changes: Sequence[Change]) -> None:
        """Write what was said of jobs. What names no id can be asked again, should the power fail."""
        ids = any("remote_id" in change.facts for change in changes if isinstance(change, Learn | Move))
        await self._run.logbook.write(changes, durable=ids)

    async def _look_later(self, jobs: Sequence[Job], error: ApiError | TransportError) -> None:
        if isinstance(error, ApiError) and error.hold is not None and error.hold.pauses:
            self._run.stop.pause(error.hold, error.message or error.code)
        self._run.tell(Stumbled(what=f"asking about {len(jobs)} jobs", reason=str(error)))
        due_at = self._run.clock.now() + max(self._run.options.poll_interval, 5.0)
        await self._run.logbook.write([Learn(job=job.pk, facts={"due_at": due_at}) for job in jobs])

    async def _fetch_links(self, due: Sequence[Job]) -> None:
        """Get the links of videos that are ready, once enough have gathered or none is worth waiting for."""
        for group in self._links.in_time():
            told_of, _, error = await self._note(self._links.ask(group))
            if error is not None:
                # Whoever has its link by now is due to be saved, and not to be asked about.
                await self._look_later([job for job in group if job.pk not in told_of], error)
        now = self._run.clock.now()
        still = [Learn(job=job.pk, facts={"due_at": self._links.want(job, now)}) for job in due if job in self._links]
        await self._run.logbook.write(still)


def _accepted(jobs: Iterable[Job], now: float) -> float:
    """Give when the oldest of these jobs was accepted."""
    return min(job.submitted_at or now for job in jobs)


def _by_list(jobs: Iterable[Job]) -> list[list[Job]]:
    """Group jobs that one status request may ask about together."""
    groups: dict[tuple[str | None, str], list[Job]] = {}
    for job in jobs:
        groups.setdefault((job.api, family(job.kind)), []).append(job)
    return list(groups.values())
