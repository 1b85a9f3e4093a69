"""`batchgen plan`: what a run would send, what it would skip, what it would cost, and why."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from batchgen import settings
from batchgen.assembly.clock import CLOCK
from batchgen.assembly.foresight import estimate, foresee, past, requests, timing
from batchgen.assembly.planning import generation_of, open_sources, planner_for
from batchgen.assembly.prices import read_prices
from batchgen.assembly.saved_plan import compose, save
from batchgen.assembly.state import scratch_store
from batchgen.cli import foreseen, options
from batchgen.cli.plan_text import lines
from batchgen.cli.realm import asked_realm
from batchgen.cli.select import take
from batchgen.cli.warnings import warnings
from batchgen.pipeline.options import Options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.assembly.foresight import Foresight
    from batchgen.pipeline.plan import Source
    from batchgen.store.interface import Sheet, Store

HELP = """Show what a run would send, what it would skip, what it would cost, and why. Sends nothing.

With the options that a run would be given, it says what that run would do.

\b
Examples:
  batchgen plan bulk_translation_csv_template.csv
  batchgen plan people.yaml --limit 20
  batchgen plan people.yaml --show 2              the first requests, in full
  batchgen plan people.yaml --save plan.json      then: batchgen apply plan.json
  batchgen plan people.yaml --json
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The words of a command line."""

    sandbox: bool
    api: str | None
    state: str
    duplicates: str
    again: bool
    limit: int | None
    select: str | None
    encoding: str | None
    batch: str
    concurrency: int | None
    title_token: str
    show: int
    save: str | None
    as_json: bool

    @property
    def realm(self) -> str:
        """The world that the run would work in."""
        return asked_realm(sandbox=self.sandbox)

    def options(self, api: str) -> Options:
        """Give what of it concerns how requests are written."""
        return Options(
            api=api,
            batch=self.batch,
            concurrency=self.concurrency,
            title_token=self.title_token != "never",  # noqa: S105 - a mark, no secret
        )


@click.command(help=HELP, short_help="Show what a run would send and cost.")
@options.manifests
@options.sandbox
@options.api
@options.state
@options.duplicates
@options.again
@options.limit
@options.select
@options.batch
@options.concurrency
@options.title_token
@options.encoding
@click.option("--show", type=click.IntRange(min=0), default=0, metavar="N", help="The requests of the first N videos.")
@click.option("--save", metavar="FILE", help="Keep the plan, for `batchgen apply`.")
@options.as_json
def plan(manifests: tuple[str, ...], **given: Any) -> int:
    """Tell what a run would do."""
    asked = Asked(**given)
    sources = open_sources(manifests, results=None, downloads=None, encoding=asked.encoding)
    told = look(asked, sources)
    notes = [f"{source.manifest.name}: {note}" for source in sources for note in source.manifest.notes]
    odd = [fault for source in sources for fault in source.manifest.warnings()]
    for note in [*notes, *warnings(odd)]:
        click.echo(note, err=True)
    if asked.as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo("\n".join(lines(told)))
    return 0


def look(asked: Asked, sources: Sequence[Source]) -> dict[str, Any]:
    """Find out what a run would do, and give it as facts for scripts."""
    api = generation_of(asked.api, sources)
    prices = read_prices()
    unit = "credits" if asked.realm == "sandbox" else None
    lists = prices.fitting(api, unit)
    planner = planner_for(realm=asked.realm, api=asked.api, duplicates=asked.duplicates, again=asked.again)
    with ExitStack() as stack:
        # On a copy of the state everything can be done as a run does it, and thrown away.
        store = stack.enter_context(scratch_store(asked.state))
        before = past(store, sources, asked.realm)
        planned = planner.plan(sources, store, at=CLOCK.now())

        def enlist(store: Store, sheets: Sequence[Sheet]) -> int:
            pks = [sheet.pk for sheet in sheets]
            run = store.begin_run(command="batchgen plan", sheets=pks, realm=asked.realm, api=api, at=CLOCK.now())
            take(store, run, sheets, expression=asked.select, limit=asked.limit)
            return run

        found = foresee(store, planned, before, enlist=enlist)
        costs = foreseen.Costs()
        quotes = estimate(store, found.run, lists, note=costs.note)
        time = timing(store, found, asked.realm, lists, asked.concurrency)
        told = foreseen.tell(store, found, quotes, time, costs) | {"api": api, "realm": asked.realm}
        told["prices"] = {"date": prices.date, "sources": {one.name: one.source for one in lists}}
        if asked.show:
            shown = requests(store, found.run, asked.show, asked.options(api))
            told["requests"] = foreseen.shown(shown, found)
        if asked.save:
            _save(asked, sources, found, prices=prices.digest, told=told)
    return told


def _save(asked: Asked, sources: Sequence[Source], found: Foresight, *, prices: str, told: dict[str, Any]) -> None:
    """Keep the plan, so that exactly this can be sent."""
    assert asked.save is not None  # noqa: S101 - for mypy
    saved = compose(
        sources,
        found,
        realm=asked.realm,
        account=None if asked.realm == "sandbox" else settings.fingerprint(),
        api=told["api"],
        prices=prices,
        options={"duplicates": asked.duplicates, "again": asked.again, "encoding": asked.encoding},
        expected=told["cost"],
        at=CLOCK.now(),
    )
    save(saved, Path(asked.save))
    told["saved"] = asked.save
