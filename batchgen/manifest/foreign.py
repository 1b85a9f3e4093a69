"""Finds cells that fill a field which their row's kind has not, and another has: an ``emotion`` beside a picture.

Nothing is made of them. They may be meant for nothing, as a column of the user's own is, so it is a warning and no
fault: one a column and kind, however many rows it concerns. It is told where rows of the other kind stand in the same
sheet, or where the two kinds are so alike that one is easily taken for the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchgen.manifest.blanks import is_blank
from batchgen.manifest.expressions import identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from batchgen.manifest.settings import Settings
    from batchgen.model.vocabulary import KindWords


def foreign(
    columns: Sequence[str], kind: KindWords, others: Iterable[KindWords], settings: Settings, *, structured: bool
) -> tuple[int, ...]:
    """Give the places of the columns that are fields of one of the others, and none of this kind."""
    if "row" in settings.said:  # That reaches every column, by names that only a row knows.
        return ()
    used = {identifier(name) for name in settings.said}
    known = [words for words in others if words is not kind]
    return tuple(
        at
        for at, header in enumerate(columns)
        if kind.canonical(header) is None
        and identifier(header) not in used
        and any(_fills(words, header, structured=structured) for words in known)
    )


def _fills(words: KindWords, header: str, *, structured: bool) -> bool:
    name = words.canonical(header)
    return name is not None and (structured or name not in words.structured)


@dataclass(slots=True)
class Foreign:
    """The cells that were found: kind and column → the first row, and how many rows."""

    _found: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)

    def note(self, kind: str, places: Iterable[int], row: int, values: Sequence[Any]) -> None:
        """Note those of one row."""
        for at in places:
            if not is_blank(values[at]):
                first, count = self._found.get((kind, at), (row, 0))
                self._found[kind, at] = (first, count + 1)

    def told(
        self, columns: Sequence[str], kinds: Mapping[str, KindWords], seen: Collection[str]
    ) -> Iterator[tuple[int, str, str, str]]:
        """Give the row, the column, what is odd, and what to do."""
        for (kind, at), (row, count) in self._found.items():
            if any(kinds[one].canonical(columns[at]) for one in {*seen, *kinds[kind].alike}):
                more = f" and in {count - 1:,} more row{'s' if count > 2 else ''}" if count > 1 else ""
                problem = f"A row of the kind {kind} has no such field: nothing is made of what stands here{more}."
                yield row, columns[at], problem, "Leave it empty, or choose another kind."

    def clear(self) -> None:
        """Forget all of it."""
        self._found.clear()
