"""Asks how accepted jobs are doing: by their ids, by their batch, or by the page of the list that they stand on.

Where the API has bulk status, a hundred jobs are one request, but it carries no links: pages of the account's lists
do. Where there is no bulk status, pages stand in for it.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from batchgen.heygen.errors import ApiError
from batchgen.model.errors import NoReply
from batchgen.model.exchange import Page, Progress, Stage
from batchgen.pipeline.watching.lists import LAG_S, PAGE, Lists, sort_of
from batchgen.pipeline.watching.statuses import refuses_many

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

    from batchgen.heygen.interface import Dialect
    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context
    from batchgen.pipeline.watching.lists import Told

Some = TypeVar("Some")

#: Status requests under way at once.
WAVE = 50
#: From so many jobs on, a page may cost less than asking for each of them.
SEVERAL = 3
#: Rows of the list that may be read for each job that is ready: to ask for it in bulk, to note that its link is still
#: wanted, and to read it once more, takes as long.
LINKED = 3
#: Pages of the list in which jobs are looked for whose batch the server denies: they may be from long ago.
FAR = 100
#: Looks at a list in a row that tell of no end, until one job is asked about by its id.
QUIET = 5
#: Ends in a row that a list did not know of, until it is held to lag for good.
BEHIND = 3
_ENDS = frozenset({Stage.READY, Stage.BROKEN})


class Asker:
    """Asks about jobs."""

    def __init__(self, run: Context) -> None:
        self._run = run
        self.lists = Lists(run)
        self._listed: dict[tuple[str, str], bool] = {}  #: Generation and family → whether the list shows such jobs.
        self._quiet: Counter[tuple[str, str]] = Counter()  #: The same → looks in a row that it told no end in.
        self._behind: Counter[tuple[str, str]] = Counter()  #: The same → ends in a row that it did not know of.

    def at_once(self, job: Job) -> int:
        """Give how many jobs like this one a request may tell of."""
        return PAGE if self._listed.get(sort_of(job)) else self.lists.dialect(job).endpoint(job.kind).status_limit

    async def ask(self, jobs: Sequence[Job], *, ended: bool = False) -> AsyncIterator[Told]:
        """Give jobs with what was said of them, a request at a time. They share a list.

        ``ended`` tells that most of them have, as far as anybody can know: then links are worth as much as the
        news. Raises ``ApiError`` and ``TransportError``.
        """
        if not jobs:
            return
        if len(jobs) >= SEVERAL and self._is_worth_pages(jobs, ended=ended):
            left = {job.pk: job for job in jobs}
            async for told in self._from_list(jobs):
                for job in told[0]:
                    left.pop(job.pk, None)
                yield told
            jobs = list(left.values())
        async for told in self.by_id(jobs):
            yield told

    async def _from_list(self, jobs: Sequence[Job]) -> AsyncIterator[Told]:
        """Read the list for what it tells of jobs: those that broke are left out where it tells no reason."""
        asked, ids = {job.pk for job in jobs}, {job.remote_id for job in jobs}
        found = ended = False
        try:
            most = math.ceil(self.lists.rows(jobs) / PAGE) + 1
            async for here, rows in self.lists.pages(jobs, most=most, at_hand=True):
                found = found or not asked.isdisjoint(job.pk for job in here)
                ended = ended or any(row.stage in _ENDS and row.remote_id in ids for row in rows)
                broken = {
                    row.remote_id for row in rows if row.stage is Stage.BROKEN and not (row.error or row.error_code)
                }
                yield [job for job in here if job.remote_id not in broken], rows
        except NoReply:
            return  # Its jobs are asked about by themselves, and it is left alone once it failed several times.
        except ApiError as error:
            if error.hold is not None and not error.hold.pauses:
                raise
            # There is no such list, or none for us to read: each job can be asked about by itself all the same.
            self._listed[sort_of(jobs[0])] = False
            return
        sort, now = sort_of(jobs[0]), self._run.clock.now()
        if not found and sort not in self.lists.plain:
            # The other list of the same may show them.
            self.lists.plain.add(sort)
            async for told in self._from_list(jobs):
                yield told
            if sort not in self._listed:
                self.lists.plain.discard(sort)
        # A list may lag, but not behind jobs that were there for a while.
        elif found or max(now - (job.submitted_at or now) for job in jobs) > LAG_S:
            self._listed[sort] = found
        self._quiet[sort] = 0 if ended else self._quiet[sort] + 1
        if ended:
            self._behind[sort] = 0
        elif found and self._quiet[sort] % QUIET == 0:
            yield await self._from_one(jobs)

    async def _from_one(self, jobs: Sequence[Job]) -> Told:
        """Ask about the one that was sent first, by its id, where a list told of no end for a while.

        A list that goes on saying that all are rendering is found out by it, and trusted no more.
        """
        first = min(jobs, key=lambda job: job.submitted_at or 0.0)
        said, sort = await self.statuses([first]), sort_of(first)
        # Once it may have ended between the two questions.
        self._behind[sort] = self._behind[sort] + 1 if any(one.stage in _ENDS for one in said) else 0
        if self._behind[sort] >= BEHIND:
            self._listed[sort] = False
        return [first], said

    def _is_worth_pages(self, jobs: Sequence[Job], *, ended: bool) -> bool:
        """Whether pages of the list cost no more than what else would tell as much of these jobs."""
        endpoint = self.lists.dialect(jobs[0]).endpoint(jobs[0].kind)
        if ended and endpoint.lists_links and self.lists.can_read(jobs[0]):
            # Else whoever has ended would be asked about twice: in bulk, and for the link.
            return self.lists.cost(jobs) * PAGE <= LINKED * len(jobs)
        return self._may_be_listed(jobs[0]) and self.lists.can_read(jobs[0]) and self.lists.cost(jobs) <= len(jobs)

    def _may_be_listed(self, job: Job) -> bool:
        return self.lists.dialect(job).endpoint(job.kind).lists_statuses and self._listed.get(sort_of(job), True)

    async def by_id(self, jobs: Sequence[Job]) -> AsyncIterator[Told]:
        """Ask about jobs of one list by their ids, and about those that have none yet by their batches.

        Raises ``ApiError`` and ``TransportError``.
        """
        if not jobs:
            return
        dialect = self.lists.dialect(jobs[0])
        known = [job for job in jobs if job.remote_id]
        async for told in self._in_waves(known, dialect.endpoint(jobs[0].kind).status_limit):
            yield told
        for batches in _chunks(list(_by_batch(job for job in jobs if not job.remote_id).values()), WAVE):
            asked = (self._batch(dialect, members[0]) for members in batches)
            answers = await asyncio.gather(*asked, return_exceptions=True)
            for members, answer in zip(batches, answers, strict=True):
                left = _left_out(members, answer)
                if not isinstance(answer, BaseException):
                    yield [job for job in members if job not in left], answer.rows
                if left:
                    async for told in self._of_no_batch(left):
                        yield told
            for answer in answers:
                if isinstance(answer, BaseException) and not _is_unknown(answer):
                    raise answer

    async def _of_no_batch(self, jobs: Sequence[Job]) -> AsyncIterator[Told]:
        """Look for jobs in the list that no batch tells of; what is not there either, the server has none of."""
        left = {job.pk: job for job in jobs}
        if self.lists.is_findable(jobs[0]):
            async for told in self.lists.pages(jobs, most=FAR):
                for job in told[0]:
                    left.pop(job.pk, None)
                yield told
        for job in left.values():
            yield [job], [Progress(stage=Stage.UNKNOWN, item=job.item or 0)]

    async def one_by_one(self, jobs: Sequence[Job]) -> AsyncIterator[Told]:
        """Ask about each of these jobs by itself, which brings links. Raises as ``ask`` does."""
        async for told in self._in_waves(jobs, 1):
            yield told

    async def _in_waves(self, jobs: Sequence[Job], limit: int) -> AsyncIterator[Told]:
        for wave in _chunks(jobs, limit * WAVE):
            chunks = list(_chunks(wave, limit))
            replies = await asyncio.gather(*map(self.statuses, chunks), return_exceptions=True)
            answered = [(chunk, said) for chunk, said in zip(chunks, replies, strict=True) if isinstance(said, list)]
            yield [job for chunk, _ in answered for job in chunk], [one for _, said in answered for one in said]
            for chunk, reply in zip(chunks, replies, strict=True):
                if len(chunk) > 1 and refuses_many(reply):
                    async for told in self.one_by_one(chunk):
                        yield told
                elif isinstance(reply, BaseException):
                    raise reply

    async def statuses(self, jobs: Sequence[Job]) -> list[Progress]:
        """Ask about jobs of one list by their ids, no more than one request may name."""
        dialect, kind, ids = self.lists.dialect(jobs[0]), jobs[0].kind, [job.remote_id or "" for job in jobs]
        said = await self._run.caller.read(
            dialect.status(kind, ids),
            lambda reply: dialect.read_status(kind, reply, asked=ids),
        )
        return list(said)

    async def _batch(self, dialect: Dialect, member: Job) -> Page:
        kind, batch_id = member.kind, member.batch_id or ""
        rows: dict[tuple[int | None, str | None], Progress] = {}
        cursor: str | None = None
        while True:
            request = dialect.batch(kind, batch_id, cursor)
            page = await self._run.caller.read(
                request,
                lambda reply: dialect.read_batch(kind, reply, batch_id=batch_id),
            )
            read = {(row.item, row.remote_id): row for row in page.rows}
            cursor = page.next_token if read.keys() - rows.keys() else None  # It may lead back to what was read.
            rows |= read
            if cursor is None:
                return Page(rows=tuple(rows.values()), over=page.over)


def _is_unknown(answer: BaseException) -> bool:
    """Whether the server says that it has no such batch."""
    return isinstance(answer, ApiError) and answer.missing


def _left_out(jobs: Sequence[Job], answer: Page | BaseException) -> Sequence[Job]:
    """Give those that no batch tells of: it is denied, or the server is done with it and does not name them."""
    if isinstance(answer, BaseException):
        return jobs if _is_unknown(answer) else []
    told = {row.item for row in answer.rows}
    return [job for job in jobs if (job.item or 0) not in told] if answer.over else []


def _by_batch(jobs: Iterable[Job]) -> dict[str, list[Job]]:
    groups: dict[str, list[Job]] = {}
    for job in jobs:
        groups.setdefault(job.batch_id or "", []).append(job)
    return groups


def _chunks(some: Sequence[Some], size: int) -> Iterator[Sequence[Some]]:
    for start in range(0, len(some), size):
        yield some[start : start + size]
