"""`batchgen status`: it reads, and works while a run is on."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import click

from batchgen.assembly.selection import selector
from batchgen.assembly.state import open_store
from batchgen.cli import options
from batchgen.cli.known import known_sheets, need_state
from batchgen.report.summary import by_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.model.status import Status
    from batchgen.store.interface import Sheet, Store


HELP = """Show where every manifest stands. Works while a run is on.

\b
Examples:
  batchgen status
  batchgen status people.yaml --select company:ACME
  watch -n 5 batchgen status
  batchgen status --json
"""


@click.command(short_help="Show where every manifest stands.", help=HELP)
@options.known
@options.state
@options.select
@options.as_json
def status(manifests: tuple[str, ...], *, state: str, select: str | None, as_json: bool) -> int:
    """Tell the counts of every sheet."""
    need_state(state)
    with open_store(state) as store:
        found = [(sheet, by_word(_tally(store, sheet, select))) for sheet in known_sheets(store, manifests)]
    if as_json:
        told = [{"manifest": sheet.name, "realm": sheet.realm, "rows": sheet.rows, **counts} for sheet, counts in found]
        click.echo(json.dumps(told, ensure_ascii=False))
        return 0
    for sheet, counts in found:
        parts = ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "no jobs"
        click.echo(f"{sheet.name} ({sheet.realm}): {parts}\n  results: {sheet.results}")
    if not found:
        click.echo("Nothing was planned on this state yet.")
    return 0


def _tally(store: Store, sheet: Sheet, select: str | None) -> Mapping[Status, int]:
    keep = selector(select, sheet.columns)
    if keep is None:
        return store.sheet_tally(sheet.pk)
    chosen = {line.job.pk: line.job.status for line in store.lines(sheet.pk) if keep(line)}
    return Counter(chosen.values())
