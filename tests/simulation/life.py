"""Lives a scenario through: plan, run, crash, start anew from what is on disk, until it has nothing left to do."""

from __future__ import annotations

import asyncio
import random
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from batchgen.assembly.planning import planner_for
from batchgen.assembly.prices import read_prices
from batchgen.assembly.results import try_results, write_results
from batchgen.files import download as downloading
from batchgen.files.compare import is_same
from batchgen.files.interface import Freight
from batchgen.files.local import is_intact
from batchgen.files.part import Part
from batchgen.files.pieces import pieces
from batchgen.heygen import DIALECTS
from batchgen.model.status import OPEN, Status
from batchgen.pipeline import results
from batchgen.pipeline.planning.plan import Source
from batchgen.pipeline.run import Run, Surroundings
from batchgen.rehearsal.machine import Time, VirtualClock, VirtualLoop
from batchgen.rehearsal.uploads import Puts
from batchgen.rehearsal.wires import Wires
from batchgen.sandbox import World
from batchgen.store.sqlite import SqliteStore
from batchgen.store.writer import InlineWriter
from tests.simulation.machine import Crash, Dead, Fuse, drawn_fuse
from tests.simulation.network import Downloads, whole
from tests.simulation.scenario import RowsOf, Scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.pipeline.happened import Happening
    from batchgen.store.interface import Change
    from tests.simulation.disk import Disk

#: The longest that one life of the machine may last, in virtual seconds.
LONGEST = 40 * 3600.0
REALM = "sandbox"
PRICES = read_prices()


@dataclass
class Lived:
    """A scenario after it was lived through."""

    scenario: Scenario
    disk: Disk
    time: Time
    world: World
    trace: list[str] = field(default_factory=list)
    stopped: str | None = None
    left_unsure: int = 0
    creates_after_end: int = 0
    moments: int = 0

    @property
    def folder(self) -> Path:
        return self.disk.folder


class CrashingWriter(InlineWriter):
    """Commits at once; the power may go right before and right after."""

    def __init__(self, engines: Any, fuse: Fuse, chance: random.Random) -> None:
        super().__init__(engines)
        self._fuse = fuse
        self._chance = chance

    async def write(self, changes: Sequence[Change], *, durable: bool) -> None:
        await asyncio.sleep(self._chance.uniform(0, 0.01))
        self._fuse.point("before a commit")
        await super().write(changes, durable=durable)
        self._fuse.point("after a commit")


def born(scenario: Scenario, disk: Disk) -> Lived:
    """Make a world for a scenario, and an empty disk its machine."""
    time = Time()
    for name, content in scenario.files.items():
        (disk.folder / name).write_bytes(content)
    return Lived(scenario, disk, time, World(now=time.now, options=scenario.world))


def live(lived: Lived) -> None:
    """Live a scenario through."""
    scenario, time, world = lived.scenario, lived.time, lived.world
    chance = random.Random(scenario.seed + 1)
    for nap in scenario.naps:
        fuse = drawn_fuse(chance)
        if one_life(lived, fuse, chance):
            break
        time.passed += nap
    for _ in range(6):
        if one_life(lived, Fuse(), chance) and "--max-credits" in (lived.stopped or "--max-credits"):
            break
        time.passed += 60.0
    before, finished = world.counts["create"], not lived.left_unsure and lived.stopped is None
    one_life(lived, Fuse(), chance)
    # What waits for a person, or for a budget, is tried once more by each run; nothing else is.
    lived.creates_after_end = world.counts["create"] - before if finished else 0


