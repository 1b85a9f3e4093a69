"""`batchgen apply`: sends exactly what a saved plan says, or says why it no longer can."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from batchgen.assembly.clock import CLOCK
from batchgen.assembly.foresight import foresee
from batchgen.assembly.planning import open_sources, planner_for
from batchgen.assembly.prices import read_prices
from batchgen.assembly.saved_plan import differences, load, objections
from batchgen.assembly.signing import fingerprint
from batchgen.assembly.state import scratch_store
from batchgen.cli import options
from batchgen.cli.choices import Choices
from batchgen.cli.realm import asked_realm
from batchgen.cli.session import Session
from batchgen.model.errors import ManifestError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.assembly.saved_plan import Saved
    from batchgen.store.interface import Sheet

HELP = """Send exactly what a saved plan says: the same videos, and no others.

It refuses, and sends nothing, when something the plan rests on has changed since: the sheet, the prices, the account,
whether HeyGen is spoken to as v3 or v2, or what became of the videos meanwhile. The rest is as `batchgen run` does it.

\b
Examples:
  batchgen plan people.yaml --save plan.json
  batchgen apply plan.json
  batchgen apply plan.json --max-credits 200 --yes
"""


@click.command(help=HELP, short_help="Send exactly what a saved plan says, or nothing.")
@click.argument("plan", metavar="PLAN")
@options.sandbox
@options.profile
@options.api
@options.state
@options.results
@options.downloads
@options.work
@options.as_json
def apply(plan: str, **given: Any) -> int:
    """Send what a saved plan says."""
    saved = load(Path(plan))
    asked, state = given.pop("api"), given["state"]
    realm = asked_realm(sandbox=given["sandbox"])
    choices = Choices(**given, **saved.options, api=saved.api, select=None)

    def check() -> None:
        reasons = _reasons(saved, realm=realm, api=asked, state=state, profile=given["profile"])
        if reasons:
            listed = "\n".join(f"  - {reason}" for reason in reasons)
            raise UsageError(
                f"{plan}: this plan of {saved.made_at} no longer holds, and nothing was sent.\n{listed}\n"
                "Look at a new one: `batchgen plan` with --save."
            )

    return Session(choices).apply(saved.names, frozenset(saved.states), saved.lengths, check)


def _reasons(saved: Saved, *, realm: str, api: str | None, state: str, profile: str | None) -> list[str]:
    """Say why a plan may not be sent; empty where nothing speaks against it."""
    sources = open_sources(saved.names, results=None, downloads=None, encoding=saved.options["encoding"])
    prices, account = read_prices().digest, fingerprint(profile)
    told = objections(saved, realm=realm, account=account, api=api, prices=prices, sources=sources)
    if told:
        return told
    planner = planner_for(
        realm=realm, api=saved.api, duplicates=saved.options["duplicates"], again=saved.options["again"]
    )

    with scratch_store(state) as store:
        run = store.begin_run(command="batchgen apply", sheets=[], realm=realm, api=saved.api, at=CLOCK.now())

        def enlist(sheets: Sequence[Sheet]) -> None:
            for sheet in sheets:
                store.enlist(run, sheet.pk, lambda line: line.job.id in saved.states, None)

        try:
            planned = planner.plan(sources, store, at=CLOCK.now())
        except ManifestError as error:
            return [str(fault) for fault in error.faults]
        return differences(saved, foresee(store, planned, {}, run=run, enlist=enlist))
