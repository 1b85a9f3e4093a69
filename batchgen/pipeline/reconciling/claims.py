"""Which job each row of another table speaks of, and which id it gives it. Pure.

The table may be batchgen's own results, whose state file was lost; those of the script in HeyGen's guide, which are
the sheet and a ``translation_id``; or of any other tool that kept the sheet's columns. A row is known by the ``job_id``
that batchgen wrote into it, else by what stands in the columns that it shares with the sheet, and by its language.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchgen.model.errors import Fault, UsageError
from batchgen.model.nature import FAMILIES, family
from batchgen.model.vocabulary import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batchgen.store.interface import Line

#: What other tools call an id of a family beside ``FAMILY_id``.
_ALSO = {"translation": ("video_translation_id", "video_translate_id")}
#: Columns that hold an id, by family. The first that a row has something in counts.
ID_COLUMNS = {one: (f"{one}_id", *_ALSO.get(one, ())) for one in FAMILIES}
#: What an id looks like. HeyGen's are hexadecimal so far; its reference says no more than "string".
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{3,127}")
#: What may stand between several ids in one cell.
_BETWEEN = re.compile(r"[\s;,|\[\]\"']+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the table that gives a line of the sheet its id."""

    row: int  #: As the spreadsheet numbers it.
    line: Line
    remote_id: str
    file: str = ""  #: As the table has it: where its video is, seen from the table's folder.
    video_url: str = ""
    duration_s: float | None = None


@dataclass(slots=True)
class Reading:
    """What a table was found to say."""

    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    without: int = 0  #: Rows that give no id.


class Table:
    """The columns of a table, by name."""

    def __init__(self, name: str, columns: Sequence[str], *, id_column: str | None = None) -> None:
        """Find the columns that matter. Raises ``UsageError`` where none holds ids."""
        self.name = name
        self._places = {plain(column): place for place, column in reversed(list(enumerate(columns)))}
        if id_column is not None and plain(id_column) not in self._places:
            raise UsageError(f"{name}: it has no column {id_column!r}. It has: {', '.join(columns)}.")
        self._named = id_column
        known = [one for names in ID_COLUMNS.values() for one in names]
        if id_column is None and not any(self._has(one) for one in known):
            raise UsageError(f"{name}: it has no column with ids, such as {', '.join(known)}. Name it by --id-column.")

    def _has(self, name: str) -> bool:
        return name in self._places or f"batchgen_{name}" in self._places

    def own(self, cells: Sequence[str], name: str) -> str:
        """Give what stands in a column that batchgen added: under its longer name where the sheet had the short one."""
        place = self._places.get(f"batchgen_{name}", self._places.get(name))
        return cells[place].strip() if place is not None and place < len(cells) else ""

    def ids(self, cells: Sequence[str], kind: str) -> list[str]:
        """Give the ids that a row has for a job of a kind."""
        names = (plain(self._named),) if self._named else ID_COLUMNS[family(kind)]
        found = next((text for name in names if (text := self.own(cells, name))), "")
        return [one for one in _BETWEEN.split(found) if one]

    def any_id(self, cells: Sequence[str]) -> bool:
        """Tell whether a row has an id, of whatever family."""
        return any(self.own(cells, name) for names in ID_COLUMNS.values() for name in names)

    def shared(self, columns: Sequence[str]) -> list[tuple[int, int]]:
        """Give the columns of a sheet that this table has as well: their places there and here."""
        return [(place, self._places[plain(name)]) for place, name in enumerate(columns) if plain(name) in self._places]


def read_claims(
    table: Table, records: Iterable[tuple[int, Sequence[str]]], columns: Sequence[str], lines: Iterable[Line]
) -> Reading:
    """Find out which line of a sheet each record speaks of; ``columns`` are the sheet's."""
    sheet, reading = _Sheet(table, columns, lines), Reading()
    for row, cells in records:
        found = sheet.find(cells)
        ids = table.ids(cells, found[0].job.kind) if found else []
        if not found:
            reading.faults.append(_fault(table, row, "the manifest has no such row.", "It is left out."))
        elif not ids:
            reading.without += 1
        elif len(ids) != len(found):
            problem = f"it has {_many(len(ids), 'id')}, and the manifest asks for {_many(len(found), 'video')} there."
            remedy = "Give each language a row of its own, or put as many ids into the cell, in the same order."
            reading.faults.append(_fault(table, row, problem, remedy))
        else:
            _take(table, row, cells, list(zip(found, ids, strict=True)), reading)
    return reading


def _take(table: Table, row: int, cells: Sequence[str], pairs: Sequence[tuple[Line, str]], reading: Reading) -> None:
    alone = len(pairs) == 1
    for line, remote_id in pairs:
        if not _ID.fullmatch(remote_id):
            reading.faults.append(_fault(table, row, f"{remote_id[:60]!r} is no id.", "It is left out."))
            continue
        # Only of its own results does batchgen know what these columns mean.
        own = alone and table.own(cells, "job_id") == line.job.id
        done = own and table.own(cells, "status") == "done"
        reading.entries.append(
            Entry(
                row=row,
                line=line,
                remote_id=remote_id,
                file=table.own(cells, "file") if done else "",
                video_url=table.own(cells, "video_url") if done else "",
                duration_s=_number(table.own(cells, "duration_s")) if done else None,
            )
        )


class _Sheet:
    """The lines of a sheet, to be found by what a record says."""

    def __init__(self, table: Table, columns: Sequence[str], lines: Iterable[Line]) -> None:
        self._table = table
        self._shared = table.shared(columns)
        self._by_job: dict[str, Line] = {}
        self._by_cells: dict[tuple[str, ...], deque[list[Line]]] = {}
        for group in _rows(lines):
            self._by_job |= {line.job.id: line for line in group}
            key = tuple(group[0].cells[place].strip() for place, _ in self._shared)
            self._by_cells.setdefault(key, deque()).append(group)

    def find(self, cells: Sequence[str]) -> list[Line]:
        """Give the lines that a record speaks of: one, or all of its row where it names no language."""
        known = self._by_job.get(self._table.own(cells, "job_id"))
        if known is not None:
            return [known]
        if not self._shared:
            return []
        key = tuple(cells[place].strip() if place < len(cells) else "" for _, place in self._shared)
        rows = self._by_cells.get(key)
        if not rows:
            return []
        language = self._table.own(cells, "language")
        mine = [line for line in rows[0] if language and line.job.language == language]
        if mine:
            return mine[:1]
        # Rows that say the same take the ids of as many records, one after the other.
        return rows.popleft() if len(rows) > 1 else rows[0]


def _rows(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Put the lines of one row together."""
    group: list[Line] = []
    for line in lines:
        if group and line.row != group[0].row:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _fault(table: Table, row: int, problem: str, remedy: str) -> Fault:
    return Fault(file=table.name, row=row, problem=problem, remedy=remedy)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