def one_life(lived: Lived, fuse: Fuse, chance: random.Random) -> bool:
    """Run the command once; tell whether it came to its own end."""
    loop = VirtualLoop(lived.time, longest=LONGEST)
    fuse.trace = lived.trace
    with ExitStack() as stack:
        stack.callback(loop.close)
        stack.enter_context(patch.object(Path, "replace", _replacing(fuse)))
        stack.enter_context(patch.object(downloading, "Part", partial(_PoweredPart, fuse)))
        # Results are written less often than in life: they are most of the work, and the same each time.
        stack.enter_context(patch.object(results, "OFTEN_S", 60.0))
        try:
            store = SqliteStore(lived.disk.engines, CrashingWriter(lived.disk.engines, fuse, chance))
            stack.callback(store.close)
            loop.run_until_complete(_command(lived, fuse, chance, store))
        except (Crash, Dead):  # Dead: the run's last act was stopped, in the wake of the crash.
            return False
        finally:
            fuse.dead = True
            _bury(loop)
            lived.moments += fuse.passed
    return True


async def _command(lived: Lived, fuse: Fuse, chance: random.Random, store: SqliteStore) -> None:
    scenario, time, clock = lived.scenario, lived.time, VirtualClock(lived.time)
    fuse.point("before planning")
    manifest = RowsOf(scenario, lived.folder / "simulated.csv")
    source = Source(manifest=manifest, results=lived.folder / "results.csv", downloads=lived.folder / "videos")
    planner = planner_for(realm=REALM, api=scenario.api)
    sheet = planner.plan([source], store, at=clock.now()).sheets[0].sheet
    fuse.point("planned")
    number = store.begin_run(command="simulated", sheets=[sheet.pk], realm=REALM, api=scenario.api, at=clock.now())
    store.enlist(number, sheet.pk, None, None)
    fuse.point("enlisted")

    def tell(fact: Happening) -> None:
        lived.trace.append(f"{time.passed:12.2f} {fact}")

    around = Surroundings(
        store=store,
        api=Wires(lived.world, chance, unsent=scenario.unsent, moment=fuse.point, pour=whole),
        dialects=DIALECTS,
        download=partial(downloading.download, Downloads(lived.world, fuse)),
        freight=Freight(
            read=pieces,
            put=Puts(lived.world, chance, moment=fuse.point, pour=whole),
            is_intact=is_intact,
            is_same=partial(is_same, Downloads(lived.world, fuse)),
        ),
        write_results=partial(_write_results, store, fuse),
        prices=PRICES,
        clock=clock,
        chance=chance,
        tell=tell,
    )
    run = Run(around, run=number, sheets=[sheet.pk], realm=REALM, options=scenario.options)
    await run.recover()
    if any(store.tally(number)[status] for status in OPEN):
        await run.go()
    lived.stopped = run.stop.reason.text if run.stop.reason else None
    lived.left_unsure = sum(run.left_unsure.values())


async def _write_results(store: SqliteStore, fuse: Fuse, sheets: Sequence[int], *, whole: bool = True) -> None:
    fuse.point("before results")
    (write_results if whole else try_results)(store, sheets)


def _bury(loop: VirtualLoop) -> None:
    """End what the crash left hanging. The fuse is blown, so none of it can act any more."""
    loop.set_exception_handler(lambda *_: None)
    while tasks := asyncio.all_tasks(loop):
        for task in tasks:
            task.cancel()
        with suppress(Crash, Dead):
            loop.run_until_complete(_ended(tasks))


async def _ended(tasks: set[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


def _replacing(fuse: Fuse) -> Any:
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        fuse.point(f"before renaming to {Path(target).name}")
        moved = real(self, target)
        fuse.point(f"renamed to {Path(target).name}")
        return moved

    return replace


class _PoweredPart(Part):
    """A part on a disk that stops with the power."""

    def __init__(self, fuse: Fuse, target: Path) -> None:
        super().__init__(target)
        self._fuse = fuse

    def keep(self, etag: str | None, total: int | None) -> None:
        if not self._fuse.dead:
            super().keep(etag, total)

    def discard(self) -> None:
        if not self._fuse.dead:
            super().discard()


def states(lived: Lived) -> list[Status]:
    """Give the states of the jobs on disk."""
    return [Status(job.status) for job in lived.disk.jobs]
