"""`batchgen report`: what became of every line, written again, in whatever format it is wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batchgen.assembly.remembered import check_remembered
from batchgen.assembly.results import write_rows, write_sheet
from batchgen.assembly.selection import selector
from batchgen.assembly.sparing import spare_manifests
from batchgen.assembly.state import open_store
from batchgen.cli import options
from batchgen.cli.known import known_sheets, need_state
from batchgen.model.errors import UsageError
from batchgen.model.status import Status
from batchgen.report.formats import FORMATS, check, format_of
from batchgen.report.sheet import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from batchgen.store.interface import Line, Sheet, Sheets, Store

HELP = """Write the results of manifests again, from what the state remembers. Asks the network nothing.

A file's name says its format: .csv, .xlsx, .jsonl, .parquet, or .html for a page to look at and to send on.

\b
Examples:
  batchgen report                                    those of every manifest
  batchgen report people.yaml --results today.xlsx   one of them, somewhere else
  batchgen report people.yaml --as html --as xlsx    beside the manifest, as a page and as a workbook
  batchgen report people.yaml --select company:ACME --results acme.html
  batchgen report people.csv --failed again.csv      the rows that failed, as a sheet of their own
  batchgen report --costs client,campaign            what was spent, by columns of the sheet
  batchgen report --costs client --results costs.csv

