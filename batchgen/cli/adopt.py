"""`batchgen adopt`: takes in the ids that stand in another table, and spends nothing."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batchgen.assembly.adopting import read_table, search, take_over
from batchgen.assembly.clock import CLOCK
from batchgen.assembly.errand import Errand
from batchgen.assembly.planning import generation_of
from batchgen.assembly.remembered import check_remembered
from batchgen.assembly.results import write_results
from batchgen.assembly.state import locked, open_store
from batchgen.cli import options
from batchgen.cli.account import asked_account
from batchgen.cli.holding import aloud
from batchgen.model.errors import DiskError, UsageError
from batchgen.model.status import Status

if TYPE_CHECKING:
    from batchgen.assembly.adopting import Adopted, Found
    from batchgen.settings import Account
    from batchgen.store.interface import Sheet, Sheets

HELP = """Take in the ids of videos that were made before, and go on from there without paying for them again.

RESULTS is a table that has the sheet's columns and a column of ids: the results of a state file that was lost, of the
script in HeyGen's guide, or of any other tool. Each id is held against your account first. The manifest is found by the
results' name (X_results.csv: X.csv, X.yaml …) or named by --manifest; where there is none, RESULTS is the manifest.

With --search, RESULTS is the manifest itself, and its videos are looked for in the account's lists, by the marks that
batchgen gave them: for a sheet whose state and results are both lost, or on another machine.

Nothing is sent. `batchgen run` then fetches what was adopted, and sends the rows that have no id.

\b
Examples:
  batchgen adopt bulk_translation_results.csv
  batchgen adopt old/people_results.csv --manifest people.yaml
  batchgen adopt export.xlsx --manifest people.yaml --id-column "Video ID"
  batchgen adopt --search people.yaml
"""

#: The manifests that a results file may be of, by their endings.
_ENDINGS = (".yaml", ".yml", ".csv", "_csv_template.csv", "_template.csv", ".tsv", ".xlsx", ".jsonl")


@click.command(short_help="Take in ids of videos that were made before.", help=HELP)
@click.argument("results", type=options.a_name, metavar="RESULTS")
@click.option("--manifest", type=options.a_name, metavar="MANIFEST", help="The manifest that the results are of.")
@click.option("--id-column", metavar="NAME", help="The column of ids. Default: translation_id, video_id and the like.")
@click.option(
    "--search", "looks", is_flag=True, help="Look for a manifest's videos in the account's lists; RESULTS names it."
)
@click.option("--offline", is_flag=True, help="Do not ask the account whether it has the ids.")
@options.sandbox
@options.profile
@options.api
@options.state
@options.downloads
@options.duplicates
@options.encoding
@options.as_json
def adopt(
    results: str,
    *,
    manifest: str | None,
    id_column: str | None,
    looks: bool,
    offline: bool,
    sandbox: bool,
    profile: str | None,
    api: str | None,
    state: str,
    downloads: str | None,
    duplicates: str,
    encoding: str | None,
    as_json: bool,
) -> int:
    """Take in the ids of a table, or of the account's lists."""
    if looks and (manifest or id_column or offline):
        raise UsageError(
            "--search looks in the account, and for no table: leave --manifest, --id-column, --offline out."
        )
    name = results if looks else manifest or _manifest_of(results)
    errand = Errand(
        manifests=(name,),
        state=state,
        command="batchgen adopt",
        encoding=encoding if name == results else None,
        sandbox=sandbox,
        downloads=downloads,
        api=api,
        duplicates=duplicates,
    )
    with ExitStack() as stack:
        stack.enter_context(locked(state, command=errand.called))
        store = stack.enter_context(open_store(state))
        sources = errand.open()
        sheet = errand.planner().plan(sources, store, at=CLOCK.now()).sheets[0].sheet
        generation = generation_of(api, sources)
        account = partial(stack.enter_context, asked_account(profile, sandbox=sandbox, state=state))
        asked: Account | None = None
        if looks:
            check_remembered(store, [sheet], state)
            asked = account()
            found = search(store, sheet, api=generation, account=asked, tell=aloud())
        else:
            found = read_table(results, store, sheet, id_column=id_column, encoding=encoding)
            if found.claims and not offline:
                asked = account()
        done = take_over(store, found.claims, api=generation, account=asked, tell=aloud())
        kept = None if looks else _keep(Path(results), Path(sheet.results))
        write_results(store, [sheet.pk])
        return _tell(store, sheet, found, done, kept=kept, as_json=as_json)


def _manifest_of(results: str) -> str:
    """Find the manifest that a results file is of, by its name; else it is its own."""
    path = Path(results)
    stem = path.stem.removesuffix("_results")
    if stem == path.stem or "://" in results:
        return results
    found = [path.with_name(stem + ending) for ending in _ENDINGS]
    there = [one for one in found if one.is_file()]
    # A YAML manifest and the sheet of its rows may well have one name: then the manifest is meant.
    if len(there) > 1 and there[0].suffix not in {".yaml", ".yml"}:
        names = ", ".join(map(str, there))
        raise UsageError(f"{results}: it may be of several manifests ({names}). Name one by --manifest.")
    return str(there[0]) if there else results


def _keep(table: Path, results: Path) -> Path | None:
    """Copy a table that the results are about to be written over: it may hold ids that could not be taken over."""
    if not (table.is_file() and results.is_file() and table.samefile(results)):
        return None
    names = (table.with_name(f"{table.stem}.before-adopt{n or ''}{table.suffix}") for n in range(10_000))
    free = next(name for name in names if not name.exists())
    try:
        shutil.copy2(table, free)
    except OSError as error:
        raise DiskError(f"{free}: before it is replaced, the table cannot be copied ({error.strerror}).") from error
    return free


def _tell(store: Sheets, sheet: Sheet, found: Found, done: Adopted, *, kept: Path | None, as_json: bool) -> int:
    for kind in found.unmarked:
        click.echo(f"{sheet.name}: no list tells whose the account's videos of the kind {kind} are.", err=True)
    for fault in found.faults:
        click.echo(str(fault), err=True)
    for one, why in done.refused:
        click.echo(f"{one.source}: {one.remote_id}: {why}. It is left out.", err=True)
    tally = store.tally_of([sheet.pk])
    told = {
        "manifest": sheet.name,
        "adopted": len(done.taken),
        "with_file": sum(one.file is not None for one in done.taken),
        "known": done.known,
        "without_id": found.without,
        "listed": found.listed,
        "left_out": len(found.faults) + len(done.refused),
        "to_send": tally[Status.PLANNED],
    }
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(told)))
        if kept:
            click.echo(f"{Path(sheet.results).name} was replaced by today's results; as it was, it is {kept}.")
    return 1 if told["left_out"] else 0


def _lines(told: dict[str, object]) -> list[str]:
    sentences = {
        "adopted": "taken over; they are not paid for again",
        "with_file": "of these with their video, which was found and is whole",
        "known": "known already",
        "without_id": "rows without an id",
        "listed": "videos of the account were looked through",
        "left_out": "left out, as told above",
        "to_send": "videos that a run would send",
    }
    counted = [f"{told[name]:>9,}  {words}" for name, words in sentences.items() if told[name]]
    return [f"{told['manifest']}:", *(counted or ["  there was nothing to take over"]), "", "Nothing was sent."]
