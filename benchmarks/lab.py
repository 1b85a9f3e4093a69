"""A run in virtual time against an account whose limits are known to the account alone.

The pipeline, the store and the sandbox are the real ones; only the clock and the wires are others. So hours pass in
seconds, and what is measured is what was decided, not how fast this machine is.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import math
import random
import re
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from batchgen.assembly.planning import planner_for
from batchgen.assembly.prices import read_prices
from batchgen.heygen import DIALECTS
from batchgen.model.exchange import Reply
from batchgen.model.row import Row
from batchgen.model.status import OPEN, Event
from batchgen.pipeline.happened import Moved
from batchgen.pipeline.planning.plan import Source
from batchgen.pipeline.run import Run, Surroundings
from batchgen.rehearsal.machine import Time, VirtualClock, VirtualLoop
from batchgen.sandbox import Options as WorldOptions
from batchgen.sandbox import World, plans, trouble
from batchgen.sandbox.lengths import WORDS_A_MINUTE
from batchgen.sandbox.studio import Studio
from batchgen.sandbox.wire import Answer, Call, Family, v1, v3_page
from batchgen.store.engine import open_engines, state_url
from batchgen.store.schema import prepare
from batchgen.store.sqlite import SqliteStore
from batchgen.store.writer import InlineWriter
from benchmarks.machine import folder as temporary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from batchgen.model.exchange import Request
    from batchgen.pipeline.happened import Happening
    from batchgen.pipeline.options import Options
    from batchgen.sandbox.draw import Draw
    from batchgen.sandbox.job import Order
    from batchgen.store.engine import Engines
    from batchgen.store.interface import Change

REALM = "sandbox"
LONGEST_S = 90 * 86_400.0
#: Spread of the logarithm of render times: nine of ten lie within a factor of three.
SPREAD = 0.334

#: The lists of v1 and v2 as they are where they show nothing.
_EMPTY = {
    "/v1/video.list": lambda: v1({"token": None, "videos": []}, message=None),
    "/v2/videos": lambda: v3_page([], None),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Films of many lengths, as a library has them: as many of one to two minutes as of half an hour to an hour.

    What is translated is a file of that length, and in the sheet it is told; what is spoken has as many words.
    """

    shortest_s: float = 60.0
    longest_s: float = 3600.0
    start_s: float = 120.0  #: Seconds that the render of each takes, whatever its length,
    pace: float = 0.6  #: and for each second of film.
    spread: float = 0.2  #: Of the logarithm of render times, for films of one length.
    told: bool = True  #: Whether the sheet tells how long they are.

    def length_s(self, chance: random.Random) -> float:
        """Draw how long a film is, in seconds."""
        return round(math.exp(chance.uniform(math.log(self.shortest_s), math.log(self.longest_s))), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """An account, and what it is given to do."""

    jobs: int
    options: Options
    kind: str = "video"
    mean_s: float = 480.0  #: Of a render; log-normal.
    library: Library | None = None  #: What is translated, where renders take as long as their films let them.
    slots: tuple[tuple[float, int], ...] = ((0.0, 10),)  #: From when on, seconds: jobs at once.
    posts_a_second: float = 0.0  #: Creating requests let through; 0: all.
    requests_a_second: float = 0.0  #: Of any purpose.
    saved: int = 1  #: Requests that the account saves up and lets through at once; at least those of a second.
    retry_after: float = 1.0
    lists: tuple[str, ...] = tuple(_EMPTY)  #: The lists of v1 and v2 that show anything.
    round_trip_s: float = 0.2
    write_s: float = 0.01  #: Until a change is on disk.
    seed: int = 7


@dataclass
class Told:
    """What a run in the lab came to. Times are seconds of its own clock."""

    makespan: float = 0.0
    ideal: float = 0.0
    requests: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)  #: 429s by what they were about.
    avoidable: int = 0  #: Those of them about jobs at once that told nothing new, see Memory.
    refused_at: list[float] = field(default_factory=list)
    served_at: list[float] = field(default_factory=list)  #: Requests that were not refused.
    created_at: list[float] = field(default_factory=list)  #: Those of them that made something.
    lateness: list[tuple[float, float]] = field(default_factory=list)  #: How late an end was seen; the render's time.
    done: int = 0


@dataclass
class Memory:
    """What a client would know that remembers all it was told of jobs at once, and takes it for valid.

    Refused beside ``few`` jobs, it knows that no more are let, until one is accepted beside as many. What it would not
    have sent, knowing that, was avoidable, even if it was to find out whether the account has grown.
    """

    few: float = math.inf

    def knows(self, *, beside: int, refused: bool) -> bool:
        """Take in what became of a job that was sent while others were under way; tell whether it was known before."""
        known = refused and beside >= self.few
        if refused:
            self.few = min(self.few, beside)
        elif beside >= self.few:
            self.few = math.inf
        return known


