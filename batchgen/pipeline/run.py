"""The conductor: recover, then send, settle, watch and fetch side by side until nothing is left to do.

There is no resuming as a mode. A run takes up the open jobs of its manifests wherever they stand; a crash only means
that some of them stand at SENDING, which nobody can be doing any more, so they become UNSURE and are looked for.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.model.errors import DiskError
from batchgen.model.status import Event, Status
from batchgen.pipeline.call import Caller
from batchgen.pipeline.fetch import Fetcher
from batchgen.pipeline.happened import Began
from batchgen.pipeline.logbook import Board, Logbook
from batchgen.pipeline.pace import Concurrency, Pace
from batchgen.pipeline.reconcile import Reconciler
from batchgen.pipeline.results import Results, WriteResults
from batchgen.pipeline.send import Sender
from batchgen.pipeline.settle import doubt
from batchgen.pipeline.stop import Stop
from batchgen.pipeline.watch import Watcher
from batchgen.store.interface import Change, Move

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from batchgen.files.interface import Download
    from batchgen.heygen.interface import Api, Dialect
    from batchgen.pipeline.clock import Clock
    from batchgen.pipeline.happened import Listener
    from batchgen.pipeline.options import Options
    from batchgen.store.interface import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Everything of the outside world that a run touches."""

    store: Store
    api: Api
    dialects: Mapping[str, Dialect]
    download: Download
    place: Callable[[str], Path]  #: A job's file name → its absolute path.
    write_results: WriteResults
    clock: Clock
    chance: random.Random
    tell: Listener


class Run:
    """One run over the open jobs of some sheets."""

    def __init__(self, around: Surroundings, *, run: int, sheets: Sequence[int], realm: str, options: Options) -> None:
        self._around = around
        self._store = around.store
        self._options = options
        self.stop = Stop(around.tell)
        self.board = Board(self._store.tally(run))
        self.stop.attach(self.board)
        self._logbook = Logbook(self._store, self.board, around.tell)
        shared = {"clock": around.clock, "tell": around.tell}
        self._pace = Pace(chance=around.chance, rate=options.rate, **shared)  # type: ignore[arg-type]
        self._caller = Caller(
            api=around.api,
            pace=self._pace,
            patience=options.patience,
            stop=self.stop,
            clock=around.clock,
            tell=around.tell,
        )
        self._run = run
        self._realm = realm
        self._build(sheets)

    async def recover(self) -> None:
        """Doubt every request that an earlier process left under way: it may have been accepted."""
        now = self._around.clock.now()
        left = self._store.interrupted()
        changes: list[Change] = [
            doubt(self._store.submission(pk), "interrupted", now)
            for pk in sorted({job.submission for job in left if job.submission is not None})
        ]
        lost = {"old": Status.SENDING, "event": Event.NO_ANSWER, "at": now, "detail": "interrupted"}
        changes += [Move(job=job.pk, **lost) for job in left]  # type: ignore[arg-type]
        await self._store.apply(changes, durable=True)
        self.board.reset(self._store.tally(self._run))

    async def go(self) -> None:
        """Work until nothing is left to do, or the run is stopped."""
        self._around.tell(Began(run=self._run, counts=self._store.tally(self._run)))
        stages = [self._sender, self._reconciler, self._watcher, self._fetcher]
        working = [asyncio.create_task(stage.work()) for stage in (*stages, self._results)]
        ending = asyncio.create_task(self._until_idle())
        try:
            await asyncio.wait([ending, *working], return_when=asyncio.FIRST_COMPLETED, timeout=self._options.timeout)
            if not ending.done() and not any(task.done() for task in working):
                self.stop.timeout()
            await self._sender.drain()
        finally:
            await _end([ending, *working])

    async def _until_idle(self) -> None:
        """Wait until no stage has anything left that it could do."""
        stages = (self._sender, self._reconciler, self._watcher, self._fetcher)
        while not self.stop.everything and any(stage.busy for stage in stages):
            await self.board.changed(1.0)

    @property
    def left_unsure(self) -> Mapping[int, int]:
        """Submissions that wait for a person, with their number of jobs."""
        return self._reconciler.left

    def _build(self, sheets: Sequence[int]) -> None:
        around = self._around
        common = {
            "run": self._run,
            "store": self._store,
            "logbook": self._logbook,
            "board": self.board,
            "clock": around.clock,
            "tell": around.tell,
            "options": self._options,
            "stop": self.stop,
        }
        talking = {**common, "dialects": around.dialects, "caller": self._caller}
        learned = self._store.limits(self._realm).get(f"{self._options.api}.concurrency")
        self._sender = Sender(
            realm=self._realm,
            pace=self._pace,
            concurrency=Concurrency(self._options.concurrency, learned),
            **talking,  # type: ignore[arg-type]
        )
        self._reconciler = Reconciler(
            send_again=self._sender.again,
            accepted_since=lambda moment: self._sender.accepted_at > moment,
            **talking,  # type: ignore[arg-type]
        )
        self._watcher = Watcher(**talking)  # type: ignore[arg-type]
        self._fetcher = Fetcher(download=around.download, place=around.place, **common)  # type: ignore[arg-type]
        self._results = Results(sheets=sheets, write=around.write_results, board=self.board, clock=around.clock)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Stop what still works, and let the first failure out."""
    failed = next((task.exception() for task in tasks if task.done() and not task.cancelled()), None)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if failed is not None and not isinstance(failed, DiskError):
        raise failed
