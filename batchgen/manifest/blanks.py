"""Finds empty cells that a text is made from: "Hello {{ first_name }}" is spoken with a gap, and paid for.

An empty cell may be meant, so it is a warning and no fault, one a column however many rows it concerns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batchgen.manifest.expressions import expressions
from batchgen.model.vocabulary import bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: What nobody sees or hears in the video.
_UNSEEN = frozenset({"title", "output", "id", "kind", "folder_id", "callback_id", "callback_url", "duration"})


def said_in(field_name: str, value: Any) -> frozenset[str]:
    """Give the names that stand in a field's texts as they are, outside of any condition."""
    if field_name in _UNSEEN:
        return frozenset()
    return frozenset(name for one in expressions(value) for name in one.bare)


def is_blank(value: Any) -> bool:
    """Tell whether nothing stands in a cell."""
    return value is None or (isinstance(value, str) and not bare(value))


@dataclass(slots=True)
class Blanks:
    """The empty cells that were found: column → where they are used, the first row and the last, and how many rows."""

    _found: dict[str, tuple[str, int, int, int]] = field(default_factory=dict)

    def note(self, column: str, row: int, place: str) -> None:
        """Note one; ``place`` is the field of the manifest that uses it, or empty for a variable of its own."""
        where, first, last, count = self._found.get(column, (place, row, 0, 0))
        if row != last:  # Several texts of a row, or several rows of ``foreach``, may use the same cell.
            self._found[column] = (where, first, row, count + 1)

    def note_all(self, column: str, rows: Sequence[int], cells: Iterable[Any]) -> None:
        """Note those of a column that is a variable."""
        for row, cell in zip(rows, cells, strict=True):
            if is_blank(cell):
                self.note(column, row, "")

    def told(self) -> Iterator[tuple[int, str, str, str]]:
        """Give the row, the column, what is odd, and what to do."""
        for column, (place, row, _, count) in self._found.items():
            more = f" and in {count - 1:,} more row{'s' if count > 2 else ''}" if count > 1 else ""
            if place:
                problem = f'It is empty here{more}, and is filled in at "{place}": a gap is made there.'
                yield row, column, problem, 'Fill it in, or say what else: {{ column | default("…", true) }}.'
            else:
                problem = f"It is empty here{more}: what the template itself says there is made."
                yield row, column, problem, "Fill it in, if that is not meant."

    def clear(self) -> None:
        """Forget all of it."""
        self._found.clear()
