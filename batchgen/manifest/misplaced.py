"""Tells sheets that are no manifests: those with a title above their header, and batchgen's own results."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from batchgen.model.errors import Fault
from batchgen.model.vocabulary import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batchgen.manifest.sheet import Record, Sheet
    from batchgen.model.vocabulary import KindWords

#: What every sheet of results has behind the columns of its manifest, and hardly any other sheet has.
_OWN = frozenset({"job_id", "status", "video_url", "duration_s", "error_code", "submitted_at", "finished_at"})
#: What stands before the name of such a column where the manifest has one of that name.
_APART = "batchgen_"
#: What is told of such a sheet, and what to do.
RESULTS = (
    "It is a sheet of results, with a line for each video, and this column tells what was made.",
    (
        "Run the sheet that it came from: what is done is left alone. `batchgen retry` tries again what failed, "
        "`batchgen report --failed FILE` writes those rows as a sheet; `batchgen adopt --manifest SHEET` takes ids in."
    ),
)
#: Rows that are looked at: titles, dates and remarks take fewer.
DEPTH = 20


def header_below(sheet: Sheet, kinds: Iterable[KindWords]) -> int | None:
    """Give the number of the first row that reads like a header which says what to make."""
    known = list(kinds)
    for record in islice(sheet.records(), DEPTH):
        if not isinstance(record, Fault) and _says(record, known):
            return record.number
    return None


def own_column(columns: Sequence[str], places: Iterable[int]) -> str | None:
    """Give which of some columns batchgen wrote itself, where these are the columns of its results."""
    names = [plain(one) for one in columns]
    own = [at for at, name in enumerate(names) if name.removeprefix(_APART) == "job_id"]
    if not own or not {name.removeprefix(_APART) for name in names[own[-1] :]} >= _OWN:
        return None
    return next((columns[at] for at in places if at > own[-1]), None)


def _says(record: Record, kinds: Iterable[KindWords]) -> bool:
    names = {plain(cell) for cell in record.cells}
    fields = ({words.canonical(cell) for cell in record.cells} for words in kinds)
    marked = any(mark <= found for words, found in zip(kinds, fields, strict=True) for mark in words.marks)
    return marked or "kind" in names
