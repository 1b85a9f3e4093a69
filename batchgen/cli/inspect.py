"""`batchgen status` and `batchgen report`: they read, and work while a run is on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batchgen import assembly
from batchgen.cli import options
from batchgen.model.errors import UsageError
from batchgen.report.summary import by_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.store.interface import Sheet, Store


STATUS_HELP = """Show where every manifest stands. Works while a run is on.

\b
Examples:
  batchgen status
  watch -n 5 batchgen status
  batchgen status --json
"""

REPORT_HELP = """Write the results of manifests again, from what the state remembers. Asks the network nothing.

\b
Examples:
  batchgen report                                    those of every manifest
  batchgen report people.yaml --results today.csv    one of them, somewhere else
"""


@click.command(short_help="Show where every manifest stands.", help=STATUS_HELP)
@options.state
@options.as_json
def status(state: str, *, as_json: bool) -> int:
    """Tell the counts of every sheet."""
    _need(state)
    with assembly.open_store(state) as store:
        found = [(sheet, by_word(store.sheet_tally(sheet.pk))) for sheet in store.sheets()]
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


@click.command(short_help="Write results again.", help=REPORT_HELP)
@click.argument("manifests", nargs=-1, metavar="[MANIFEST]...")
@options.state
@options.results
def report(manifests: tuple[str, ...], state: str, results: str | None) -> int:
    """Write results again."""
    _need(state)
    with assembly.open_store(state) as store:
        sheets = _chosen(store, manifests)
        if results and len(sheets) != 1:
            raise UsageError("--results names one file: name one manifest.")
        for sheet in sheets:
            target = Path(results).absolute() if results else Path(sheet.results)
            assembly.write_sheet(store, sheet, target)
            click.echo(f"{target}")
    return 0


def _chosen(store: Store, manifests: Sequence[str]) -> list[Sheet]:
    sheets = store.sheets()
    if not manifests:
        return sheets
    chosen = []
    for name in manifests:
        path = name if "://" in name else str(Path(name).absolute())
        found = [sheet for sheet in sheets if path in {sheet.path, sheet.path.partition("#")[0]} or sheet.name == name]
        if not found:
            raise UsageError(f"{name}: the state knows no such manifest; `batchgen status` lists those it knows.")
        chosen += found
    return chosen


def _need(state: str) -> None:
    """Refuse to make a state file only to find nothing in it."""
    if "://" not in state and not Path(state).is_file():
        raise UsageError(f"{state}: there is no state file here. The first run makes one; name it by --state.")
