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
from batchgen.model.job import token
from batchgen.model.nature import family
from batchgen.model.status import Status
from batchgen.pipeline.marks import certain, marks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

    from batchgen.heygen.interface import Dialect
    from batchgen.model.exchange import Page, Progress
    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context

    #: Jobs that were asked about, and what was said of them.
    Told = tuple[Sequence[Job], Sequence[Progress]]

Some = TypeVar("Some")

#: Status requests under way at once.
WAVE = 50
#: Rows of a page.
PAGE = 100
#: Seconds after which a list shows a job, if it ever does.
LAG_S = 60.0
#: So often a list may fail in a row before it is left alone, and for so many seconds.
FAILURES, FORGIVEN_S = 3, 600.0
#: From so many jobs on, a page may cost less than asking for each of them.
SEVERAL = 3


class Asker:
    """Asks, and remembers where in the account's list jobs were seen."""

    def __init__(self, run: Context) -> None:
        self._run = run
        self._seen_at: dict[int, str | None] = {}  #: Job → the cursor of the page it was seen on.
        #: Cursor → the walk it was found in, and how far from its end.
        self._depths: dict[str | None, tuple[int, int]] = {}
        self._plain: set[tuple[str, str]] = set()  #: Lists of which there is none that carries links.
        self._rich: set[tuple[str, str]] = set()  #: Lists that carry them.
        self._failed: dict[tuple[str, str], tuple[int, float]] = {}  #: List → how often in a row it failed, and when.
        self._walks = 0  #: How often a list was read from its beginning.
        self._marks: dict[str, int] = {}  #: Token → job, of those looked for whose ids are not known.
        self._listed: dict[tuple[str, str], bool] = {}  #: Generation and family → whether the list shows such jobs.

    def dialect(self, job: Job) -> Dialect:
        """Give the dialect that a job was sent in."""
        return self._run.dialects[job.api or self._run.options.api]

    def at_once(self, job: Job) -> int:
        """Give how many jobs like this one a request may tell of."""
        return PAGE if self._listed.get(sort_of(job)) else self.dialect(job).endpoint(job.kind).status_limit

    def in_bulk(self, job: Job) -> bool:
        """Whether a request can name many jobs like this one."""
        return self.dialect(job).endpoint(job.kind).status_limit > 1

    def rows(self, jobs: Iterable[Job]) -> int:
        """Give how many rows of the list stand before the last of these jobs.

        It begins with the newest: to find the oldest of these, all that came after it are read too.
        """
        return self._run.board.begun - min(job.seq or 0 for job in jobs)

    def is_findable(self, job: Job) -> bool:
        """Whether the list tells which of its rows is this job, although its id is not known."""
        endpoint = self.dialect(job).endpoint(job.kind)
        in_callback = endpoint.echoes_callback and "callback_id" not in job.delivery
        return endpoint.takes_token and (in_callback or (endpoint.titled and self._run.options.title_token))

    async def ask(self, jobs: Sequence[Job]) -> AsyncIterator[Told]:
        """Give jobs with what was said of them, a request at a time. They share a list.

        Raises ``ApiError`` and ``TransportError``.
        """
        if not jobs:
            return
        if self._may_be_listed(jobs[0]) and SEVERAL <= len(jobs) >= self._cost(jobs):
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
        asked, found = {job.pk for job in jobs}, False
        try:
            async for here, rows in self.pages(jobs, most=math.ceil(self.rows(jobs) / PAGE) + 1):
                found = found or not asked.isdisjoint(job.pk for job in here)
                broken = {
                    row.remote_id for row in rows if row.stage is Stage.BROKEN and not (row.error or row.error_code)
                }
                yield [job for job in here if job.remote_id not in broken], rows
        except ApiError as error:
            if error.hold is not None and not error.hold.pauses:
                raise
            # There is no such list, or none for us to read: each job can be asked about by itself all the same.
            self._listed[sort_of(jobs[0])] = False
            return
        sort, now = sort_of(jobs[0]), self._run.clock.now()
        if not found and sort not in self._plain:
            # The other list of the same may show them.
            self._plain.add(sort)
            async for told in self._from_list(jobs):
                yield told
            if sort not in self._listed:
                self._plain.discard(sort)
        # A list may lag, but not behind jobs that were there for a while.
        elif found or max(now - (job.submitted_at or now) for job in jobs) > LAG_S:
            self._listed[sort] = found

    def _cost(self, jobs: Sequence[Job]) -> float:
        """Give how many pages have to be read to find these jobs."""
        unseen = [job for job in jobs if job.pk not in self._seen_at]
        known = {self._seen_at[job.pk] for job in jobs if job.pk in self._seen_at}
        return len(known) + (self.rows(unseen) / PAGE if unseen else 0.0)

    def _may_be_listed(self, job: Job) -> bool:
        return self.dialect(job).endpoint(job.kind).lists_statuses and self._listed.get(sort_of(job), True)

    async def by_id(self, jobs: Sequence[Job]) -> AsyncIterator[Told]:
        """Ask about jobs of one list by their ids, and about those that have none yet by their batches.

        Raises ``ApiError`` and ``TransportError``.
        """
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

    async def pages(self, jobs: Sequence[Job], *, most: int, further: bool = False) -> AsyncIterator[Told]:
        """Read the pages that these jobs stand on: where that is known, else from the newest on, so many at the most.

        ``further`` reads on beyond these as long as each page shows some of the jobs: others may stand between them.

        All of the run's jobs on each page are told of, and of the others those that are looked for by their token.
        Raises ``ApiError`` and ``TransportError``.
        """
        left = {job.pk for job in jobs}
        self._marks = {token(job.id, job.round): job.pk for job in jobs if not job.remote_id}
        for cursor, there in self.by_place(jobs).items():
            wanted = {job.pk for job in there} & left
            # What was accepted since has pushed some of them on to the next page.
            async for told in self._walk(jobs[0], cursor, wanted, most=2 if wanted else 0):
                left.difference_update(job.pk for job in told[0])
                yield told
            self.forget(wanted)
        if left:
            async for told in self._walk(jobs[0], None, left, most=most, further=further):
                yield told

    async def _walk(
        self, like: Job, cursor: str | None, left: set[int], *, most: int, further: bool = False
    ) -> AsyncIterator[Told]:
        """Read pages from a place on, until these jobs are found; take those that are from ``left``."""
        from_top, depth = cursor is None, 0
        self._walks += from_top
        coming = asyncio.ensure_future(self._read(like, cursor)) if most else None
        try:
            while coming is not None:
                page = await coming
                if from_top:
                    self._depths[cursor] = (self._walks, -depth)
                here = self._here(page, cursor)
                found = not left.isdisjoint(job.pk for job in here)
                left.difference_update(job.pk for job in here)
                cursor, most, depth = page.next_token, most - 1, depth + 1
                # The next page is on its way while what this one says is written.
                wanted = (most > 0 or (further and found)) and cursor is not None and left
                coming = asyncio.ensure_future(self._read(like, cursor)) if wanted else None
                yield here, page.rows
        finally:
            if coming is not None:
                coming.cancel()
                await asyncio.wait([coming])

    async def _read(self, like: Job, cursor: str | None) -> Page:
        """Read a page of the list of this job's kind."""
        try:
            page = await self._page(like, cursor)
        except ApiError:
            # Among other troubles, it may be that the server does not know this place any more.
            self._seen_at.clear()
            self._failed[sort_of(like)] = (self._failed.get(sort_of(like), (0, 0.0))[0] + 1, self._run.clock.now())
            raise
        self._failed.pop(sort_of(like), None)
        return page

    async def _page(self, like: Job, cursor: str | None) -> Page:
        """Read a page of the list that carries links; of the other one, where the server has no such list."""
        dialect, kind, sort = self.dialect(like), like.kind, sort_of(like)
        read = self._run.caller.read
        if sort not in self._plain:
            try:
                page = await read(
                    dialect.gallery(kind, token=cursor),
                    lambda reply: dialect.read_gallery(kind, reply),
                    # Whether there is such a list is found out without much waiting.
                    attempts=4 if sort in self._rich or self.in_bulk(like) else 2,
                )
            except ApiError as error:
                waits = error.hold is not None and not error.hold.pauses
                if waits or sort in self._rich or self.in_bulk(like):
                    raise
                self._plain.add(sort)
            else:
                self._rich.add(sort)
                return page
        return await read(dialect.listing(kind, token=cursor), lambda reply: dialect.read_listing(kind, reply))

    def can_read_list(self, job: Job) -> bool:
        """Whether the list of this job's kind can be read, as far as anybody knows."""
        times, last_at = self._failed.get(sort_of(job), (0, 0.0))
        return times < FAILURES or self._run.clock.now() - last_at >= FORGIVEN_S

    def _here(self, page: Page, cursor: str | None) -> list[Job]:
        """Give the run's jobs on a page, and remember where they stand."""
        here = self._run.store.rendering_as(self._run.number, [row.remote_id for row in page.rows if row.remote_id])
        here += self._newly_named(page)
        self._seen_at.update((job.pk, cursor) for job in here)
        return here

    def _newly_named(self, page: Page) -> Iterator[Job]:
        """Give the jobs that are looked for by their tokens, and whose ids a page certainly tells."""
        marked = [self._marks[mark] for mark in marks(page.rows) if mark in self._marks] if self._marks else []
        if not marked:
            return iter(())
        sought = [job for job in self._run.store.jobs(marked) if job.status is Status.RENDERING and not job.remote_id]
        known = self._run.store.owners([row.remote_id for row in page.rows if row.remote_id])
        return certain(page.rows, sought, known)

    def place(self, job: Job) -> str | None:
        """Give the cursor of the page where a job was seen; the first page, which has none, counts as no place."""
        return self._seen_at.get(job.pk)

    def has_seen(self, job: Job) -> bool:
        """Whether the page is known that a job stands on."""
        return job.pk in self._seen_at

    def by_place(self, jobs: Iterable[Job]) -> dict[str | None, list[Job]]:
        """Group the jobs that were seen in the list by the cursor of the page they were seen on, the oldest first."""
        groups: dict[str | None, list[Job]] = {}
        for job in jobs:
            if job.pk in self._seen_at:
                groups.setdefault(self._seen_at[job.pk], []).append(job)
        return dict(sorted(groups.items(), key=lambda group: self._depths.get(group[0], (0, 0))))

    def forget(self, jobs: Iterable[int]) -> None:
        """Forget where jobs were seen."""
        for pk in jobs:
            self._seen_at.pop(pk, None)

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


def sort_of(job: Job) -> tuple[str, str]:
    """Give what a job shares with those of its list: the generation and the family."""
    return job.api or "", family(job.kind)


def by_list(jobs: Iterable[Job]) -> list[list[Job]]:
    """Group jobs that one status request may ask about together."""
    groups: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        groups.setdefault(sort_of(job), []).append(job)
    return list(groups.values())


def _by_batch(jobs: Iterable[Job]) -> dict[str, list[Job]]:
    groups: dict[str, list[Job]] = {}
    for job in jobs:
        groups.setdefault(job.batch_id or "", []).append(job)
    return groups


def _chunks(some: Sequence[Some], size: int) -> Iterator[Sequence[Some]]:
    for start in range(0, len(some), size):
        yield some[start : start + size]
