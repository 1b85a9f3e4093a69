"""`batchgen plan`: what a run would send, what it would skip, what it would cost, and why."""

from __future__ import annotations

import json
from contextlib import ExitStack
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from batchgen.cli import options
from batchgen.cli.account import asked_account
from batchgen.cli.look import Asked, look
from batchgen.cli.warnings import warnings
from batchgen.model.errors import ManifestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchgen.model.errors import Fault

#: Lines that are written in one go.
TOGETHER = 500

_JSON = json.JSONEncoder(ensure_ascii=False)

HELP = """Show what a run would send, what it would skip, what it would cost, and why. Sends nothing.

With the options that a run would be given, it says what that run would do.

\b
Examples:
  batchgen plan bulk_translation_csv_template.csv
  batchgen plan people.yaml --limit 20
  batchgen plan people.yaml --show 2              the first requests, in full
  batchgen plan people.yaml --save plan.json      then: batchgen apply plan.json
  batchgen plan people.yaml --online              ask the account too; still sends nothing
  batchgen plan people.yaml --json
"""


@click.command(help=HELP, short_help="Show what a run would send and cost.")
@options.manifests
@options.sandbox
@options.profile
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
@click.option(
    "--show",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="What would be sent for the first N videos, in full; of a session, what opens it.",
)
@click.option("--online", is_flag=True, help="Ask the account as well: avatars, voices, templates, links, balance.")
@options.probe
@click.option("--save", type=options.a_path, metavar="FILE", help="Keep the plan, for `batchgen apply`.")
@options.as_json
def plan(manifests: tuple[str, ...], **given: Any) -> int:
    """Tell what a run would do."""
    asked = Asked(**given)
    errand = asked.errand(manifests)
    sources = errand.open()
    for note in (f"{source.manifest.name}: {note}" for source in sources for note in source.manifest.notes):
        click.echo(note, err=True)  # Before any fault: which sheet of a workbook was read may explain it.
    with ExitStack() as stack:
        account = None
        if asked.online:
            account = stack.enter_context(asked_account(asked.profile, sandbox=asked.sandbox, state=asked.state))
        seen = look(asked, errand, sources, account, write=_write)
    odd = [fault for source in sources for fault in source.manifest.warnings()]
    for note in [*warnings(odd), *seen.notes]:
        click.echo(note, err=True)
    if not asked.as_json:
        click.echo("\n".join(seen.words))
    return _end(seen.faults)


def _write(told: dict[str, Any], lines: Iterator[dict[str, Any]]) -> None:
    """Write one object, whose last entry are the lines, without ever holding all of them."""
    click.echo(_JSON.encode(told).removesuffix("}") + ', "lines": [', nl=False)
    between = ""
    while some := [_JSON.encode(line) for line in islice(lines, TOGETHER)]:
        click.echo(between + ", ".join(some), nl=False)
        between = ", "
    click.echo("]}")


def _end(faults: Sequence[Fault]) -> int:
    """Tell what the account cannot do, as faults of the manifest, and give the exit code."""
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        click.echo(f"\n{len(faults):,} fault{'s' if len(faults) != 1 else ''}. Nothing was sent.", err=True)
    return ManifestError.exit_code if faults else 0
