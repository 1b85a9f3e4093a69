"""RENDERING → RENDERED: asks how accepted jobs are doing, with as few requests as will do.

Where the API has bulk status, a hundred jobs are one request. Bulk status carries no links; where several videos
are ready, their links come from pages of the account's list, a hundred whole rows each.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from batchgen.heygen.errors import ApiError
from batchgen.model.errors import TransportError
from batchgen.model.exchange import Progress, Stage
from batchgen.model.status import Event, Status
from batchgen.pipeline.attention import Attention
from batchgen.pipeline.happened import Stalled, Started, Stumbled
from batchgen.pipeline.heed import Heed
from batchgen.pipeline.renders import RenderTimes
from batchgen.store.interface import Change, Learn, Move

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

    from batchgen.heygen.interface import Dialect
    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context
    from batchgen.pipeline.heed import Heeded

#: Jobs looked at in one go.
CHUNK = 1000
#: Fewer links than this are asked for one by one: a page of the list would cost as much.
FEW_LINKS = 2
#: This many links are worth a request at once, however young the first of them is.
MANY_LINKS = 50
#: The part of a job's age that passes before the next look, where another job waits for its place; and where it is
#: one of the last of a run, so many that they fit into one request.
PROMPT, PROMPT_AT_THE_END, FINAL = 0.02, 0.1, 100
#: The part of the rows of a list that have to be wanted, for it to be worth reading at once.
WORTH = 0.5
#: How often, and for how long after its acceptance, the server may deny a job before it is believed.
DENIALS, DENIED_S = 5, 60.0


class Watcher:
    """Looks at rendering jobs when a look is due."""

    def __init__(self, run: Context) -> None:
        self._run = run
        self._linkless: dict[int, tuple[Job, float]] = {}  #: Ready jobs without a link yet, and since when.
        self._denied: dict[int, int] = {}  #: How often the server said it has no such job.
        self._idle_until = 0.0  #: Epoch seconds until which nothing is due, unless another job arrives.
        self._arrivals = -1  #: How many jobs had arrived when that was found out.
        self._attention = Attention(
            RenderTimes(run.store.limits(run.realm)), interval=run.options.poll_interval, began=run.clock.now()
        )
        self._heed = Heed(run)

    @property
    def busy(self) -> bool:
        """Whether some job is still worth watching."""
        return self._run.options.wait and self._run.board[Status.RENDERING] > 0

    def usual_s(self, kinds: Iterable[str]) -> float | None:
        """Give how long half of the renders of these kinds take at the most, as far as earlier runs saw it."""
        known = [usual.middle for kind in kinds if (usual := self._attention.times.usual(kind))]
        return max(known, default=None)

    async def work(self) -> None:
        """Look, whenever a look is due."""
        while self._run.options.wait:
            told = self._heed.take()
            await self._take_up(told)
            due = self._due()
            if due and not self._run.stop.everything:
                self._idle_until = 0.0
                for group in _by_list(job for job in due if job.pk not in self._linkless):
                    await self._look(group)
                await self._fetch_links(due)
                self._learn_from(due)
            elif not told:
                # What was told while something was written is taken up before anybody sleeps.
                await self._run.board.changed(self._nap())

    def _due(self) -> list[Job]:
        if not self.busy:
            return []
        # Jobs that are due in a moment are looked at now: they fit into the same request.
        soon = self._run.clock.now() + self._run.options.poll_interval / 2 - self._slack
        if soon < self._idle_until and self._arrivals == self._run.board.arrivals[Status.RENDERING]:
            return []
        # While webhooks are relied on, one look tells whether those that are late are slow or were not told of.
        most = 1 if self._slack else CHUNK
        return self._run.store.in_state(self._run.number, Status.RENDERING, most, due=soon)

    def _nap(self) -> float | None:
        if self._run.stop.everything or not self.busy:
            return None
        if self._arrivals != self._run.board.arrivals[Status.RENDERING] or self._idle_until <= 0:
            self._arrivals = self._run.board.arrivals[Status.RENDERING]
            self._idle_until = self._run.store.next_due(self._run.number) or 0.0
        if self._idle_until <= 0:
            return None
        next_at = self._idle_until + self._slack - self._run.options.poll_interval / 2
        return max(0.05, min(next_at, self._heed.next_at or next_at) - self._run.clock.now())

    @property
    def _slack(self) -> float:
        """How many seconds later than it is due a look is soon enough: nobody tells of links that come late."""
        return 0.0 if self._linkless else self._run.hints.slack

    async def _take_up(self, told: Heeded) -> None:
        """Write what signed events say; where they only say that something happened, ask what."""
        changes = [change for job, said in told.facts for change in self._changes(job, said)]
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
            if job.status is not Status.RENDERING or job.pk in self._linkless:
                self._run.hints.missed()
            elif job.polls > polls[job.pk]:
                self._run.hints.rendered(now - (job.submitted_at or now))

    async def _look(self, jobs: Sequence[Job]) -> None:
        """Ask about jobs that share a list, and write what was said."""
        try:
            async for asked, progress in self._ask(jobs):
                await self._note(asked, progress)
        except (ApiError, TransportError) as error:
            await self._look_later(jobs, error)

    async def _look_later(self, jobs: Sequence[Job], error: ApiError | TransportError) -> None:
        if isinstance(error, ApiError) and error.hold is not None and error.hold.pauses:
            self._run.stop.pause(error.hold, error.message or error.code)
        self._run.tell(Stumbled(what=f"asking about {len(jobs)} jobs", reason=str(error)))
        due_at = self._run.clock.now() + max(self._run.options.poll_interval, 5.0)
        await self._run.logbook.write([Learn(job=job.pk, facts={"due_at": due_at}) for job in jobs])

    async def _ask(self, jobs: Sequence[Job]) -> AsyncIterator[tuple[Sequence[Job], Sequence[Progress]]]:
        """Give jobs with what was said of them, a request at a time."""
        dialect, kind = self._run.dialects[jobs[0].api or self._run.options.api], jobs[0].kind
        known = [job for job in jobs if job.remote_id]
        for chunk in _chunks(known, dialect.endpoint(kind).status_limit):
            yield chunk, await self._statuses(dialect, kind, chunk)
        for batch_id, members in _by_batch(job for job in jobs if not job.remote_id).items():
            yield members, await self._batch(dialect, kind, batch_id)

    async def _statuses(self, dialect: Dialect, kind: str, jobs: Sequence[Job]) -> Sequence[Progress]:
        ids = [job.remote_id or "" for job in jobs]
        return await self._run.caller.read(
            dialect.status(kind, ids),
            lambda reply: dialect.read_status(kind, reply, asked=ids),
        )

    async def _batch(self, dialect: Dialect, kind: str, batch_id: str) -> Sequence[Progress]:
        rows: list[Progress] = []
        cursor: str | None = None
        while True:
            request = dialect.batch(kind, batch_id, cursor)
            page = await self._run.caller.read(
                request,
                lambda reply: dialect.read_batch(kind, reply, batch_id=batch_id),
            )
            rows += page.rows
            cursor = page.next_token
            if cursor is None:
                return rows

    async def _note(self, jobs: Sequence[Job], progress: Sequence[Progress]) -> None:
        """Write what was said of jobs; of those nothing was said of, only when to ask again."""
        by_id = {one.remote_id: one for one in progress if one.remote_id}
        by_item = {one.item: one for one in progress if one.item is not None}
        changes: list[Change] = []
        for job in jobs:
            said = by_id.get(job.remote_id) if job.remote_id else by_item.get(job.item or 0)
            now = self._run.clock.now()
            changes += self._changes(job, said) if said else [Learn(job=job.pk, facts=self._next_look(job, now))]
        await self._run.logbook.write(changes, durable=True)

    def _follow(self, job: Job, stage: Stage, now: float) -> list[Change]:
        """Follow a job from the server's queue to its end; give what is learned when it is there."""
        match stage:
            case Stage.QUEUED:
                self._attention.queued(job, now)
            case Stage.WORKING if self._attention.rendering(job, now):
                self._run.tell(Started(job=job.pk, at=now))
            case Stage.READY if job.pk not in self._linkless:
                took = self._attention.ended(job, now)
                if took is not None and self._attention.times.note(job.kind, took):
                    return list(self._attention.times.lesson(job.kind, self._run.realm, now))
            case Stage.BROKEN:
                self._attention.ended(job, now)
        waited = self._attention.stalled(job, now) if stage in {Stage.QUEUED, Stage.WORKING} else None
        if waited is not None:
            self._run.tell(
                Stalled(
                    job=job.pk,
                    kind=job.kind,
                    remote_id=job.remote_id or job.batch_id or "",
                    waited_s=waited,
                    usual_s=self._attention.times.late(job.kind),
                    queued=stage is Stage.QUEUED,
                )
            )
        return []

    def _changes(self, job: Job, said: Progress) -> list[Change]:
        now = self._run.clock.now()
        return [*self._follow(job, said.stage, now), *self._meaning(job, said, now)]

    def _meaning(self, job: Job, said: Progress, now: float) -> list[Change]:
        found: dict[str, Any] = {}
        if said.remote_id and not job.remote_id:
            # An id is on disk before anything else happens with it.
            found = {"remote_id": said.remote_id}
        match said.stage:
            case Stage.READY if said.video_url:
                return [self._ready(job, said, found, now)]
            case Stage.READY:
                self._linkless.setdefault(job.pk, (_with_id(job, said), now))
                # Its place is free already: the next job need not wait for a link.
                self._run.board.finished = len(self._linkless)
                return [Learn(job=job.pk, facts={**found, **self._next_look(job, now)})]
            case Stage.BROKEN:
                self._forget_linkless(job)
                facts = {**found, **_failed(said.error_code, said.error, now)}
                return [_move(job, Event.BROKEN, now, facts, said.error_code or said.error or "")]
            case Stage.UNKNOWN if self._is_gone(job, now):
                self._forget_linkless(job)
                return [_move(job, Event.BROKEN, now, _failed("not_found", _GONE, now), "not_found")]
            case _:
                return [Learn(job=job.pk, facts={**found, **self._next_look(job, now)})]

    def _ready(self, job: Job, said: Progress, found: Mapping[str, Any], now: float) -> Move:
        self._forget_linkless(job)
        facts = {
            **found,
            "video_url": said.video_url,
            "duration_s": said.duration_s,
            "credits": self._run.budget.real(job, said.duration_s),
            "due_at": now,
        }
        return _move(job, Event.READY, now, facts, said.remote_id or job.remote_id or "")

    def _forget_linkless(self, job: Job) -> None:
        self._linkless.pop(job.pk, None)
        self._run.board.finished = len(self._linkless)

    def _next_look(self, job: Job, now: float) -> dict[str, Any]:
        wait = self._attention.until_next_look(job, now)
        wait = min(wait, self._attention.until_prompt_look(job, now, self._patience()))
        # Jobs of like age are looked at in the same moment, so that they share a request.
        grid = self._run.options.poll_interval * 2 ** int(math.log2(max(1.0, wait / self._run.options.poll_interval)))
        due_at = round((now + wait) / grid) * grid if grid > 0 else now + wait
        return {"due_at": max(due_at, now + self._run.options.poll_interval), "polls": job.polls + 1}

    def _patience(self) -> float:
        """Give the part of a job's age that may pass before the next look."""
        if self._run.board.crowded:
            # Each second that an end is not seen, a place of the account stands empty.
            return PROMPT
        return PROMPT_AT_THE_END if self._run.board.open <= FINAL else math.inf

    def _is_gone(self, job: Job, now: float) -> bool:
        self._denied[job.pk] = self._denied.get(job.pk, 0) + 1
        return self._denied[job.pk] >= DENIALS and now - (job.submitted_at or now) >= DENIED_S

    async def _fetch_links(self, due: Sequence[Job]) -> None:
        """Get the links of videos that are ready, once enough have gathered or none is worth waiting for."""
        for group in _by_list(job for job, _ in self._linkless.values()):
            if self._is_time_for_links(group):
                try:
                    await self._links(group)
                except (ApiError, TransportError) as error:
                    await self._look_later(group, error)
        due_at = self._run.clock.now() + self._run.options.poll_interval
        still = [Learn(job=job.pk, facts={"due_at": due_at}) for job in due if job.pk in self._linkless]
        await self._run.logbook.write(still)

    def _is_time_for_links(self, group: Sequence[Job]) -> bool:
        oldest = min(since for _, since in self._linkless.values())
        waited = self._run.clock.now() - oldest
        alone = self._run.board[Status.RENDERING] <= len(self._linkless)
        # The list begins with the newest: to find the oldest of these, all that came after it are read too.
        depth = self._run.board.begun - min(job.seq or 0 for job in group)
        many = len(group) >= max(MANY_LINKS, depth * WORTH)
        return alone or many or waited >= 2 * self._run.options.poll_interval

    async def _links(self, group: Sequence[Job]) -> None:
        dialect, kind = self._run.dialects[group[0].api or self._run.options.api], group[0].kind
        wanted = {job.remote_id: job for job in group}
        if len(wanted) > FEW_LINKS and dialect.endpoint(kind).lists_links:
            await self._links_from_list(dialect, kind, wanted)
        for job in [job for job in wanted.values() if job.pk in self._linkless]:
            await self._note_links([job], await self._statuses(dialect, kind, [job]))

    async def _links_from_list(self, dialect: Dialect, kind: str, wanted: Mapping[str | None, Job]) -> None:
        cursor: str | None = None
        # A page is worth reading as long as it may bring more than asking one by one would.
        for _ in range(math.ceil(len(wanted) / FEW_LINKS)):
            request = dialect.listing(kind, token=cursor)
            page = await self._run.caller.read(request, lambda reply: dialect.read_listing(kind, reply))
            here = [wanted[row.remote_id] for row in page.rows if row.remote_id in wanted]
            await self._note_links(here, page.rows)
            cursor = page.next_token
            if cursor is None or not any(job.pk in self._linkless for job in wanted.values()):
                return

    async def _note_links(self, jobs: Sequence[Job], rows: Sequence[Progress]) -> None:
        said = {row.remote_id: row for row in rows}
        answered = [job for job in jobs if job.pk in self._linkless and job.remote_id in said]
        changes: list[Change] = []
        for job in answered:
            changes += self._changes(job, said[job.remote_id])
        await self._run.logbook.write(changes, durable=True)


