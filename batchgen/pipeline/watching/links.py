"""Videos that are ready and whose links are still to be asked for: they gather, until a page of the list brings many.

Bulk status carries no links. A page of the list carries a hundred, and asking for a single one costs as much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.model.nature import family
from batchgen.model.status import Event, Status
from batchgen.pipeline.retry import backoff
from batchgen.pipeline.watching.lists import PAGE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context
    from batchgen.pipeline.watching.ask import Asker
    from batchgen.pipeline.watching.lists import Told
    from batchgen.store.interface import Move

#: Fewer links than this are asked for one by one: a page of the list would cost as much.
FEW = 2
#: This many links are worth a request at once, however young the first of them is.
MANY = 50
#: The part of the rows read that have to be wanted, for a list to be worth reading at once.
WORTH = 0.8
#: How often a link is asked for by itself before it is held to come no more: over some minutes.
VAIN = 10


@dataclass(slots=True)
class _Wanted:
    """A link that is waited for."""

    job: Job
    since: float
    asked: int = 0  #: How often it was asked for by itself.
    again_at: float = 0.0  #: Before that it is not asked for again.


class Links:
    """The jobs that wait for their links. Times are epoch seconds."""

    def __init__(self, run: Context, asker: Asker) -> None:
        self._run = run
        self._asker = asker
        self._waiting: dict[int, _Wanted] = {}  #: Ready jobs without a link yet.
        self.late = 2 * run.options.poll_interval  #: How many seconds a link may wait for others.
        run.logbook.follow(self._drop, {Event.READY, Event.BROKEN})

    def __contains__(self, job: Job) -> bool:
        return job.pk in self._waiting

    def __len__(self) -> int:
        return len(self._waiting)

    def want(self, job: Job, now: float) -> float:
        """Note that a job is ready and has no link; give when it is to be asked for at the latest."""
        wanted = self._waiting.setdefault(job.pk, _Wanted(job, now))
        if len(self._waiting) > self._run.board.finished:
            self._count()
            self._run.board.ring()
        return max(wanted.since + self.late, wanted.again_at, now + self._run.options.poll_interval)

    def again_at(self, job: int) -> float | None:
        """Give when a link may be asked for again; None: it is not waited for."""
        wanted = self._waiting.get(job)
        return None if wanted is None else wanted.again_at

    def in_vain(self, job: Job) -> bool:
        """Whether the link of a job was asked for so often that none is to be expected."""
        return job in self and self._waiting[job.pk].asked >= VAIN

    def _drop(self, move: Move, _new: Status) -> None:
        # With the move, and not before: a job that neither waits here nor has moved would count as rendering again.
        self._asker.lists.forget([move.job])
        self._waiting.pop(move.job, None)
        self._count()

    def _count(self) -> None:
        # Their places are free already: the next job need not wait for a link.
        self._run.board.finished = len(self._waiting)

    def in_time(self) -> list[list[Job]]:
        """Give groups of jobs whose links are worth asking for now."""
        groups: dict[tuple[str | None, str, str | None], list[Job]] = {}
        soon = self._run.clock.now() + self._run.options.poll_interval / 2
        for job in (wanted.job for wanted in self._waiting.values() if wanted.again_at <= soon):
            groups.setdefault((job.api, family(job.kind), self._asker.lists.place(job)), []).append(job)
        return [group for group in groups.values() if self._is_time(group)]

    def _is_time(self, group: Sequence[Job]) -> bool:
        waited = self._run.clock.now() - min(self._waiting[job.pk].since for job in group)
        alone = self._run.board[Status.RENDERING] <= len(self._waiting)
        # Where each link takes a request of its own, none is worth waiting for.
        alone = alone or not self._lists_links(group[0])
        return alone or waited >= self.late or len(group) >= max(MANY, self._rows(group) * WORTH)

    def _rows(self, group: Sequence[Job]) -> int:
        """Give how many rows have to be read to find these jobs."""
        if self._asker.lists.place(group[0]) is not None:
            return PAGE
        return self._asker.lists.rows(group)

    def _lists_links(self, job: Job) -> bool:
        return self._asker.lists.dialect(job).endpoint(job.kind).lists_links

    def by_page(self, group: Sequence[Job]) -> AsyncIterator[Told]:
        """Ask for the links of a group by pages of the list, as far as these bring more than asking one by one would.

        Raises ``ApiError`` and ``TransportError``.
        """
        # A page of another group may have brought some of them.
        group = [job for job in group if job in self]
        if not group:
            return self._asker.lists.pages((), most=0)
        few = 1 if self._asker.lists.place(group[0]) else FEW
        worth = len(group) > few and self._lists_links(group[0]) and self._asker.lists.can_read(group[0])
        return self._asker.lists.pages(group if worth else (), most=self._pages(group), at_hand=True)

    def one_by_one(self, group: Iterable[Job]) -> AsyncIterator[Told]:
        """Ask for the links of a group that are still wanted. Raises ``ApiError`` and ``TransportError``."""
        jobs, now = [job for job in group if job in self], self._run.clock.now()
        for wanted in (self._waiting[job.pk] for job in jobs):
            wanted.asked += 1
            wanted.again_at = now + backoff(wanted.asked, first=self._run.options.poll_interval)
        return self._asker.one_by_one(jobs)

    def _pages(self, group: Sequence[Job]) -> int:
        """Give how many pages are worth reading: as long as one may bring more than asking one by one would."""
        return math.ceil(len(group) / FEW)