A sheet of failed rows has your own columns and values, and nothing else. Mend its cells and `batchgen run again.csv`;
or `batchgen retry again.csv` tries the same rows once more, as `batchgen retry people.csv` does.
"""


@click.command(short_help="Write results again, also as XLSX, JSONL, Parquet or HTML.", help=HELP)
@options.known
@options.state
@click.option(
    "--results", type=options.a_path, multiple=True, metavar="PATH", help="A file to write. May be given several times."
)
@click.option(
    "--as",
    "forms",
    type=click.Choice(FORMATS),
    multiple=True,
    help="A format to write beside the manifest; repeatable.",
)
@options.select
@options.like_input
@click.option(
    "--costs",
    is_flag=False,
    flag_value="",
    multiple=True,
    metavar="[COLUMN,...]",
    help="What was spent, summed by columns of the sheet, by manifest, kind or language; writes no results.",
)
@click.option("--failed", type=options.a_path, metavar="FILE", help="The rows that failed, as a manifest of their own.")
@click.option("--rows", type=options.a_path, metavar="FILE", help="The rows of --select, as a manifest of their own.")
@options.as_json
def report(
    manifests: tuple[str, ...],
    *,
    state: str,
    results: tuple[str, ...],
    forms: tuple[str, ...],
    select: str | None,
    like_input: bool,
    costs: tuple[str, ...],
    failed: str | None,
    rows: str | None,
    as_json: bool,
) -> int:
    """Write results again."""
    need_state(state)
    if costs:
        if forms or failed or rows:
            raise UsageError("--costs writes no results and no sheets: ask for those by a command of their own.")
        return _tell_costs(state, manifests, costs, results, select, as_json=as_json)
    if failed and rows and Path(failed).absolute() == Path(rows).absolute():
        raise UsageError(f"{failed}: --failed and --rows name one file. Name another for one of them.")
    named, written = [Path(one).absolute() for one in results], list[str]()
    wanted = _formats(named, forms)
    with open_store(state) as store:
        sheets = known_sheets(store, manifests)
        if not sheets:
            click.echo("Nothing was planned on this state yet, so there are no results.", err=True)
        if (named or failed or rows) and len(sheets) != 1:
            what = "--results" if named else "--failed" if failed else "--rows"
            raise UsageError(f"{what} names one file: name one manifest.")
        if failed or rows:
            written += _write_rows(store, sheets[0], failed=failed, rows=rows, select=select, quiet=as_json)
        if named or forms or not (failed or rows):
            if not named and not select and "csv" in wanted:
                check_remembered(store, sheets, state)
            for sheet in sheets:
                targets = _targets(sheet, named, wanted, part=select is not None)
                written += _write(store, sheet, targets, select, like_input=like_input, quiet=as_json)
    if as_json:
        click.echo(json.dumps({"results": written}, ensure_ascii=False))
    return 0


def _tell_costs(
    state: str,
    manifests: Sequence[str],
    costs: Sequence[str],
    results: Sequence[str],
    select: str | None,
    *,
    as_json: bool,
) -> int:
    from batchgen.cli.costs import tell  # noqa: PLC0415 - for those who ask

    if len(results) > 1:
        raise UsageError("--costs are written to one file: give --results once.")
    if results and format_of(Path(results[0])) != "csv":
        raise UsageError(f"{results[0]}: costs are written as text, so its name ends in .csv or .tsv.")
    with open_store(state) as store:
        for path in results:
            _spare_results(store, Path(path).absolute())
        sheets, to = known_sheets(store, manifests), results[0] if results else None
        tell(store, sheets, costs, select, to=to, as_json=as_json)
    return 0


def _formats(named: Sequence[Path], forms: Sequence[str]) -> list[str]:
    """Tell the format of each file that is named, or those that are asked for beside the manifest."""
    for form in forms:
        check(form)
    if not named:
        return list(dict.fromkeys(forms)) or ["csv"]
    told = [format_of(path) for path in named]
    if not forms:
        return told
    if len(named) == len(forms) == 1 and told in (["csv"], list(forms)) and named[0].suffix.lower() != ".csv":
        return list(forms)
    if set(forms) <= set(told):
        return told
    raise UsageError(
        "--as and --results contradict each other: a file's name says its format, so give --results alone."
    )


def _targets(sheet: Sheet, named: Sequence[Path], forms: Sequence[str], *, part: bool) -> list[tuple[Path, str]]:
    """Say what goes where. A part of the results never takes the place of all of them."""
    if named:
        return list(zip(named, forms, strict=True))
    whole = Path(sheet.results)
    beside = whole.with_stem(whole.stem + "_selected") if part else whole
    return [(beside if form == "csv" else beside.with_suffix(f".{form}"), form) for form in forms]


def _write(
    store: Store,
    sheet: Sheet,
    targets: Sequence[tuple[Path, str]],
    select: str | None,
    *,
    like_input: bool,
    quiet: bool,
) -> Iterator[str]:
    """Write results, and give where they are."""
    keep = selector(select, sheet.columns)
    for path, form in targets:
        spare_manifests(store, path)
        note = write_sheet(store, sheet, path, form=form, keep=keep, like_input=like_input or sheet.like_input)
        yield str(path)
        if not quiet:
            click.echo(f"{path}")
        if note:
            click.echo(f"{path}: {note}", err=True)


def _write_rows(
    store: Store, sheet: Sheet, *, failed: str | None, rows: str | None, select: str | None, quiet: bool
) -> Iterator[str]:
    """Write sheets of rows, and give where they are."""
    chosen = selector(select, sheet.columns)

    def selected(line: Line) -> bool:
        return chosen is None or chosen(line)

    def broke(line: Line) -> bool:
        return line.job.status is Status.FAILED and selected(line)

    for option, path, keep in _sheets_asked_for(failed, rows, broke, selected):
        _check_rows(store, path)
        count = write_rows(store, sheet, path, keep, option=option)
        yield str(path)
        if not quiet:
            click.echo(f"{path}: {count:,} row{'s' if count != 1 else ''} of {sheet.name}")
        if sheet.path.lower().endswith((".yaml", ".yml")):
            click.echo(
                f"What its columns mean stands in {sheet.name}: to run it, name it there as `rows: {path.name}`.",
                err=True,
            )


def _sheets_asked_for(
    failed: str | None, rows: str | None, broke: Callable[[Line], bool], selected: Callable[[Line], bool]
) -> Iterator[tuple[str, Path, Callable[[Line], bool]]]:
    if failed:
        yield "--failed", Path(failed).absolute(), broke
    if rows:
        yield "--rows", Path(rows).absolute(), selected


def _check_rows(store: Store, path: Path) -> None:
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path}: a sheet's name ends in {', '.join(SUFFIXES)}.")
    _spare_results(store, path)


def _spare_results(store: Sheets, path: Path) -> None:
    """Refuse to write something else in the place of a manifest or of its results."""
    spare_manifests(store, path)
    for sheet in store.sheets():
        if path == Path(sheet.results):
            raise UsageError(f"{path}: the results of {sheet.name} are there. Name another file.")
