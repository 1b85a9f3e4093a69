"""Lines of a sheet, column by column: what is written of a million rows is handled by what Python itself is made of."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from batchgen.model.naming import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batchgen.store.interface import Entry


class Table(NamedTuple):
    """Entries, column by column."""

    row: Sequence[int]
    cells: Sequence[tuple[str, ...]]
    job_id: Sequence[str]
    kind: Sequence[str]
    content: Sequence[str]
    delivery: Sequence[str]
    language: Sequence[str | None]
    file: Sequence[str | None]
    length_s: Sequence[float | None]
    captions: Sequence[bool]
    local: Sequence[bool]
    former: Sequence[str | None]


def table_of(entries: Iterable[Entry]) -> Table:
    """Turn entries into columns; there is at least one."""
    return Table(*zip(*entries, strict=True))


def where(marks: Sequence[bool], wanted: bool, columns: Mapping[str, Sequence[Any]]) -> Mapping[str, Sequence[Any]]:
    """Give those rows of some columns that are marked so."""
    if all(mark is wanted for mark in marks):
        return columns
    return {
        name: [one for mark, one in zip(marks, column, strict=True) if mark is wanted]
        for name, column in columns.items()
    }


def written_as_json(rows: Sequence[Sequence[str]]) -> list[str]:
    """Write the cells of rows as JSON."""
    whole = "".join(chain.from_iterable(rows))
    if whole.isprintable() and '"' not in whole and "\\" not in whole and all(rows):
        # What cannot be printed is all that JSON escapes beside these two. Most sheets have none of it.
        return [f'["{cells}"]' for cells in map('","'.join, rows)]
    return [f"[{','.join(map(quoted, cells))}]" for cells in rows]
