"""The conductor: recover, then send, settle, watch and fetch side by side until nothing is left to do.

There is no resuming as a mode. A run takes up the open jobs of its manifests wherever they stand; a crash only means
that some of them stand at SENDING, which nobody can be doing any more, so they become UNSURE and are looked for.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchgen.model.errors import BatchgenError, StoreError
from batchgen.pipeline import breaker
from batchgen.pipeline.breaker import Breaker
from batchgen.pipeline.call import Caller
from batchgen.pipeline.context import Context
from batchgen.pipeline.conversing.converse import PLACES as SESSIONS
from batchgen.pipeline.conversing.converse import Converser
from batchgen.pipeline.fetching.fetch import Fetcher
from batchgen.pipeline.happened import Began
from batchgen.pipeline.hints import Hints, NoHints
from batchgen.pipeline.logbook import Board, Logbook
from batchgen.pipeline.money import budget
from batchgen.pipeline.money.budget import Budget
from batchgen.pipeline.pacing.limits import CREATING, REQUESTS, Limits
from batchgen.pipeline.pacing.pace import Pace
from batchgen.pipeline.reconciling.reconcile import Reconciler
from batchgen.pipeline.reconciling.recover import interrupted, outsiders
from batchgen.pipeline.renders import RenderTimes
from batchgen.pipeline.results import Results, WriteResults
from batchgen.pipeline.sending.send import Sender
from batchgen.pipeline.stop import Stop
from batchgen.pipeline.uploading.upload import Uploader
from batchgen.pipeline.watching.watch import Watcher

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

    from batchgen.files.interface import Download, Freight
    from batchgen.heygen.interface import Api, Dialect
    from batchgen.pipeline.clock import Clock
    from batchgen.pipeline.happened import Listener
    from batchgen.pipeline.money.cost import Prices
    from batchgen.pipeline.options import Options
    from batchgen.pipeline.stop import Reason
    from batchgen.session.interface import Hosting
    from batchgen.store.interface import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Everything of the outside world that a run touches."""

    store: Store
    api: Api
    dialects: Mapping[str, Dialect]
    download: Download
    freight: Freight
    write_results: WriteResults
    prices: Prices
    clock: Clock
    chance: random.Random
    tell: Listener
    hints: Hints = field(default_factory=NoHints)
    account: str = ""  #: What tells this account from others in the same world; empty: there is one.
    hosting: Hosting | None = None  #: What holds sessions; None: there are none.
    sign_in: str = "check HEYGEN_API_KEY"  #: What a person does about credentials that are refused.


