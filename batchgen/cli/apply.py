"""`batchgen apply`: sends exactly what a saved plan says, or says why it no longer can."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from batchgen.assembly.clock import CLOCK
from batchgen.assembly.enlisting import take_up
from batchgen.assembly.foresight import foresee
from batchgen.assembly.prices import read_prices
from batchgen.assembly.saved_plan import differences, load, objections
from batchgen.assembly.signing import fingerprint
from batchgen.assembly.state import scratch_store
from batchgen.cli import options
from batchgen.cli.choices import Choices
from batchgen.cli.terminal import carry
from batchgen.model.errors import ManifestError, UsageError

if TYPE_CHECKING:
    from batchgen.assembly.errand import Errand
    from batchgen.assembly.saved_plan import Saved

HELP = """Send exactly what a saved plan says: the same videos, and no others.

It refuses, and sends nothing, when something the plan rests on has changed since: the sheet, the prices, the account,
whether HeyGen is spoken to as v3 or v2, or what became of the videos meanwhile. What it made itself is no change: after
an interruption, or a stop for its budget, apply the plan once more, and it goes on. The rest is as `batchgen run` does
it.

\b
Examples:
  batchgen plan people.yaml --save plan.json
  batchgen apply plan.json
  batchgen apply plan.json --max-credits 200 --yes
"""


@click.command(help=HELP, short_help="Send exactly what a saved plan says, or nothing.")
@click.argument("plan", type=options.a_name, metavar="PLAN")
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
    asked = given.pop("api")
    choices = Choices(**given, **saved.options, api=saved.api, select=None)
    errand = choices.errand(saved.names, jobs=frozenset(saved.states), plan=saved.mark, lengths=saved.lengths)

    def check() -> None:
        reasons = _reasons(saved, errand, api=asked)
        if reasons:
            listed = "\n".join(f"  - {reason}" for reason in reasons)
            raise UsageError(
                f"{plan}: this plan of {saved.made_at} no longer holds, and nothing was sent.\n{listed}\n"
                "Look at a new one: `batchgen plan` with --save."
            )

    return carry(choices, errand, check=check).exit_code


def _reasons(saved: Saved, errand: Errand, *, api: str | None) -> list[str]:
    """Say why a plan may not be sent; empty where nothing speaks against it."""
    sources = errand.open()
    prices, account = read_prices().digest, fingerprint(errand.profile)
    told = objections(saved, realm=errand.realm, account=account, api=api, prices=prices, sources=sources)
    if told:
        return told
    with scratch_store(errand.state) as store:
        at, sent = CLOCK.now(), store.taken(plan=saved.mark)
        run = store.begin_run(command=errand.called, sheets=[], realm=errand.realm, api=saved.api, at=at)
        try:
            planned = errand.planner().plan(sources, store, at=at)
        except ManifestError as error:
            return [str(fault) for fault in error.faults]
        enlist = partial(take_up, errand, store, run, renewed=planned.renewed)
        return differences(saved, foresee(store, planned, {}, run=run, enlist=enlist), sent)
