"""`batchgen cancel`: takes back what was not sent yet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from batchgen.assembly.keeping import withdraw
from batchgen.assembly.results import write_results
from batchgen.assembly.selection import selector
from batchgen.assembly.state import locked, open_store
from batchgen.cli import options
from batchgen.cli.known import known_sheets, need_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchgen.model.job import Job
    from batchgen.store.interface import Lines, Sheet

HELP = """Take back videos that were not sent yet: no run sends them, until `batchgen retry` takes them up again.

What was sent is sent: HeyGen makes it and bills it, and nothing here changes that. To stop a run that is on, press
Ctrl-C there first.

\b
Examples:
  batchgen cancel people.yaml
  batchgen cancel people.yaml --select company:ACME
"""


@click.command(short_help="Take back what was not sent yet.", help=HELP)
@options.manifests
@options.state
@options.select
@options.as_json
def cancel(manifests: tuple[str, ...], *, state: str, select: str | None, as_json: bool) -> int:
    """Take back what was not sent yet."""
    need_state(state)
    with locked(state, command="batchgen cancel"), open_store(state) as store:
        sheets = known_sheets(store, manifests)
        done = withdraw(store, _jobs(store, sheets, select))
        write_results(store, [sheet.pk for sheet in sheets])
    cancelled = len(done.moves)
    if as_json:
        click.echo(json.dumps({"cancelled": cancelled, "doubtful": done.doubtful, "sent": done.sent}))
        return 0
    click.echo(f"{cancelled:,} taken back." + (" `batchgen retry` takes them up again." if cancelled else ""))
    if done.doubtful:
        click.echo(f"{done.doubtful:,} may have been accepted already, so they stay: the next run finds that out.")
    if done.sent:
        click.echo(f"{done.sent:,} are sent already, and cannot be taken back.")
    return 0


def _jobs(store: Lines, sheets: Sequence[Sheet], select: str | None) -> Iterator[Job]:
    for sheet in sheets:
        keep = selector(select, sheet.columns)
        yield from (line.job for line in store.lines(sheet.pk) if keep is None or keep(line))
