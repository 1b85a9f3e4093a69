"""Asks how accepted jobs are doing: by their ids, by their batch, or by the page of the list that they stand on.

Where the API has bulk status, a hundred jobs are one request, but it carries no links. A page of the account's list is
a hundred whole rows, with links: where a job stands on it is remembered, so that the page can be read again without
all that came after it. Where there is no bulk status, pages stand in for it: they tell which jobs are worth a request
of their own, which brings the link or the reason.
"""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, TypeVar

from batchgen.heygen.errors import ApiError
from batchgen.model.exchange import Stage
from batchgen.model.nature import family

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

    from batchgen.heygen.interface import Dialect
    from batchgen.model.exchange import Page, Progress
    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context

    #: Jobs that were asked about, and what was said of them.
    Told = tuple[Sequence[Job], Sequence[Progress]]

Some = TypeVar("Some")

#: The part of the jobs asked about that have to stand on one page of the list, for that page to be read.
TOGETHER = 1 / 4
#: Status requests under way at once.
WAVE = 50
#: Rows of a page.
PAGE = 100
#: Seconds after which a list shows a job, if it ever does.
LAG_S = 60.0
#: From so many jobs on, a page may cost less than asking for each of them.
SEVERAL = 3


class Asker:
    """Asks, and remembers where in the account's list jobs were seen."""

    def __init__(self, run: Context) -> None:
        self._run = run
        self._seen_at: dict[int, str | None] = {}  #: Job → the cursor of the page it was seen on.
        self._listed: dict[tuple[str, str], bool] = {}  #: Generation and family → whether the list shows such jobs.

    def dialect(self, job: Job) -> Dialect:
        """Give the dialect that a job was sent in."""
        return self._run.dialects[job.api or self._run.options.api]

    def at_once(self, job: Job) -> int:
        """Give how many jobs like this one a request may tell of."""
        return PAGE if self._listed.get(_sort(job)) else self.dialect(job).endpoint(job.kind).status_limit

    def in_bulk(self, job: Job) -> bool:
        """Whether a request can name many jobs like this one."""
        return self.dialect(job).endpoint(job.kind).status_limit > 1

    def rows(self, jobs: Iterable[Job]) -> int:
        """Give how many rows of the list stand before the last of these jobs.

        It begins with the newest: to find the oldest of these, all that came after it are read too.
        """
        return self._run.board.begun - min(job.seq or 0 for job in jobs)

    async def ask(self, jobs: Sequence[Job], *, by_page: bool = False) -> AsyncIterator[Told]:
        """Give jobs with what was said of them, a request at a time. They share a list.

        By page, all of the run's jobs that stand on it are told of, whether they were asked about or not.
        Raises ``ApiError`` and ``TransportError``.
        """
        if not jobs:
            return
        told = await self._by_page(jobs) if by_page else None
        if told is not None:
            yield told
            return
        if self._may_be_listed(jobs[0]) and SEVERAL <= len(jobs) > self.rows(jobs) / PAGE:
            left = {job.pk: job for job in jobs}
            async for told in self._from_list(jobs):
                for job in told[0]:
                    left.pop(job.pk, None)
                yield told
            jobs = list(left.values())
        async for told in self._by_id(jobs):
            yield told

    async def _from_list(self, jobs: Sequence[Job]) -> AsyncIterator[Told]:
        """Read the list for what it tells of jobs: of those that broke it tells no reason, so they are left out."""
        asked, found = {job.pk for job in jobs}, False
        try:
            async for here, rows in self.pages(jobs, most=math.ceil(self.rows(jobs) / PAGE) + 1):
                found = found or not asked.isdisjoint(job.pk for job in here)
                broken = {row.remote_id for row in rows if row.stage is Stage.BROKEN}
                yield [job for job in here if job.remote_id not in broken], rows
        except ApiError as error:
            if error.hold is not None and not error.hold.pauses:
                raise
            # There is no such list, or none for us to read: each job can be asked about by itself all the same.
            self._listed[_sort(jobs[0])] = False
            return
        now = self._run.clock.now()
        # A list may lag, but not behind jobs that were there for a while.
        if found or max(now - (job.submitted_at or now) for job in jobs) > LAG_S:
            self._listed[_sort(jobs[0])] = found

    def _may_be_listed(self, job: Job) -> bool:
        return self.dialect(job).endpoint(job.kind).lists_statuses and self._listed.get(_sort(job), True)

    async def _by_id(self, jobs: Sequence[Job]) -> AsyncIterator[Told]:
        if not jobs:
            return
        dialect = self.dialect(jobs[0])
        known = [job for job in jobs if job.remote_id]
        async for told in self._in_waves(known, dialect.endpoint(jobs[0].kind).status_limit):
            yield told
        for batches in _chunks(list(_by_batch(job for job in jobs if not job.remote_id).values()), WAVE):
            asked = (self._batch(dialect, members[0]) for members in batches)
            answers = await asyncio.gather(*asked, return_exceptions=True)
            for members, answer in zip(batches, answers, strict=True):
                if not isinstance(answer, BaseException):
                    yield members, answer
            for answer in answers:
                if isinstance(answer, BaseException):
                    raise answer

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
            for reply in replies:
                if isinstance(reply, BaseException):
                    raise reply

    async def statuses(self, jobs: Sequence[Job]) -> list[Progress]:
        """Ask about jobs of one list by their ids, no more than one request may name."""
        dialect, kind, ids = self.dialect(jobs[0]), jobs[0].kind, [job.remote_id or "" for job in jobs]
        said = await self._run.caller.read(
            dialect.status(kind, ids),
            lambda reply: dialect.read_status(kind, reply, asked=ids),
        )
        return list(said)

    async def pages(self, jobs: Sequence[Job], *, most: int) -> AsyncIterator[Told]:
        """Read the pages that these jobs stand on: where that is known, else from the newest on, so many at the most.

        All of the run's jobs on each page are told of. Raises ``ApiError`` and ``TransportError``.
        """
        left = {job.pk for job in jobs}
        for cursor, there in self._places(jobs).items():
            wanted = there & left
            # What was accepted since has pushed some of them on to the next page.
            async for told in self._walk(jobs[0], cursor, wanted, most=2 if wanted else 0):
                left.difference_update(job.pk for job in told[0])
                yield told
            self.forget(wanted)
        if left:
            async for told in self._walk(jobs[0], None, left, most=most):
                yield told

    async def _walk(self, like: Job, cursor: str | None, left: set[int], *, most: int) -> AsyncIterator[Told]:
        """Read pages from a place on, until these jobs are found; take those that are from ``left``."""
        coming = asyncio.ensure_future(self._read(like, cursor)) if most else None
        try:
            while coming is not None:
                page = await coming
                here = self._here(page, cursor)
                left.difference_update(job.pk for job in here)
                cursor, most = page.next_token, most - 1
                # The next page is on its way while what this one says is written.
                wanted = most > 0 and cursor is not None and left
                coming = asyncio.ensure_future(self._read(like, cursor)) if wanted else None
                yield here, page.rows
        finally:
            if coming is not None:
                coming.cancel()
                await asyncio.wait([coming])

    async def _read(self, like: Job, cursor: str | None) -> Page:
        """Read a page of the list of this job's kind."""
        dialect, kind = self.dialect(like), like.kind
        try:
            return await self._run.caller.read(
                dialect.listing(kind, token=cursor), lambda reply: dialect.read_listing(kind, reply)
            )
        except ApiError:
            # Among other troubles, it may be that the server does not know this place any more.
            self._seen_at.clear()
            raise

    def _here(self, page: Page, cursor: str | None) -> list[Job]:
        """Give the run's jobs on a page, and remember where they stand."""
        here = self._run.store.rendering_as(self._run.number, [row.remote_id for row in page.rows if row.remote_id])
        self._seen_at.update((job.pk, cursor) for job in here)
        return here

    async def _by_page(self, jobs: Sequence[Job]) -> Told | None:
        """Read the page that the first of these jobs stands on, if many of the others stand there too."""
        cursor = self.place(jobs[0])
        there = {job.pk for job in jobs if self.place(job) == cursor}
        if cursor is None or len(there) < TOGETHER * len(jobs):
            return None
        page = await self._read(jobs[0], cursor)
        here = self._here(page, cursor)
        gone = there.difference(job.pk for job in here)
        self.forget(gone)
        return [*here, *(job for job in jobs if job.pk in gone)], page.rows

    def place(self, job: Job) -> str | None:
        """Give the cursor of the page where a job was seen; the first page, which has none, counts as no place."""
        return self._seen_at.get(job.pk)

    def forget(self, jobs: Iterable[int]) -> None:
        """Forget where jobs were seen."""
        for pk in jobs:
            self._seen_at.pop(pk, None)

    def _places(self, jobs: Iterable[Job]) -> dict[str | None, set[int]]:
        """Group jobs by the page they were seen on; those that were not seen are in none."""
        places: dict[str | None, set[int]] = {}
        for job in jobs:
            if job.pk in self._seen_at:
                places.setdefault(self._seen_at[job.pk], set()).add(job.pk)
        return places

    async def _batch(self, dialect: Dialect, member: Job) -> Sequence[Progress]:
        kind, batch_id = member.kind, member.batch_id or ""
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


def _sort(job: Job) -> tuple[str, str]:
    return job.api or "", family(job.kind)


def _by_batch(jobs: Iterable[Job]) -> dict[str, list[Job]]:
    groups: dict[str, list[Job]] = {}
    for job in jobs:
        groups.setdefault(job.batch_id or "", []).append(job)
    return groups


def _chunks(some: Sequence[Some], size: int) -> Iterator[Sequence[Some]]:
    for start in range(0, len(some), size):
        yield some[start : start + size]
