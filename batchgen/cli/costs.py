"""`batchgen report --costs`: what was spent, by any columns of the sheets."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batchgen.assembly.selection import selector
from batchgen.model.errors import UsageError
from batchgen.model.layout import delimiter_of
from batchgen.model.vocabulary import nearest, plain
from batchgen.report import costs
from batchgen.report.replace import beside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from batchgen.model.job import Job
    from batchgen.report.costs import Spent
    from batchgen.store.interface import Line, Lines, Sheet, Store

#: What jobs can be summed by besides columns.
_WORDS: dict[str, Callable[[Sheet, Line], str]] = {
    "manifest": lambda sheet, _: sheet.name,
    "kind": lambda _, line: line.job.kind,
    "language": lambda _, line: line.job.language or "",
}


def tell(
    store: Store, sheets: Sequence[Sheet], asked: Sequence[str], select: str | None, *, to: str | None, as_json: bool
) -> None:
    """Sum up what sheets cost, or what is selected of them, and tell it: as a table, as JSON, or as CSV in a file."""
    columns = [name.strip() for part in asked for name in part.split(",") if name.strip()]
    groups = costs.sum_up(_jobs(store, sheets, columns, select))
    if to:
        _write(Path(to), costs.to_csv(columns, groups, delimiter=delimiter_of(to)))
        click.echo(to, err=as_json)
    if as_json:
        found = [costs.to_dict(columns, group, spent) for group, spent in groups.items()]
        whole = costs.to_dict((), (), costs.total(groups.values()))
        click.echo(json.dumps({"costs": found, "total": whole}, ensure_ascii=False))
    elif not to:
        _show(columns, groups)


def _jobs(
    store: Lines, sheets: Sequence[Sheet], columns: Sequence[str], select: str | None
) -> Iterator[tuple[tuple[str, ...], Job]]:
    _check(sheets, columns)
    for sheet in sheets:
        places = [_place(sheet, column) for column in columns]
        keep = selector(select, sheet.columns)
        for line in store.lines(sheet.pk) if keep is None else filter(keep, store.lines(sheet.pk)):
            yield tuple(_cell(sheet, line, *one) for one in zip(columns, places, strict=True)), line.job


def _check(sheets: Sequence[Sheet], columns: Sequence[str]) -> None:
    for column in columns:
        if plain(column) not in _WORDS and not any(_place(sheet, column) is not None for sheet in sheets):
            known = [*_WORDS, *dict.fromkeys(name for sheet in sheets for name in sheet.columns if name)]
            meant = nearest(column, known)
            hint = f' Did you mean "{meant}"?' if meant else f" There are: {', '.join(known)}."
            raise UsageError(f"--costs {column}: no sheet here has such a column.{hint}")


def _place(sheet: Sheet, column: str) -> int | None:
    """Find a column of a sheet; None where it has none of that name."""
    return next((place for place, name in enumerate(sheet.columns) if plain(name) == plain(column)), None)


def _cell(sheet: Sheet, line: Line, column: str, place: int | None) -> str:
    """Give what a line is summed by. A sheet's own column goes before a word of ours."""
    if place is None:
        word = _WORDS.get(plain(column))
        return word(sheet, line) if word else ""
    return line.cells[place].strip() if place < len(line.cells) else ""


def _write(path: Path, text: str) -> None:
    with beside(path) as file:
        file.write(text)


def _show(columns: Sequence[str], groups: dict[tuple[str, ...], Spent]) -> None:
    from rich.console import Console  # noqa: PLC0415 - rich is for those who look
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    rows = [costs.row(group, spent) for group, spent in groups.items()]
    names = costs.header(columns)
    whole = costs.row(["total", *[""] * (len(columns) - 1)] if columns else (), costs.total(groups.values()))
    table = [*rows, whole] if columns else [whole]
    # A unit that nothing was paid in, and a state that nothing is in, are no columns.
    kept = [n for n in range(len(names)) if n < len(columns) + 2 or any(one[n] not in {"", "0"} for one in table)]
    shown = Table(box=None, pad_edge=False)
    for n in kept:
        shown.add_column(Text(names[n]), justify="left" if n < len(columns) else "right", overflow="fold")
    for one in table:
        shown.add_row(*(Text(one[n]) for n in kept), style="bold" if one is whole and columns else "")
    # In a pipe there is no width that would be right: lines are as long as they are.
    Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else 10_000).print(shown)
    if not rows:
        click.echo("Nothing was bought yet.", err=True)
