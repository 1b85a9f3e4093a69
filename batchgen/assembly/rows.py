"""Finds the rows that a command names: `17`, `people.csv:17`, a job's id or its beginning, HeyGen's id of the video."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.assembly.known import known_sheets
from batchgen.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchgen.store.interface import Line, Lines, Sheet, Store

#: No sheet has more rows, and no database takes more digits.
_NUMBER = re.compile(r"[0-9]{1,18}")
#: Letters of a job's id that name it well enough.
ENOUGH = 4


@dataclass(frozen=True, slots=True)
class Place:
    """A line and the sheet it stands in."""

    sheet: Sheet
    line: Line

    def __str__(self) -> str:
        language = f" ({self.line.job.language})" if self.line.job.language else ""
        return f"{self.sheet.name}, row {self.line.row}{language}"


def find(store: Store, names: Sequence[str]) -> list[Place]:
    """Give the lines that are named, each job of them once. Raises ``UsageError`` where a name says nothing."""
    places = {place.line.job.pk: place for name in names for place in _find(store, name)}
    return list(places.values())


def every(store: Store, manifests: Sequence[str]) -> Iterator[Place]:
    """Give the lines of some manifests, or of all, each job once."""
    seen: set[int] = set()
    for sheet in known_sheets(store, manifests):
        for line in store.lines(sheet.pk):
            if line.job.pk not in seen:
                seen.add(line.job.pk)
                yield Place(sheet, line)


def _find(store: Store, name: str) -> list[Place]:
    manifest, colon, number = name.rpartition(":")
    if _NUMBER.fullmatch(number) and (colon or len(number) < ENOUGH + 4):
        return _row(store, name, known_sheets(store, [manifest] if manifest else []), int(number))
    pks = store.named(name) if len(name) >= ENOUGH else []
    if not pks:
        raise UsageError(
            f"{name}: neither a row nor a job. A row is its number, with its manifest where there are several "
            "(people.csv:17); a job is the job_id of the results, or its beginning, or HeyGen's id of the video.",
        )
    if len(pks) > 1:
        raise UsageError(f"{name}: {len(pks)} jobs begin like this. Give more of the id.")
    # A row that was deleted from its sheet has a job still, and no line.
    sheets = {sheet.pk: sheet for sheet in store.sheets()}
    places = [Place(sheet, line) for sheet in sheets.values() for line in store.lines_in(sheet.pk, pks)]
    if not places:
        raise UsageError(f"{name}: its row is in no manifest any more, so there is nothing to tell of it.")
    return places[:1]


def _row(store: Lines, name: str, sheets: Sequence[Sheet], row: int) -> list[Place]:
    found = {sheet.pk: [Place(sheet, line) for line in store.lines_at(sheet.pk, row)] for sheet in sheets}
    there = [places for places in found.values() if places]
    if not there:
        raise UsageError(f"{name}: no manifest has such a row. Rows count as in the spreadsheet: the header is row 1.")
    if len(there) > 1:
        ways = ", ".join(f"{places[0].sheet.name}:{row}" for places in there[:5])
        raise UsageError(f"{name}: several manifests have such a row. Name one: {ways}.")
    return there[0]
