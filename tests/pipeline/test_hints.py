"""A run that is told of ends by webhooks, in virtual time: what arrives is taken up, and nothing else changes anything."""

from __future__ import annotations

import asyncio
import random
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

from batchgen.assembly.planning import planner_for
from batchgen.files.download import download
from batchgen.heygen import DIALECTS
from batchgen.model.exchange import Progress, Stage
from batchgen.model.row import Row
from batchgen.model.status import OPEN, Status
from batchgen.model.webhook import Verdict
from batchgen.pipeline.call import Caller
from batchgen.pipeline.happened import Hearing
from batchgen.pipeline.hints import MOST_S, TRUST, Hints, NoHints
from batchgen.pipeline.money.quote import told as reckoned
from batchgen.pipeline.options import Options
from batchgen.pipeline.pacing.pace import Pace
from batchgen.pipeline.planning.plan import Source
from batchgen.pipeline.run import Run, Surroundings
from batchgen.pipeline.stop import Stop
from batchgen.pipeline.watching.registrar import Registrar
from batchgen.rehearsal.machine import Time, VirtualClock, playing
from batchgen.rehearsal.wires import Wires
from batchgen.sandbox import Faults, World
from batchgen.sandbox import Options as WorldOptions
from batchgen.store.sqlite import SqliteStore
from batchgen.webhook.gate import Gate
from tests.simulation.disk import temporary
from tests.simulation.life import PRICES
from tests.simulation.machine import Fuse
from tests.simulation.network import Downloads
from tests.simulation.scenario import RowsOf, one_row

REALM = "sandbox"


@pytest.fixture
def folder():
    with temporary() as name:
        yield Path(name)


LONG = 30 * 24 * 3600.0


@dataclass
class Told:
    """A run with webhooks, from its sheet to its books."""

    folder: Path
    api: str = "v3"
    kind: str = "video"
    rows: int = 100
    options: dict[str, Any] = field(default_factory=dict)
    world: dict[str, Any] = field(default_factory=dict)
    patience: float = 30.0
    secret: str | None = None  #: Another than the one that was given: a gate that believes nothing.
    facts: list[Any] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)

    def run(self, **faults: Any) -> Told:
        self.time = Time()
        given = {"render": (2.0, 5.0), "credits": 1e7, "concurrency": 500, "films": "tiny", **self.world}
        self.server = World(now=self.time.now, options=WorldOptions(faults=Faults(**faults), **given))
        self.store = SqliteStore.open(str(self.folder / "state.db"), threaded=False)
        apply = self.store.apply

        async def as_a_disk_does(*changes: Any, **how: Any) -> None:
            await asyncio.sleep(0.05)
            await apply(*changes, **how)

        self.store.apply = as_a_disk_does
        with playing(self.time, longest=LONG) as loop, closing(self.store):
            loop.run_until_complete(asyncio.wait_for(self._command(), LONG))
            self.states = [line.job.status for line in self.store.lines(1)]
            self.jobs = [line.job for line in self.store.lines(1)]
        return self

    async def _command(self) -> None:
        options = Options(api=self.api, **self.options)
        scenario = replace(one_row(self.kind, options), rows=tuple(_row(n, self.kind) for n in range(2, 2 + self.rows)))
        source = Source(
            manifest=RowsOf(scenario, self.folder / "x.csv"),
            results=self.folder / "r.csv",
            downloads=self.folder / "videos",
        )
        clock, chance = VirtualClock(self.time), random.Random(1)
        sheet = planner_for(realm=REALM, api=self.api).plan([source], self.store, at=clock.now()).sheets[0].sheet
        number = self.store.begin_run(command="x", sheets=[sheet.pk], realm=REALM, api=self.api, at=clock.now())
        self.store.enlist(number, sheet.pk, None, None)
        hints = Hints(patience=self.patience, tell=self.facts.append)
        api = Wires(self.server, chance)
        around = Surroundings(
            store=self.store, api=api, dialects=DIALECTS, download=partial(download, Downloads(self.server, Fuse())),
            freight=cast("Any", None),  # Nothing of this machine is uploaded here.
            write_results=_no_results, prices=PRICES, clock=clock, chance=chance, tell=self.facts.append, hints=hints,
        )  # fmt: skip
        run = Run(around, run=number, sheets=[sheet.pk], realm=REALM, options=options)
        stop = Stop(self.facts.append)
        caller = Caller(
            api=api, pace=Pace(clock=clock, chance=chance, tell=self.facts.append), clock=clock, chance=chance,
            tell=self.facts.append, patience=60.0, stop=stop,
        )  # fmt: skip
        registrar = Registrar(
            store=self.store, caller=caller, dialects=DIALECTS, clock=clock, chance=chance, tell=self.facts.append,
            realm=REALM,
        )  # fmt: skip
        hook, registered = await registrar.register("https://public.example/hook", api=self.api, holder="run")
        gate = Gate(
            hear=DIALECTS[self.api].webhooks.hear,
            now=clock.now,
            announce=lambda said: hints.tell(said.progress) if said.progress else None,
            turn_away=lambda _: None,
        )
        gate.open(self.secret or registered.secret)
        delivering = asyncio.create_task(self._deliver(gate))
        try:
            await run.go()
        finally:
            delivering.cancel()
        assert await registrar.remove(hook)

    async def _deliver(self, gate: Gate) -> None:
        while True:
            for post in self.server.studio.hooks.due():
                self.verdicts.append(gate.receive(post.headers, post.body))
            await asyncio.sleep(0.05)

    @property
    def asked(self) -> int:
        return self.server.counts["status"]

    @property
    def took(self) -> float:
        return self.time.passed

    def bought_once(self) -> bool:
        ledger = self.server.ledger()
        return sorted(job["id"] for job in ledger["jobs"]) == sorted(job.remote_id for job in self.jobs)


