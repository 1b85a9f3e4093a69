"""Rows that stand in the YAML manifest itself: a list of mappings. A row's number is its line there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.manifest.jsonl import record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.manifest.keyed import Keyed
    from batchgen.manifest.sheet import Record
    from batchgen.model.errors import Fault
    from batchgen.model.layout import Layout


class Inline:
    """See ``Sheet``."""

    structured = True
    layout: Layout | None = None
    notes: tuple[str, ...] = ()
    digest = ""  #: The manifest's own bytes hold the rows.

    def __init__(self, rows: list[Keyed]) -> None:
        """Take the rows. None at all is a single row without a cell: everything is said elsewhere."""
        self.columns = tuple(dict.fromkeys(key for row in rows for key in row))
        self._rows: list[tuple[int, dict[str, Any]]] = [(row.line, dict(row)) for row in rows]

    def records(self) -> Iterator[Record | Fault]:
        """See ``Sheet.records``."""
        for line, row in self._rows:
            yield record(line, self.columns, row)
