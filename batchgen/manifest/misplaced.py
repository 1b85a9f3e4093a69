"""Finds headers that stand further down: people put a title above a table, and batchgen takes it for the header."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from batchgen.model.errors import Fault
from batchgen.model.vocabulary import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchgen.manifest.sheet import Record, Sheet
    from batchgen.model.vocabulary import KindWords

#: Rows that are looked at: titles, dates and remarks take fewer.
DEPTH = 20


def header_below(sheet: Sheet, kinds: Iterable[KindWords]) -> int | None:
    """Give the number of the first row that reads like a header which says what to make."""
    known = list(kinds)
    for record in islice(sheet.records(), DEPTH):
        if not isinstance(record, Fault) and _says(record, known):
            return record.number
    return None


def _says(record: Record, kinds: Iterable[KindWords]) -> bool:
    names = {plain(cell) for cell in record.cells}
    fields = ({words.canonical(cell) for cell in record.cells} for words in kinds)
    marked = any(mark <= found for words, found in zip(kinds, fields, strict=True) for mark in words.marks)
    return marked or "kind" in names
