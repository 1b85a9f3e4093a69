"""`batchgen explain`: the life of one row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from batchgen.assembly.explaining import explain as tell
from batchgen.assembly.explaining import facts
from batchgen.assembly.rows import find
from batchgen.assembly.state import open_store
from batchgen.cli import options
from batchgen.cli.forecast import duration
from batchgen.cli.known import need_state
from batchgen.model.errors import UsageError
from batchgen.report.table import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchgen.assembly.rows import Place
    from batchgen.report.life import Step

HELP = """Tell what happened to a row: each request, wait, key, id, cost and file, in order, with times (UTC).

A row is named by its number as the spreadsheet shows it, with its manifest where there are several; by the job_id of
the results, or its beginning; or by HeyGen's id of the video. Works while a run is on, and asks the network nothing.

\b
Examples:
  batchgen explain 17
  batchgen explain people.csv:17
  batchgen explain q3vk7c2x --json
"""


@click.command(short_help="Tell the life of one row.", help=HELP)
@options.named
@options.state
@options.as_json
def explain(names: tuple[str, ...], *, state: str, as_json: bool) -> int:
    """Tell the life of rows."""
    need_state(state)
    if not names:
        raise UsageError("Name a row, such as `batchgen explain 17`, or a job.")
    with open_store(state) as store:
        found = [(place, tell(store, place.line.job.pk)) for place in find(store, names)]
    if as_json:
        click.echo(json.dumps([facts(*one) for one in found], ensure_ascii=False))
    else:
        click.echo("\n\n".join("\n".join(_lines(*one)) for one in found))
    return 0


def _lines(place: Place, steps: Sequence[Step]) -> Iterator[str]:
    job = place.line.job
    yield f"{place}: {job.kind}, {job.status.word}"
    told = {
        "title": job.delivery.get("title"),
        "job": job.id,
        "HeyGen's id": job.remote_id,
        "file": place.line.saved,
        "error": job.error,
    }
    yield from (f"  {name}: {clean(str(value))}" for name, value in told.items() if value)
    if not steps:
        yield "  Nothing was sent for it yet."
    for step in steps:
        if step.waited_s is not None:
            yield f"{'':29}{duration(step.waited_s)} later"
        detail = f" ({clean(step.detail)})" if step.detail else ""
        yield f"  {step.to_dict()['at']}  {step.what}{detail}"
