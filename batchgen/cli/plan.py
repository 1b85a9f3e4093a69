"""`batchgen plan`: what a run would send, what it would skip, and why."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from batchgen.assembly.clock import CLOCK
from batchgen.assembly.planning import generation_of, open_sources, planner_for
from batchgen.assembly.state import scratch_store
from batchgen.cli import options
from batchgen.cli.realm import asked_realm
from batchgen.cli.select import take
from batchgen.cli.warnings import warnings
from batchgen.model.status import OPEN, Status
from batchgen.report.summary import by_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchgen.pipeline.plan import Plan
    from batchgen.store.interface import Sheet, Store

HELP = """Show what a run would send, what it would skip and why. Sends nothing and changes nothing.

With the options that a run would be given, it says what that run would do.

\b
Examples:
  batchgen plan bulk_translation_csv_template.csv
  batchgen plan people.yaml --limit 20
  batchgen plan people.yaml --json
"""

#: What a run does with the jobs it takes, by their state: the word for scripts, and the words for people.
DOES = {
    Status.PLANNED: ("send", "to send"),
    Status.SENDING: ("look_for", "to look for: they may have been accepted already"),
    Status.UNSURE: ("look_for", "to look for: they may have been accepted already"),
    Status.RENDERING: ("watch", "to go on watching"),
    Status.RENDERED: ("download", "to download"),
}

#: Why it leaves the others alone.
LEAVES = {
    "done": "done already",
    "failed": "failed before; `batchgen retry` tries them again",
    "cancelled": "cancelled; `batchgen retry` takes them up again",
    "left_out": "left out by --limit or --select",
}

#: Languages that are named one by one.
LANGUAGES = 12


@click.command(help=HELP, short_help="Show what a run would send.")
@options.manifests
@options.sandbox
@options.api
@options.state
@options.duplicates
@options.again
@options.limit
@options.select
@options.encoding
@options.as_json
def plan(
    manifests: tuple[str, ...],
    *,
    sandbox: bool,
    api: str | None,
    state: str,
    duplicates: str,
    again: bool,
    limit: int | None,
    select: str | None,
    encoding: str | None,
    as_json: bool,
) -> int:
    """Tell what a run would do."""
    realm = asked_realm(sandbox=sandbox)
    sources = open_sources(manifests, results=None, downloads=None, encoding=encoding)
    generation = generation_of(api, sources)
    planner = planner_for(realm=realm, api=api, duplicates=duplicates, again=again)
    # On a copy of the state everything can be done as a run does it, and thrown away.
    with scratch_store(state) as store:
        planned = planner.plan(sources, store, at=CLOCK.now())
        taken = _take(store, planned, realm=realm, api=generation, limit=limit, select=select)
        told = _tell(store, planned, taken) | {"api": generation, "realm": realm}
    notes = [f"{source.manifest.name}: {note}" for source in sources for note in source.manifest.notes]
    odd = [fault for source in sources for fault in source.manifest.warnings()]
    for note in [*notes, *warnings(odd)]:
        click.echo(note, err=True)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(told)))
    return 0


def _take(
    store: Store,
    planned: Plan,
    *,
    realm: str,
    api: str,
    limit: int | None,
    select: str | None,
) -> Mapping[Status, int]:
    """Count what a run would take up."""
    sheets = [one.sheet for one in planned.sheets]
    pks = [sheet.pk for sheet in sheets]
    number = store.begin_run(command="batchgen plan", sheets=pks, realm=realm, api=api, at=CLOCK.now())
    take(store, number, sheets, expression=select, limit=limit)
    return store.tally(number)


def _tell(store: Store, planned: Plan, taken: Mapping[Status, int]) -> dict[str, Any]:
    counts: Counter[Status] = Counter()
    manifests = []
    for one in planned.sheets:
        counts.update(store.sheet_tally(one.sheet.pk))
        manifests.append(_sheet(store, one.sheet))
    would: Counter[str] = Counter()
    for status, (word, _) in DOES.items():
        would[word] += taken[status]
    words = by_word(counts)
    # A job that two manifests share is taken once.
    left_out = sum(counts[status] for status in OPEN) - would.total() if len(planned.sheets) == 1 else 0
    skip = {**{word: words[word] for word in ("done", "failed", "cancelled")}, "left_out": left_out}
    return {
        "rows": planned.rows,
        "jobs": sum(counts.values()),
        **words,
        "skipped": words["done"],
        "would": dict(would),
        "skip": skip,
        "credits": None,
        "manifests": manifests,
    }


def _sheet(store: Store, sheet: Sheet) -> dict[str, Any]:
    kinds: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    for kind, language, _, count in store.census(sheet.pk):
        kinds[kind] += count
        if language:
            languages[language] += count
    return {
        "manifest": sheet.name,
        "rows": sheet.rows,
        "jobs": kinds.total(),
        "kinds": dict(kinds),
        "languages": dict(languages),
    }


def _lines(told: Mapping[str, Any]) -> list[str]:
    lines = []
    for one in told["manifests"]:
        lines.append(f"{one['manifest']}: {_many(one['rows'], 'row')}, {_many(one['jobs'], 'video')}")
        lines += [f"  {text}" for text in (_counted(one["kinds"]), _counted(one["languages"])) if text]
    lines.append("")
    sentences = dict(DOES.values())
    lines += [f"{count:>9,}  {sentences[word]}" for word, count in told["would"].items() if count]
    lines += [f"{count:>9,}  {LEAVES[word]}" for word, count in told["skip"].items() if count]
    send = told["would"]["send"]
    if send:
        lines.append(f"\nA run would send {_many(send, 'video')} to {told['realm']}, in the words of {told['api']}.")
        lines.append("What they will cost is not known before they are made: HeyGen bills by the length of a video.")
    else:
        lines.append("\nA run would send nothing.")
    lines.append("Nothing was sent now.")
    return lines


def _counted(counts: Mapping[str, int]) -> str:
    """Name the sorts of videos, the most frequent first."""
    ordered: Sequence[tuple[str, int]] = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    named = [f"{word} {count:,}" for word, count in ordered[:LANGUAGES]]
    rest = len(ordered) - len(named)
    return ", ".join([*named, f"and {rest} more languages"] if rest > 0 else named)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
