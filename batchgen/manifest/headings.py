"""Which column of a sheet fills which field: settled once a sheet and kind, never once a row."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from batchgen.model.vocabulary import nearest, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batchgen.model.vocabulary import KindWords


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """The columns of a sheet as one kind of row reads them."""

    fields: tuple[str, ...]  #: The fields that columns fill, in the order of the columns.
    pick: Callable[[Sequence[Any]], tuple[Any, ...]]  #: Takes their values from a record.
    columns: Mapping[str, str]  #: Field → header; for a field nobody fills, the header that came near to its name.
    rivals: Mapping[str, tuple[int, ...]]  #: Fields that several columns fill → their places.
    yields: Mapping[str, str]  #: Fields of columns that give way in a row that fills another → that other.
    variables: frozenset[str]  #: Those fields that are a variable each.
    texts: bool  #: Whether a cell is always a text.

    def given(self, values: Sequence[Any]) -> dict[str, Any]:
        """Give the fields that a record fills; an empty cell fills none."""
        picked = self.pick(values)
        if self.texts and all(picked) and not any(map(str.isspace, picked)):
            return dict(zip(self.fields, picked, strict=True))
        return {
            field: value
            for field, value in zip(self.fields, picked, strict=True)
            if value and not (value.__class__ is str and value.isspace())
        }

    def straight(self) -> bool:
        """Tell whether what a cell means hangs on no other cell of its row."""
        return not self.rivals and not self.yields


def read_headings(columns: Sequence[str], words: KindWords, *, structured: bool) -> Headings:
    """Map the columns of a sheet to the fields of a kind.

    ``structured`` tells whether a cell can be a list or group; where none can, a column of that name is the user's.
    """
    places: dict[str, list[int]] = {}
    for place, header in enumerate(columns):
        field = words.canonical(header)
        if field is not None and (structured or field not in words.structured):
            places.setdefault(field, []).append(place)
    found = {field: columns[of[0]] for field, of in places.items()}
    return Headings(
        fields=tuple(places),
        pick=_picker([of[0] for of in places.values()]),
        columns=_near_misses(columns, words, found) | found,
        rivals={field: tuple(of) for field, of in places.items() if len(of) > 1},
        yields={field: other for field, other in words.yields.items() if {field, other} <= places.keys()},
        variables=frozenset(one for one in places if one.startswith(words.prefixes) and one not in words.prefixes),
        texts=not structured,
    )


def _picker(places: list[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: tuple(values[place] for place in places)


def _near_misses(columns: Sequence[str], words: KindWords, found: Mapping[str, str]) -> dict[str, str]:
    """Give the fields that a user's own column was probably meant to fill."""
    open_fields = {field: field for field in words.fields if field not in found}
    open_fields |= {other: field for other, field in words.aliases.items() if field not in found}
    misses: dict[str, str] = {}
    for header in columns:
        if words.canonical(header) is None and plain(header) and (near := nearest(header, open_fields, likeness=0.8)):
            misses.setdefault(open_fields[near], header)
    return misses
