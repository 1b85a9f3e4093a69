"""Reads the account's lists page by page, and remembers where on them jobs stand.

A page is a hundred whole rows, with links where the list carries them. Where a job was seen is remembered, so that its
page can be read again without all that came after it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from batchgen.heygen.errors import ApiError
from batchgen.model.errors import NoReply
from batchgen.model.naming import token
from batchgen.model.nature import family
from batchgen.pipeline.watching.marks import certain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

    from batchgen.heygen.interface import Dialect
    from batchgen.model.exchange import Page, Progress
    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context

    #: Jobs that were asked about, and what was said of them.
    Told = tuple[Sequence[Job], Sequence[Progress]]

#: Rows of a page.
PAGE = 100
#: Seconds after which a list shows a job, if it ever does.
LAG_S = 60.0
#: So often a list may fail in a row before it is left alone, and for so many seconds.
FAILURES, FORGIVEN_S = 3, 600.0


class Lists:
    """The account's lists, one for each sort of jobs."""

    def __init__(self, run: Context) -> None:
        self._run = run
        self.plain: set[tuple[str, str]] = set()  #: Lists of which there is none that carries links.
        self._rich: set[tuple[str, str]] = set()  #: Lists that carry them.
        self._seen_at: dict[int, str | None] = {}  #: Job → the cursor of the page it was seen on.
        #: Cursor → the walk it was found in, and how far from its end.
        self._depths: dict[str | None, tuple[int, int]] = {}
        self._failed: dict[tuple[str, str], tuple[int, float]] = {}  #: List → how often in a row it failed, and when.
        self._walks = 0  #: How often a list was read from its beginning.
        self._marks: dict[str, Job] = {}  #: Token → job, of those looked for whose ids are not known.
        self._at_hand: dict[str, Job] = {}  #: Id → job, of those looked for that are certainly as they are given.

    def dialect(self, job: Job) -> Dialect:
        """Give the dialect that a job was sent in."""
        return self._run.dialects[job.api or self._run.options.api]

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

    def can_read(self, job: Job) -> bool:
        """Whether the list of this job's kind can be read, as far as anybody knows."""
        times, last_at = self._failed.get(sort_of(job), (0, 0.0))
        return times < FAILURES or self._run.clock.now() - last_at >= FORGIVEN_S

    def cost(self, jobs: Sequence[Job]) -> float:
        """Give how many pages have to be read to find these jobs."""
        unseen = [job for job in jobs if job.pk not in self._seen_at]
        known = {self._seen_at[job.pk] for job in jobs if job.pk in self._seen_at}
        return len(known) + (self.rows(unseen) / PAGE if unseen else 0.0)

    async def pages(
        self, jobs: Sequence[Job], *, most: int, further: bool = False, at_hand: bool = False
    ) -> AsyncIterator[Told]:
        """Read the pages that these jobs stand on: where that is known, else from the newest on, so many at the most.

        ``further`` reads on beyond these as long as each page shows some of the jobs: others may stand between them.
        ``at_hand`` says that none of them has moved since it was read, so the store need not be asked for it again;
        of those without an id that is always so, since only who asks about them writes what is said of them.

        All of the run's jobs on each page are told of, and of the others those that are looked for by their token.
        Raises ``ApiError`` and ``TransportError``.
        """
        left = {job.pk for job in jobs}
        self._marks = {token(job.id, job.round): job for job in jobs if not job.remote_id}
        self._at_hand = {job.remote_id: job for job in jobs if job.remote_id} if at_hand else {}
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
        except (ApiError, NoReply):
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
        if sort not in self.plain:
            try:
                page = await read(
                    dialect.gallery(kind, token=cursor),
                    lambda reply: dialect.read_gallery(kind, reply),
                    # Whether there is such a list is found out without much waiting.
                    attempts=4 if sort in self._rich or self.in_bulk(like) else 2,
                )
            except (ApiError, NoReply) as error:
                waits = isinstance(error, ApiError) and error.hold is not None and not error.hold.pauses
                if waits or sort in self._rich or self.in_bulk(like):
                    raise
                self.plain.add(sort)
            else:
                self._rich.add(sort)
                return page
        return await read(dialect.listing(kind, token=cursor), lambda reply: dialect.read_listing(kind, reply))

    def _here(self, page: Page, cursor: str | None) -> list[Job]:
        """Give the run's jobs on a page, and remember where they stand."""
        named = self._newly_named(page)
        ids = dict.fromkeys(row.remote_id for row in page.rows if row.remote_id and row.remote_id not in named)
        here = [*named.values(), *(job for name in ids if (job := self._at_hand.get(name)))]
        if others := [name for name in ids if name not in self._at_hand]:
            here += self._run.store.rendering_as(self._run.number, others)
        self._seen_at.update((job.pk, cursor) for job in here)
        return here

    def _newly_named(self, page: Page) -> Mapping[str, Job]:
        """Give the jobs that are looked for by their tokens, by their ids as a page certainly tells them."""
        named = certain(page.rows, self._marks) if self._marks else {}
        known = self._run.store.owners(list(named)) if named else {}
        return {remote_id: job for remote_id, job in named.items() if remote_id not in known}

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


def sort_of(job: Job) -> tuple[str, str]:
    """Give what a job shares with those of its list: the generation and the family."""
    return job.api or "", family(job.kind)


def by_list(jobs: Iterable[Job]) -> list[list[Job]]:
    """Group jobs that one status request may ask about together."""
    groups: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        groups.setdefault(sort_of(job), []).append(job)
    return list(groups.values())