class Run:
    """One run over the open jobs of some sheets."""

    def __init__(self, around: Surroundings, *, run: int, sheets: Sequence[int], realm: str, options: Options) -> None:
        self._around = around
        self.stop = Stop(around.tell, sign_in=around.sign_in)
        unit = around.prices.pick(options.api, options.unit).unit
        taken = around.store.commitments(sheets, unit, made=options.max_credits is not None)
        self.budget = Budget(
            options.max_credits,
            around.prices,
            api=options.api,
            unit=unit,
            spent=taken.spent + taken.left_behind,
            held=taken.held,
            foreign=taken.foreign,
        )
        self.board = Board(around.store.tally(run))
        self.stop.attach(self.board)
        around.hints.attach(self.board)
        self._context = context = self._join(run, realm, options)
        self._sheets = frozenset(sheets)
        self._concurrency = context.limits.concurrency(options.api, options.concurrency)
        self._sender = Sender(context, concurrency=self._concurrency)
        self._converser = Converser(
            context, hosting=around.hosting, concurrency=context.limits.concurrency(SESSIONS, options.concurrency)
        )
        self._reconciler = Reconciler(
            context,
            send_again=self._sender.again,
            accepted_since=lambda moment: self._sender.accepted_at > moment,
        )
        self._uploader = Uploader(context, freight=around.freight, released=self._sender.look_again)
        self._watcher = Watcher(context)
        self._fetcher = Fetcher(context, download=around.download)
        self._results = Results(context, sheets=sheets, write=around.write_results)
        #: What spends, or ends what was spent; that which is busy for the longest is first.
        self._spending = (
            self._sender,
            self._watcher,
            self._fetcher,
            self._uploader,
            self._converser,
            self._reconciler,
        )

    @property
    def options(self) -> Options:
        """What a person chose for it."""
        return self._context.options

    @property
    def reason(self) -> Reason | None:
        """Why it stopped before everything was done; None: it did not. What only ended sending stopped nothing then."""
        reason = self.stop.reason
        return None if reason is not None and not reason.everything and self.board.done else reason

    async def recover(self) -> None:
        """Doubt every request that an earlier process left under way: it may have been accepted."""
        store = self._around.store
        await store.apply(interrupted(store, self._around.clock.now()), durable=True)
        self.board.reset(store.tally(self._context.number))
        self.board.outsiders = frozenset(outsiders(store, self._context.number))

    async def go(self) -> None:
        """Work until nothing is left to do, or the run is stopped. Raises ``StoreError`` and ``DiskError``."""
        self._around.tell(self._beginning())
        # Before anything is spent: results that cannot be written are found out now.
        await self._results.begin()
        # Where nobody waits, the watcher has no work, and its end is not the run's.
        stages = [stage for stage in (*self._spending, self._results) if self._waits or stage is not self._watcher]
        working = [asyncio.create_task(stage.work()) for stage in stages]
        ending = asyncio.create_task(self._until_idle())
        limit = self._context.options.timeout
        try:
            await asyncio.wait([ending, *working], return_when=asyncio.FIRST_COMPLETED, timeout=limit)
            if not any(task.done() for task in (ending, *working)):
                self.stop.timeout()
            await self._sender.drain()
            await self._converser.drain()
            if self.stop.chosen or not self._waits:
                await self._watcher.leave()
            learned = self._context.limits.learn_rates(self._context.options.api, self._context.pace)
            await self._context.logbook.write(learned)
        finally:
            await self._close([ending, *working])

    async def _close(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        """Stop what still works, and write the results as they are then; let the first failure out."""
        try:
            await _end(tasks)
        except StoreError:
            # Where the state is lost, all that tells what was paid for are the results.
            with suppress(BatchgenError):
                await self._results.write()
            raise
        await self._results.write()

    def _beginning(self) -> Began:
        store = self._around.store
        kinds = {kind for sheet in store.sheets() if sheet.pk in self._sheets for kind in sheet.kinds}
        return Began(
            run=self._context.number,
            counts=store.tally(self._context.number),
            usual_s=self._watcher.usual_s(kinds),
            places=self._concurrency.known,
            rates=self._context.limits.begun_with(self._context.options.api, self._context.pace),
        )

    async def _until_idle(self) -> None:
        """Wait until no stage has anything left that it could do; or nothing is left to send, where nobody waits."""
        while not self.stop.everything and (
            any(stage.busy for stage in self._spending) if self._waits else self._sender.can_go_on
        ):
            await self.board.changed(60.0)

    @property
    def _waits(self) -> bool:
        return self._context.options.wait

    @property
    def left_unsure(self) -> Mapping[int, int]:
        """Submissions that wait for a person, with their number of jobs."""
        return self._reconciler.left

    def _join(self, run: int, realm: str, options: Options) -> Context:
        around = self._around
        logbook = Logbook(around.store, self.board, around.tell)
        logbook.follow(self.budget.note, budget.FOLLOWED)
        logbook.follow(Breaker(options.tolerance, self.stop).note, breaker.FOLLOWED)
        limits = Limits(around.store, realm=realm, account=around.account, clock=around.clock, tell=around.tell)
        pace = Pace(
            clock=around.clock,
            chance=around.chance,
            tell=around.tell,
            rate=options.rate,
            creating=limits.rate(options.api, CREATING, options.rate),
            any=limits.rate(options.api, REQUESTS, options.rate),
        )
        caller = Caller(
            api=around.api,
            pace=pace,
            clock=around.clock,
            chance=around.chance,
            tell=around.tell,
            patience=options.patience,
            stop=self.stop,
        )
        return Context(
            number=run,
            realm=realm,
            account=around.account,
            store=around.store,
            logbook=logbook,
            board=self.board,
            dialects=around.dialects,
            caller=caller,
            pace=pace,
            budget=self.budget,
            clock=around.clock,
            tell=around.tell,
            options=options,
            stop=self.stop,
            hints=around.hints,
            limits=limits,
            renders=RenderTimes(around.store.limits(realm), self.budget.lasts),
        )


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Stop what still works, and let the first failure out."""
    ended = [task.exception() for task in tasks if task.done() and not task.cancelled()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for failure in filter(None, ended):
        raise failure
