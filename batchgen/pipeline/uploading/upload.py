"""Files of this machine go to the account before the jobs that name them are sent: the stage that makes jobs ready.

A submission's make-up never changes, and the ids of its assets are part of its body: so a job waits, PLANNED, until
all its files are in the account, and what stands for them is written into the job before the sender may take it. From
then on its request is the same to the letter, whatever becomes of the assets. A content is uploaded once in an
account, however many rows, jobs and runs name it, and whatever it is called; the store remembers it by its SHA-256.
An upload costs nothing, so in doubt it is repeated; but it must not litter, so each step is on disk before it is taken
and the next process goes on from there (``carry`` says how). Only files of jobs that this run works on are uploaded,
in the order of the sheet and not far ahead of the sending: a budget, a limit or Ctrl-C leaves little behind. What the
server refuses, or what changed on disk since it was planned, fails its jobs with the reason; nothing was paid.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.model.exchange import Refused
from batchgen.model.media import Asset, AssetState, digests
from batchgen.model.naming import canonical
from batchgen.model.status import TRANSITIONS, Event, Status
from batchgen.pipeline.uploading.carry import Carrier
from batchgen.store.interface import Change, Learn, Move

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchgen.files.interface import Freight
    from batchgen.heygen.interface import Assets
    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context

#: Files under way at once: a home connection is full with fewer.
AT_ONCE = 4
#: Jobs that may be ready to be sent before more is uploaded: two batches.
LEAD = 200
#: Waiting jobs that are read at a time.
CHUNK = 200


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A job whose files are not all there yet."""

    pk: int
    kind: str
    files: frozenset[str]  #: Their SHA-256.


class Uploader:
    """Makes jobs ready to be sent."""

    def __init__(self, run: Context, *, freight: Freight, released: Callable[[], None]) -> None:
        self._run = run
        self._carrier = Carrier(run, freight)
        self._tell_sender = released
        self._tasks: dict[str, asyncio.Task[Asset | Refused | None]] = {}
        self._wanted: deque[str] = deque()
        self._doubted: set[str] = set()  #: Of jobs that are tried again: the account may have lost them.
        self._ended: dict[str, Asset | Refused] = {}
        self._waiting: dict[int, _Waiting] = {}
        self._released: set[int] = set()
        self._read_to: int | None = 0  #: The place of the last job that was read; None: there are no more.
        run.logbook.follow(self._note, TRANSITIONS[Status.PLANNED])

    @property
    def busy(self) -> bool:
        """Whether a file is under way."""
        return bool(self._tasks) and not self._run.stop.sending

    async def work(self) -> None:
        """Upload until told to stop. Failures of the store come out of here."""
        try:
            while True:
                heard = self._run.board.version
                self._gather()
                await self._settle()
                if self._run.stop.sending or not self._start_some():
                    # An upload that ended while something was written rang when nobody waited.
                    while self._run.board.version == heard:
                        await self._run.board.changed()
        finally:
            # Nothing is lost by letting go: what was begun is on disk, and is gone on with.
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _note(self, move: Move, _new: Status) -> None:
        """Take note that a job was sent: see Logbook.follow."""
        self._released.discard(move.job)

    def _gather(self) -> None:
        for sha256 in [sha256 for sha256, task in self._tasks.items() if task.done()]:
            outcome = self._tasks.pop(sha256).result()
            if outcome is not None:
                self._ended[sha256] = outcome

    async def _settle(self) -> None:
        """Release jobs whose files are all there, and fail those that cannot have them."""
        released: list[int] = []
        changes: list[Change] = []
        for job in [job for job in self._waiting.values() if self._is_decided(job)]:
            change = self._change(job)
            changes.append(change)
            if isinstance(change, Learn):
                released.append(job.pk)
            del self._waiting[job.pk]
        if changes:
            await self._run.logbook.write(changes)
            self._released.update(released)
            self._tell_sender()

    def _is_decided(self, job: _Waiting) -> bool:
        ended = [self._ended.get(sha256) for sha256 in job.files]
        return None not in ended or any(isinstance(one, Refused) for one in ended)

    def _change(self, job: _Waiting) -> Learn | Move:
        found: dict[str, object] = {}
        for sha256 in sorted(job.files):
            asset = self._ended.get(sha256)
            if isinstance(asset, Refused):
                return self._refuse(job, asset)
            if asset is not None:
                found[sha256] = media = self._assets.media(job.kind, asset)
                if not all(media.values()):
                    return self._refuse(job, Refused(code="no_link", message="The uploaded file was given no link."))
        return Learn(job=job.pk, facts={"assets": canonical(found), "waits": 0})

    def _refuse(self, job: _Waiting, why: Refused) -> Move:
        now = self._run.clock.now()
        facts = {"error_code": why.code, "error": why.message, "finished_at": now, "credits": None}
        return Move(job=job.pk, old=Status.PLANNED, event=Event.REFUSED, at=now, facts=facts, detail=why.code)

    def _start_some(self) -> bool:
        """Start as many uploads as there is room for; tell whether jobs were read, which may be ready as they are."""
        while len(self._tasks) < AT_ONCE and len(self._released) < LEAD:
            if not self._wanted:
                return self._read()
            self._start(self._wanted.popleft())
        return False

    def _start(self, sha256: str) -> None:
        task = asyncio.create_task(self._carrier.carry(sha256, doubted=sha256 in self._doubted))
        self._tasks[sha256] = task
        task.add_done_callback(lambda _: self._run.board.ring())

    def _read(self) -> bool:
        """Read some more of the jobs that wait, and which files they want. None begins to wait during a run."""
        if self._read_to is None:
            return False
        found = self._run.store.waiting(self._run.number, CHUNK, after=self._read_to)
        if not found:
            self._read_to = None
        for job in found:
            self._read_to = job.seq or 0
            files = digests(job.content)
            self._waiting[job.pk] = _Waiting(job.pk, job.kind, files)
            self._wanted.extend(sorted(self._missing(job, files)))
        return bool(found)

    def _missing(self, job: Job, files: frozenset[str]) -> Iterator[str]:
        for sha256 in files:
            if sha256 in self._ended or sha256 in self._tasks or sha256 in self._wanted:
                continue
            asset = self._run.store.asset(self._run.realm, self._run.options.api, sha256)
            if job.round:
                self._doubted.add(sha256)
            elif asset is not None and asset.state is AssetState.READY:
                self._ended[sha256] = asset
                continue
            yield sha256

    @property
    def _assets(self) -> Assets:
        return self._run.dialects[self._run.options.api].assets