async def _no_results(_sheets: Any) -> None:
    pass


def _row(number: int, kind: str) -> Row:
    fields: dict[str, Any] = {"title": f"Row {number}"}
    if kind == "translation":
        fields |= {"url": f"https://example.com/{number}.mp4", "output_languages": "German (Germany)"}
    else:
        fields |= {"avatar_id": "Daisy", "voice_id": "v" * 32, "script": f"Hello from row {number}."}
    return Row(file="x.csv", number=number, cells=(str(number),), kind=kind, fields=fields)


def real(job: Any) -> float:
    """Reckon what a job of its length costs."""
    return PRICES.pick(job.api, job.unit).real(job.kind, job.content, reckoned(job), job.duration_s)


GENERATIONS = [("v3", "video"), ("v3", "translation"), ("v2", "video"), ("v2", "translation")]


@pytest.mark.parametrize(("api", "kind"), GENERATIONS)
def test_where_webhooks_arrive_no_status_is_asked_for(folder, api, kind):
    told = Told(folder, api, kind, rows=40).run()

    assert set(told.states) == {Status.DONE}
    assert told.asked == 0
    assert told.bought_once()
    # Nobody told how long they are: the files do.
    assert all(job.duration_s for job in told.jobs)
    assert sum(job.credits for job in told.jobs) == pytest.approx(sum(real(job) for job in told.jobs))


def test_what_is_told_while_something_is_written_is_taken_up_at_once(folder):
    # All end within a moment, each while what was told of another is on its way to the disk.
    told = Told(folder, rows=12, world={"render": (3.0, 3.2)}).run()

    assert set(told.states) == {Status.DONE}
    assert told.asked == 0
    assert told.took < 10


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_renders_of_many_minutes_are_told_from_silence_by_a_handful_of_looks(folder, api):
    told = Told(folder, api, rows=20, world={"render": (300.0, 1200.0)}).run()

    assert set(told.states) == {Status.DONE}
    assert told.asked <= 4


