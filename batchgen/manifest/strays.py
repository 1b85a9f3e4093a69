"""Finds columns whose name comes near to a field that no column fills: what stands in them would be left out.

A column that means nothing is the user's own, so this is a warning and no fault. Where the field is needed, its absence
is told anyway, at each row; a mistyped ``backgroud_color`` would only be seen in the finished videos.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.manifest.expressions import identifier
from batchgen.model.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from batchgen.manifest.settings import Settings
    from batchgen.model.vocabulary import KindWords

#: How near a name has to come. A ``model`` of cars is no ``mode``.
LIKENESS = 0.9


def strays(
    columns: Sequence[str], kinds: Collection[KindWords], settings: Settings, *, structured: bool
) -> Iterator[tuple[str, str]]:
    """Give each such column with the field that was probably meant, by the kinds that the rows were found to be of."""
    if "row" in settings.said:  # That reaches every column, by names that only a row knows.
        return
    used = {identifier(name) for name in settings.said}
    known = {name: field for words in kinds for name, field in _known(words, structured=structured)}
    named = (*columns, *settings.fields, *settings.foreach)
    filled = {words.canonical(one) for words in kinds for one in named}
    for header in columns:
        name = identifier(header)
        if name and name not in used and not any(words.canonical(header) for words in kinds):
            near = nearest(name, known, likeness=LIKENESS)
            if near and known[near] not in filled:
                yield header, near


def _known(words: KindWords, *, structured: bool) -> Iterator[tuple[str, str]]:
    """Give each name that a column of this sheet could have, with the field that it fills."""
    for name in (*words.fields, *words.aliases):
        field = words.aliases.get(name, name)
        if structured or field not in words.structured:
            yield name, field