_GONE = (
    "The server does not know this video any more: it was deleted, or it belongs to another account. "
    "`batchgen retry` makes it again, which costs again."
)


def _move(job: Job, event: Event, at: float, facts: Mapping[str, Any], detail: str) -> Move:
    return Move(job=job.pk, old=job.status, event=event, at=at, facts=facts, detail=detail)


def _failed(code: str | None, text: str | None, at: float) -> dict[str, Any]:
    """Tell why a render failed. Failed jobs are not charged, as HeyGen's enterprise page says."""
    return {"error_code": code, "error": text, "finished_at": at, "credits": None}


def _with_id(job: Job, said: Progress) -> Job:
    return replace(job, remote_id=job.remote_id or said.remote_id)


def _by_list(jobs: Iterable[Job]) -> list[list[Job]]:
    """Group jobs that one status request may ask about together."""
    groups: dict[tuple[str | None, str], list[Job]] = {}
    for job in jobs:
        groups.setdefault((job.api, job.kind), []).append(job)
    return list(groups.values())


def _by_batch(jobs: Iterable[Job]) -> dict[str, list[Job]]:
    groups: dict[str, list[Job]] = {}
    for job in jobs:
        groups.setdefault(job.batch_id or "", []).append(job)
    return groups


def _chunks(jobs: Sequence[Job], size: int) -> Iterator[Sequence[Job]]:
    for start in range(0, len(jobs), size):
        yield jobs[start : start + size]
