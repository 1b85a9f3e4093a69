"""`batchgen status`: it reads, and works while a run is on."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import click

from batchgen.assembly.state import open_store
from batchgen.cli import options
from batchgen.cli.costs import tell as tell_costs
from batchgen.cli.known import known_sheets, need_state
from batchgen.cli.select import selector
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


\b
Examples:
  batchgen report                                    those of every manifest
  batchgen report people.yaml --results today.csv    one of them, somewhere else
  batchgen report --costs client,campaign            what was spent, by columns of the sheet
  batchgen report --costs client --results costs.csv
"""


@click.command(short_help="Show where every manifest stands.", help=STATUS_HELP)
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


@click.command(short_help="Write results again.", help=REPORT_HELP)
@options.known
@options.state
@options.results
@options.like_input
@click.option(
    "--costs",
    is_flag=False,
    flag_value="",
    multiple=True,
    metavar="[COLUMN,...]",
    help="What was spent, summed by columns of the sheet, by manifest, kind or language; writes no results.",
)
@options.as_json
def report(
    manifests: tuple[str, ...],
    *,
    state: str,
    results: str | None,
    costs: tuple[str, ...],
    like_input: bool,
    as_json: bool,
) -> int:
    """Write results again."""
    need_state(state)
    with open_store(state) as store:
        sheets = known_sheets(store, manifests)
        if costs:
            tell_costs(store, sheets, costs, to=results, as_json=as_json)
            return 0
        if results and len(sheets) != 1:
            raise UsageError("--results names one file: name one manifest.")
        written: list[str] = []
        for sheet in sheets:
            target = Path(results).absolute() if results else Path(sheet.results)
            note = write_sheet(store, sheet, target, like_input=like_input or sheet.like_input)
            written.append(str(target))
            if not as_json:
                click.echo(written[-1])
            if note:
                click.echo(f"{target}: {note}", err=True)
    if as_json:
        click.echo(json.dumps({"results": written}, ensure_ascii=False))
    return 0
