"""`batchgen plan`: what a run would send, and why."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from batchgen import assembly, settings
from batchgen.cli import options
from batchgen.model.status import OPEN, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.pipeline.plan import Plan

HELP = """Show what a run would send, what it would skip and why. Sends nothing and changes nothing.

\b
Examples:
  batchgen plan bulk_translation_csv_template.csv
  batchgen plan people.yaml --json
"""

#: What a run would do with a job, by its state.
WOULD = {
    Status.PLANNED: "send",
    Status.SENDING: "look for",
    Status.UNSURE: "look for",
    Status.RENDERING: "go on watching",
    Status.RENDERED: "download",
    Status.DONE: "skip (done)",
    Status.FAILED: "skip (failed before; `batchgen retry` tries again)",
    Status.CANCELLED: "skip (cancelled)",
}


@click.command(help=HELP, short_help="Show what a run would send.")
@options.manifests
@options.sandbox
@options.api
@options.state
@options.duplicates
@options.encoding
@options.as_json
def plan(
    manifests: tuple[str, ...],
    *,
    sandbox: bool,
    api: str | None,
    state: str,
    duplicates: str,
    encoding: str | None,
    as_json: bool,
) -> int:
    """Tell what a run would do."""
    realm = "sandbox" if sandbox else settings.realm_of(settings.base_url())
    sources = assembly.open_sources(manifests, results=None, downloads=None, encoding=encoding)
    assembly.generation(api, sources)
    planner = assembly.planner(realm=realm, api=api, duplicates=duplicates)
    with assembly.scratch_store(state) as store:
        planned = planner.plan(sources, store, at=assembly.CLOCK.now())
        told = [_tell(planned, number, store.census(one.sheet.pk)) for number, one in enumerate(planned.sheets)]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        _show(told)
    return 0


def _tell(planned: Plan, number: int, counted: Sequence[tuple[str, str | None, Status, int]]) -> dict[str, Any]:
    sheet = planned.sheets[number].sheet
    kinds: Counter[str] = Counter()
    would: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    for kind, language, status, count in counted:
        kinds[kind] += count
        would[WOULD[status]] += count
        if language:
            languages[language] += count
    return {
        "manifest": sheet.name,
        "rows": sheet.rows,
        "jobs": sum(kinds.values()),
        "open": sum(count for _, _, status, count in counted if status in OPEN),
        "kinds": dict(kinds),
        "languages": dict(languages),
        "would": dict(would),
        "credits": None,
    }


def _show(told: Sequence[dict[str, Any]]) -> None:
    for one in told:
        click.echo(f"{one['manifest']}: {one['rows']} rows, {one['jobs']} videos")
        for name, counted in (("kind", one["kinds"]), ("language", one["languages"])):
            for word, count in sorted(counted.items(), key=lambda pair: -pair[1]):
                click.echo(f"  {name:9}{count:>8,}  {word}")
        for word, count in one["would"].items():
            click.echo(
                f"  {'a run':9}{count:>8,}  would {word}" if "skip" not in word else f"{'':11}{count:>8,}  {word}"
            )
        click.echo("  Its cost is unknown: HeyGen tells no price before a video is made.")
    click.echo("Nothing was sent.")