class Account:
    """A sandbox's world with limits that change, and a gate before it."""

    def __init__(self, setting: Setting, time: Time, told: Told) -> None:
        self._setting, self._time, self._told = setting, time, told
        self.world = World(
            now=time.now,
            options=WorldOptions(
                plan=plans.plan("enterprise"),
                seed=setting.seed,
                credits=1e9,
                concurrency=setting.slots[0][1],
                films="tiny",
            ),
        )
        self._rates = (setting.posts_a_second, setting.requests_a_second)
        self._tokens = [max(float(setting.saved), rate) for rate in self._rates]
        self._filled_at = 0.0
        self._memory = Memory()

    def handle(self, call: Call) -> Answer:
        """Answer a call as the account's limits let it."""
        now = self._time.passed
        self.world.studio.account.limit = [limit for since, limit in self._setting.slots if since <= now][-1]
        creates = call.method == "POST"
        if not self._lets_through(creates=creates, now=now):
            self._told.refused["rate"] += 1
            self._told.refused_at.append(now)
            return trouble.throttle(Family.V3, self._setting.retry_after)
        beside = self.world.studio.account.busy(self._time.now())
        answer = self.world.handle(call)
        if creates:
            self._told.avoidable += self._memory.knows(beside=beside, refused=answer.status == 429)
        if call.path in _EMPTY and call.path not in self._setting.lists:
            return _EMPTY[call.path]()
        if answer.status == 429:
            self._told.refused["concurrency"] += 1
            self._told.refused_at.append(now)
        else:
            self._told.served_at.append(now)
            if creates:
                self._told.created_at.append(now)
        return answer

    def deliver(self, answer: Answer, call: Call, content: bytes) -> Answer:
        """See World.deliver."""
        return self.world.deliver(answer, call, content)

    def _lets_through(self, *, creates: bool, now: float) -> bool:
        passed, self._filled_at = now - self._filled_at, now
        most = float(self._setting.saved)
        self._tokens = [min(max(most, rate), had + passed * rate) for had, rate in self._buckets()]
        posts, any_ = (bool(rate) for rate in self._rates)
        wanted = (float(posts and creates), float(any_))
        if any(had < asked for had, asked in zip(self._tokens, wanted, strict=True)):
            return False
        self._tokens = [had - asked for had, asked in zip(self._tokens, wanted, strict=True)]
        return True

    def _buckets(self) -> list[tuple[float, float]]:
        return list(zip(self._tokens, self._rates, strict=True))


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


@dataclass(frozen=True)
class Rows:
    """A manifest of so many rows. See manifest.interface.Manifest."""

    setting: Setting
    path: Path
    name: str = "lab.csv"
    files: tuple[Path, ...] = ()
    columns: tuple[str, ...] = ("title",)
    api: str | None = None
    notes: tuple[str, ...] = ()
    digest: str = "lab"
    layout: None = None

    def warnings(self) -> tuple[()]:
        """Nothing looks odd in the lab."""
        return ()

    def sheaves(self) -> Iterator[Row]:
        return self.rows()

    def rows(self) -> Iterator[Row]:
        for number in range(2, 2 + self.setting.jobs):
            title = f"Row {number}"
            fields: dict[str, Any] = {"title": title}
            if self.setting.kind == "translation":
                fields |= {"url": f"https://example.com/{number}.mp4", "output_languages": "German (Germany)"}
                if self.setting.library and self.setting.library.told:
                    fields["duration"] = str(_length_s(self.setting, number))
            else:
                fields |= {"avatar_id": "Daisy", "voice_id": "v" * 32, "script": self._script(number)}
            yield Row(file=self.name, number=number, cells=(title,), kind=self.setting.kind, fields=fields)

    def _script(self, number: int) -> str:
        words = round(_length_s(self.setting, number) * WORDS_A_MINUTE / 60) if self.setting.library else 0
        return f"Hello from row {number}." + " and on it goes" * (words // 4)


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


def renders(setting: Setting) -> AbstractContextManager[object]:
    """Have renders take as long as a setting has it: log-normal."""

    def render_s(_: Studio, order: Order, draw: Draw) -> float:
        mean_s, spread = setting.mean_s, SPREAD
        if (library := setting.library) is not None:
            row = int(re.findall(r"\d+", order.text)[0])
            mean_s, spread = library.start_s + library.pace * _length_s(setting, row), library.spread
        chance = random.Random(draw.number("render"))
        return math.exp(chance.normalvariate(math.log(mean_s) - spread**2 / 2, spread))

    return patch.object(Studio, "_render_s", render_s)


def _length_s(setting: Setting, row: int) -> float:
    """Give how long the film of a row is."""
    assert setting.library is not None
    return setting.library.length_s(random.Random(f"{setting.seed} {row}"))


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
