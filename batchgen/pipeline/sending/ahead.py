"""Which planned jobs are sent next, and how many of them go together."""

from __future__ import annotations

from collections import deque
from functools import partial
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from batchgen.model.status import Status
from batchgen.pipeline.sending.compose import batch_size, goes_with

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context
    from batchgen.pipeline.pacing.concurrency import Concurrency

#: Jobs that may be under way in batches. No account renders as many at once; more would be beyond recall when a run is
#: stopped, and none of them ready sooner.
QUEUED = 2000
#: Jobs read ahead from the store.
AHEAD = 400


class Ahead:
    """The planned jobs of a run in their order, a few hundred at a time."""

    def __init__(self, run: Context, concurrency: Concurrency) -> None:
        self._run = run
        self._concurrency = concurrency
        self._jobs: deque[Job] = deque()
        self._read_to = 0
        self._leaving: set[int] = set()  #: Jobs taken to be sent, whose SENDING is not on disk yet.
        self._unbatched: set[str] = set()  #: Kinds whose batches turned out not to be welcome.
        self._batched: set[str] = set()  #: Kinds of which a batch was accepted.

    def room(self) -> int:
        """Give how many more jobs may be started."""
        self._read()
        in_flight = self._run.board.in_flight + len(self._leaving)
        self._concurrency.renders(self._run.board.rendering)
        room = self._concurrency.room(in_flight)
        first = self._jobs[0] if self._jobs else None
        if first is None or self._concurrency.given or self._batch_size(first, room) == 1:
            return room
        # What was accepted waits at the server for its place. The first batch goes alone: it may not be welcome.
        return max(room, QUEUED - in_flight) if first.kind in self._batched else room

    def next(self, room: int) -> Sequence[Job]:
        """Give the next job, or as many as make a batch with it, as far as there is room. They stay where they are."""
        if not self._jobs or room <= 0:
            return []
        first = self._jobs[0]
        like = takewhile(partial(goes_with, first), islice(self._jobs, 1, None))
        return [first, *islice(like, self._batch_size(first, room) - 1)]

    def take(self, count: int) -> list[Job]:
        """Take so many of the next ones."""
        return [self._jobs.popleft() for _ in range(count)]

    def leave(self, jobs: Iterable[Job]) -> None:
        """Note that jobs are to be sent: they are under way from now on."""
        self._leaving.update(job.pk for job in jobs)

    def left(self, jobs: Iterable[Job]) -> None:
        """Note that the store knows by now what became of jobs that were to be sent."""
        self._leaving.difference_update(job.pk for job in jobs)

    def look_again(self) -> None:
        """Read from the beginning next time: jobs that were passed over have become ready."""
        self._read_to = 0

    def reread(self) -> None:
        """Read from the beginning now: some that were taken are to be taken again."""
        self._jobs.clear()
        self._read_to = 0

    def welcome(self, kind: str) -> None:
        """Note that a batch of this kind was accepted: more may follow."""
        self._batched.add(kind)

    def unbatch(self, kind: str) -> None:
        """Send jobs of this kind one by one from now on."""
        self._unbatched.add(kind)

    def _read(self) -> None:
        if self._jobs or self._run.board[Status.PLANNED] <= len(self._leaving):
            return
        found = self._run.store.fresh(self._run.number, AHEAD, after=self._read_to)
        if found:
            self._read_to = found[-1].seq or 0
        self._jobs = deque(job for job in found if job.pk not in self._leaving)

    def _batch_size(self, job: Job, room: int) -> int:
        most = batch_size(job, self._run.dialects[self._run.options.api], self._run.options)
        if most == 1 or job.kind in self._unbatched:
            return 1
        # The items of a batch queue at the server, so a limit that was only guessed does not bound it.
        return min(most, room) if self._concurrency.given else most
