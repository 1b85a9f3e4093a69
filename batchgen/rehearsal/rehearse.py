"""Plays a whole run: the real planner, pipeline and store; only the clock, the network and the chance are others."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from batchgen.assembly.prices import read_prices
from batchgen.files.interface import Freight
from batchgen.heygen import DIALECTS
from batchgen.model.errors import UsageError
from batchgen.model.status import Status
from batchgen.pipeline.run import Run, Surroundings
from batchgen.rehearsal.machine import Stuck, Time, VirtualClock, playing
from batchgen.rehearsal.transfers import Transfers
from batchgen.rehearsal.uploads import Puts, is_same, unread
from batchgen.rehearsal.wires import Wires
from batchgen.rehearsal.witness import NoAnswer, Rehearsed, Witness, bought_twice
from batchgen.report.counts import by_word
from batchgen.sandbox import World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchgen.pipeline.happened import Happening
    from batchgen.pipeline.options import Options
    from batchgen.sandbox import Options as WorldOptions
    from batchgen.store.interface import Store

#: The world that a rehearsal is in. What it learns of limits is learned of no account.
REALM = "rehearsal"
#: Seconds that no run takes: a rehearsal that is not at its end by then never is.
LONGEST_S = 20 * 366 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What is to be played."""

    store: Store  #: One that nobody needs afterwards.
    run: int
    sheets: Sequence[int]
    left_out: int
    options: Options
    write_timeout: float
    world: WorldOptions
    seed: int


def rehearse(play: Play, watch: Callable[[Happening, float], None]) -> Rehearsed:
    """Play a run to its end; ``watch`` is told each fact, and the seconds that have passed in the run."""
    time = Time()
    world = World(now=time.now, options=play.world)
    witness, transfers = Witness(time.now()), Transfers(world)

    def tell(fact: Happening) -> None:
        witness.hear(fact)
        watch(fact, time.passed)

    chance = random.Random(play.seed)
    around = Surroundings(
        store=play.store,
        api=Wires(world, chance, write_timeout=play.write_timeout),
        dialects=DIALECTS,
        download=transfers,
        freight=Freight(
            read=unread, put=Puts(world, chance), is_intact=lambda _: True, is_same=partial(is_same, world)
        ),
        write_results=_write_nothing,
        prices=read_prices(),
        clock=VirtualClock(time),
        chance=chance,
        tell=tell,
    )
    run = Run(around, run=play.run, sheets=play.sheets, realm=REALM, options=play.options)
    spent_before = run.budget.spent
    with playing(time, longest=LONGEST_S) as loop:
        try:
            loop.run_until_complete(run.go())
        except Stuck as error:
            raise UsageError(f"This run would not come to an end: {error}.") from error
    return _sum_up(play, run, time, world, witness, transfers, spent_before)


async def _write_nothing(sheets: Sequence[int], *, whole: bool = True) -> None:
    """Write no results: there are none."""
    del sheets, whole


def _sum_up(  # noqa: PLR0917 - all that has seen the run
    play: Play, run: Run, time: Time, world: World, witness: Witness, transfers: Transfers, spent_before: float
) -> Rehearsed:
    board, reason = run.board, run.reason
    counts = {status: board[status] for status in Status}
    jobs, ledger = by_word(counts), world.ledger()
    troubled = jobs["failed"] or jobs["unsure"]
    return Rehearsed(
        jobs=jobs,
        left_out=play.left_out,
        seconds=round(time.passed, 1),
        first_done_s=round(witness.done_at[0], 1) if witness.done_at else None,
        half_done_s=witness.half_done(sum(jobs.values())),
        requests={name: witness.requests[name] for name in ("create", "status", "list", "download", "upload")},
        credits=round(run.budget.spent - spent_before + run.budget.held, 2),
        unpriced=play.store.commitments(play.sheets, run.budget.list.unit).unpriced,
        throttled=ledger["throttled"],
        in_flight_peak=ledger["in_flight_peak"],
        no_answer=NoAnswer(
            lost=witness.lost,
            found_again=witness.found_again,
            sent_again=witness.sent_again,
            sent_twice=bought_twice(world),
            unsure=jobs["unsure"],
        ),
        failures=dict(sorted(witness.failures.items(), key=lambda pair: (-pair[1], pair[0]))),
        stalled=witness.stalled,
        trouble=dict(sorted(ledger["faults"].items())),
        bytes=transfers.size,
        stopped=reason.text if reason else None,
        exit_code=reason.exit_code if reason else 1 if troubled else 4 if jobs["rendering"] else 0,
    )
