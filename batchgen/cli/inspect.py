"""`batchgen status`: it reads, and works while a run is on."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import click

from batchgen.assembly.state import open_sheets, open_store
from batchgen.cli import options
from batchgen.cli.known import known_sheets, need_state
from batchgen.report.counts import by_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.model.status import Status
    from batchgen.store.interface import Sheet


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
    with open_sheets(state) as store:
        sheets = known_sheets(store, manifests)
        counted = [store.tally_of([sheet.pk]) if select is None else _chosen(state, sheet, select) for sheet in sheets]
    found = [(sheet, by_word(counts)) for sheet, counts in zip(sheets, counted, strict=True)]
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


def _chosen(state: str, sheet: Sheet, select: str) -> Mapping[Status, int]:
    """Count the jobs that are selected: for that, lines have to be read."""
    from batchgen.assembly.selection import selector  # noqa: PLC0415 - only where there is a selection

    keep = selector(select, sheet.columns)
    with open_store(state) as store:
        chosen = {line.job.pk: line.job.status for line in store.lines(sheet.pk) if keep is None or keep(line)}
    return Counter(chosen.values())
