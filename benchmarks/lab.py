"""A run in virtual time against an account whose limits are known to the account alone.

The pipeline, the store and the sandbox are the real ones; only the clock and the wires are others. So hours pass in
seconds, and what is measured is what was decided, not how fast this machine is.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import random
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchgen.assembly.planning import planner_for
from batchgen.assembly.prices import read_prices
from batchgen.heygen import DIALECTS
from batchgen.model.exchange import Reply
from batchgen.model.status import OPEN, Event
from batchgen.pipeline.happened import Moved
from batchgen.pipeline.planning.plan import Source
from batchgen.pipeline.run import Run, Surroundings
from batchgen.rehearsal.machine import Time, VirtualClock, VirtualLoop
from batchgen.sandbox.wire import Call
from batchgen.store.engine import open_engines, state_url
from batchgen.store.schema import prepare
from batchgen.store.sqlite import SqliteStore
from batchgen.store.writer import InlineWriter
from benchmarks.account import Account, Told
from benchmarks.machine import folder as temporary
from benchmarks.setting import Rows, Setting, renders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.model.exchange import Request
    from batchgen.pipeline.happened import Happening
    from batchgen.store.engine import Engines
    from batchgen.store.interface import Change

REALM = "sandbox"
LONGEST_S = 90 * 86_400.0


class Disk(InlineWriter):
    """Takes a while to write, as a disk does: what else happens meanwhile is decided by what stood before."""

    def __init__(self, engines: Engines, write_s: float) -> None:
        super().__init__(engines)
        self._write_s = write_s

    async def write(self, changes: Sequence[Change], *, durable: bool) -> None:
        """See Writer.write."""
        await asyncio.sleep(self._write_s)
        await super().write(changes, durable=durable)


@dataclass
class RoundTrip:
    """See heygen.interface.Api: wires with one delay there and one back, that lose nothing."""

    account: Account
    chance: random.Random
    half_s: float

    async def send(self, request: Request) -> Reply:
        await asyncio.sleep(self.half_s * self.chance.uniform(0.5, 1.5))
        answer = self.account.handle(_call(request))
        await asyncio.sleep(self.half_s * self.chance.uniform(0.5, 1.5))
        return Reply(status=answer.status, headers=answer.headers, body=answer.body)


def _call(request: Request) -> Call:
    headers = {"x-api-key": "benchmark", "host": "127.0.0.1"}
    if request.key is not None:
        headers["idempotency-key"] = request.key
    body = b"" if request.body is None else json.dumps(request.body).encode()
    return Call(request.method, request.path, dict(request.query), headers, body)


def live(setting: Setting) -> Told:
    """Do a setting's work to its end."""
    time, told = Time(), Told()
    account = Account(setting, time, told)
    loop = VirtualLoop(time, longest=LONGEST_S)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(temporary()))
        stack.callback(loop.close)
        stack.enter_context(renders(setting))
        engines = open_engines(state_url(str(folder / "state.db")))
        prepare(engines)
        store = SqliteStore(engines, Disk(engines, setting.write_s))
        stack.callback(store.close)
        loop.run_until_complete(_command(setting, account, store, time, told, folder))
    made = sorted(account.world.studio.everything, key=lambda job: job.serial)
    told.ideal = ideal([job.done_at - job.start_at for job in made], setting)
    told.requests = Counter({name: account.world.counts[name] for name in ("create", "status", "list")})
    return told


async def _command(
    setting: Setting, account: Account, store: SqliteStore, time: Time, told: Told, folder: Path
) -> None:
    clock, chance = VirtualClock(time), random.Random(setting.seed)
    source = Source(manifest=Rows(setting, folder / "lab.csv"), results=folder / "r.csv", downloads=folder / "videos")
    planner = planner_for(realm=REALM, api=setting.options.api)
    sheet = planner.plan([source], store, at=clock.now()).sheets[0].sheet
    number = store.begin_run(command="lab", sheets=[sheet.pk], realm=REALM, api=setting.options.api, at=clock.now())
    store.enlist(number, sheet.pk, None, None)
    around = Surroundings(
        freight=None,  # type: ignore[arg-type]  # Nothing of this machine is uploaded here.
        store=store,
        api=RoundTrip(account, chance, setting.round_trip_s / 2),
        dialects=DIALECTS,
        download=_no_download,
        write_results=_no_results,
        prices=read_prices(),
        clock=clock,
        chance=chance,
        tell=partial(_note, account, time, told),
    )
    run = Run(around, run=number, sheets=[sheet.pk], realm=REALM, options=setting.options)
    await run.go()
    left = {status: n for status, n in store.tally(number).items() if status in OPEN and n}
    assert not left, (left, run.stop.reason)


def _note(account: Account, time: Time, told: Told, fact: Happening) -> None:
    if not isinstance(fact, Moved) or fact.event is not Event.READY:
        return
    told.done += 1
    told.makespan = time.passed
    job = account.world.studio.jobs[fact.detail]
    told.lateness.append((time.now() - job.done_at, job.done_at - job.start_at))


async def _no_results(sheets: Sequence[int], *, whole: bool = True) -> None:
    """Write none: they are not what is measured here."""


async def _no_download(*_: object, **__: object) -> Any:
    raise AssertionError("nothing is saved in the lab")


def ideal(lengths: Sequence[float], setting: Setting) -> float:
    """Give when the last job ends if each begins the moment that the account lets it."""
    busy: list[float] = []
    now = last = 0.0
    for number, length in enumerate(lengths):
        if setting.posts_a_second:
            now = max(now, (number + 1 - setting.saved) / setting.posts_a_second)
        while True:
            while busy and busy[0] <= now:
                heapq.heappop(busy)
            if len(busy) < [limit for since, limit in setting.slots if since <= now][-1]:
                break
            more = [since for since, _ in setting.slots if since > now]
            now = min([busy[0], *more])
        heapq.heappush(busy, now + length)
        last = max(last, now + length)
    return last