@pytest.mark.parametrize(("api", "kind"), GENERATIONS)
def test_where_they_never_arrive_the_run_ends_by_polling(folder, api, kind):
    told = Told(folder, api, kind, rows=30).run(webhook_never=1.0)

    assert set(told.states) == {Status.DONE}
    assert told.bought_once()
    assert told.took < 120
    assert [fact.webhooks for fact in told.facts if isinstance(fact, Hearing)] == [False]


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_what_is_forged_doubled_late_replayed_and_out_of_order_changes_nothing(folder, api):
    told = Told(folder, api, rows=60).run(
        webhook_forged=1.0, webhook_twice=0.5, webhook_late=0.3, webhook_shuffled=0.5, webhook_replayed=0.5
    )

    assert set(told.states) == {Status.DONE}
    assert told.bought_once()
    assert told.verdicts.count(Verdict.HEARD) == 60
    assert told.verdicts.count(Verdict.FORGED) == 60
    assert told.verdicts.count(Verdict.DOUBLE) > 10
    assert (told.verdicts.count(Verdict.STALE) > 10) is (api == "v3")
    assert told.asked < 5


def test_a_run_whose_events_are_all_turned_away_ends_by_polling(folder):
    told = Told(folder, rows=10, secret="another").run()

    assert set(told.states) == {Status.DONE}
    assert set(told.verdicts) == {Verdict.FORGED}


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_events_that_are_lost_now_and_then_are_made_up_for(folder, api):
    told = Told(folder, api, rows=60).run(webhook_never=0.1)

    assert set(told.states) == {Status.DONE}
    assert told.took < 180
    assert told.asked < 40


def test_failures_are_told_with_their_reason(folder):
    told = Told(folder, rows=50, options={"tolerance": Options().tolerance}).run(failed=0.2)

    failed = [job for job in told.jobs if job.status is Status.FAILED]
    assert failed
    assert all(job.error and job.credits is None for job in failed)
    assert told.asked == 0


def test_links_that_expired_are_asked_for_at_once(folder):
    told = Told(folder, rows=20).run(expired=0.3)

    assert set(told.states) == {Status.DONE}
    assert told.took < 60


@pytest.mark.parametrize(("api", "kind"), GENERATIONS)
def test_with_every_trouble_at_once_each_row_is_made_once(folder, api, kind):
    told = Told(folder, api, kind, rows=40, options={"settle": 60.0 if api == "v2" else None}).run(
        webhook_never=0.1, webhook_late=0.3, webhook_shuffled=0.5, webhook_twice=0.3, webhook_forged=0.3,
        webhook_replayed=0.3, throttle=0.1, get_500=0.1, get_lost=0.1, cut=0.1, expired=0.1, late_url=0.2, odd_status=0.1,
        **({} if (api, kind) == ("v2", "translation") else {"lost": 0.2, "error_after": 0.1}),
    )  # fmt: skip

    assert set(told.states) == {Status.DONE}
    assert told.bought_once()
    assert not set(told.states) & OPEN


def test_an_unsure_job_that_is_heard_of_is_looked_for_at_once(folder):
    told = Told(folder, kind="translation", rows=2, options={"batch": "never", "settle": 3600.0}).run(
        lost=1.0, keys="ignored", list_lag=100.0
    )

    assert set(told.states) == {Status.DONE}
    assert told.bought_once()


def test_silence_is_told_from_slowness_by_looks_that_come_ever_later():
    hints = Hints(patience=20.0, tell=lambda _: None)

    assert hints.slack == 20.0
    hints.rendered(20.0)
    assert hints.slack == 80.0
    hints.rendered(10_000.0)
    assert hints.slack == MOST_S


def test_webhooks_are_deaf_after_a_few_misses_until_one_arrives():
    heard: list[Hearing] = []
    hints = Hints(patience=20.0, tell=heard.append)
    for _ in range(TRUST - 1):
        hints.missed()
    assert hints.relied_on

    hints.missed()
    assert (hints.relied_on, hints.slack) == (False, 0.0)

    hints.tell(Progress(stage=Stage.READY, remote_id="v"))
    assert hints.relied_on
    assert [one.webhooks for one in heard] == [False, True]


def test_a_run_that_nobody_tells_anything_polls_as_ever():
    hints = NoHints()

    assert (hints.relied_on, hints.slack, list(hints.take())) == (False, 0.0, [])
