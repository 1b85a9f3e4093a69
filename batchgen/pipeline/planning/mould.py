"""Moulds: what one row came to, with the texts left open that the next row may fill otherwise.

Most rows of a long sheet differ in their free texts alone (``Kind.free``): a title, a script, a link. What such a row
asks for is understood once, by planning one whose free texts are marks; the others are poured into the same form.

Rule: a mould is used only where it gives, for a row that was planned in full, exactly what planning gave.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING, Any, Literal

from batchgen.model.content import wants_captions
from batchgen.model.meaning import spells_out
from batchgen.model.naming import canonical, naming, quoted
from batchgen.pipeline.planning.pour import LENGTH, Cast, Mould, Poured, cast_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from batchgen.kinds.interface import Kind
    from batchgen.model.job import Draft
    from batchgen.model.row import Row, Sheaf
    from batchgen.pipeline.planning.pour import Columns
    from batchgen.store.interface import Entry

#: Moulds of one shape that are kept. Where rows are all different, there is no use in keeping what they came to.
MOST = 1000

#: A length that nobody writes by chance, and how it is read.
_SOME_LENGTH = ("4321.25", 4321.25)

#: Marks stand between letters that Unicode leaves to private use.
_MARK = re.compile('"(?:https://)?\ue000(\\d+)\ue001"')
_BEGIN = "\ue000"


def _mark(place: int, example: str) -> str:
    return f"{example}{_BEGIN}{place}\ue001"


@dataclass(slots=True)
class _Shape:
    """Rows of one kind that fill the same fields."""

    free: tuple[tuple[str, Callable[[str], str | None]], ...]
    marks: Mapping[str, str]  #: Field → its mark.
    fixed: tuple[str, ...]  #: Fields that have a meaning.
    length: Callable[[Any], Any] | None  #: Reads the row's length, where it tells one.
    #: None: such a row was seen once. False: rows of this form are planned in full.
    moulds: dict[tuple[Any, ...], Mould | Literal[False] | None] = field(default_factory=dict)

    def texts(self, fields: Mapping[str, Any]) -> list[str] | None:
        """Take the free texts of a row; None where one of them wants more care."""
        texts = []
        for name, take in self.free:
            given = fields[name]
            text = take(given) if given.__class__ is str else None
            if not text:
                return None
            texts.append(text)
        return texts


@dataclass(slots=True, kw_only=True)
class Moulds:
    """The moulds of one manifest."""

    kinds: Mapping[str, Kind]
    realm: str
    naming: Callable[[Draft, Path], Callable[[str | None, str], str]]  #: See ``Naming.own``.
    downloads: Path
    _shapes: dict[tuple[str, ...], _Shape] = field(default_factory=dict)
    _wanted: tuple[_Shape, tuple[Any, ...]] | None = None  #: The form that a mould is to be made of.

    def form(self, row: Row) -> tuple[Mould, list[str]] | None:
        """Give the mould of a row, and its free texts; None where it has to be planned in full."""
        self._wanted = None
        fields = row.fields
        shape = self._shapes.get((row.kind, *fields)) or self._shape(row)
        fixed = tuple([fields[name] for name in shape.fixed])
        for value in fixed:
            if value.__class__ is not str:
                return None
        mould = shape.moulds.get(fixed)
        if not mould:
            self._note(shape, fixed)
            return None
        texts = shape.texts(fields)
        return None if texts is None else (mould, texts)

    def casts(self, sheaf: Sheaf) -> list[Cast] | None:
        """Say how rows are to be poured; None where one of them has to be planned in full."""
        casts: list[Cast] = []
        for fields, places in sheaf.forms():
            shape = self._shapes.get((sheaf.kind, *fields))
            found = None if shape is None else _casts(shape, sheaf, places)
            if found is None:
                return None
            casts += found
        return casts

    def learn(self, row: Row, entries: Sequence[Entry]) -> None:
        """Make a mould of the last row that could not be poured, if rows like it were seen before."""
        if self._wanted is not None:
            shape, fixed = self._wanted
            mould, texts = self._mould(row, shape), shape.texts(row.fields)
            cast = cast_of(mould, [row], [texts], [0]) if mould and texts is not None else None
            shape.moulds[fixed] = cast.mould if cast and [*cast.mould.pour(cast)] == [tuple(entries)] else False

    def _note(self, shape: _Shape, fixed: tuple[Any, ...]) -> None:
        if fixed not in shape.moulds:
            if len(shape.moulds) >= MOST:
                shape.moulds.clear()
            shape.moulds[fixed] = None
        elif shape.moulds[fixed] is None:
            self._wanted = shape, fixed

    def _shape(self, row: Row) -> _Shape:
        kind = self.kinds[row.kind]
        found = {name: free for name in row.fields if (free := kind.free(name))}
        shape = _Shape(
            free=tuple((name, free.take) for name, free in found.items()),
            marks={name: _mark(place, free.example) for place, (name, free) in enumerate(found.items())},
            fixed=tuple(name for name in row.fields if name not in found and name != LENGTH),
            length=kind.parsers[LENGTH] if LENGTH in row.fields else None,
        )
        return self._shapes.setdefault((row.kind, *row.fields), shape)

    def _mould(self, row: Row, shape: _Shape) -> Mould | None:
        """Plan a row like this one whose free texts are marks, and see where the marks went."""
        length = {LENGTH: _SOME_LENGTH[0]} if shape.length else {}
        marked = row._replace(fields={**row.fields, **shape.marks, **length})
        drafts, faults = self.kinds[row.kind].plan(marked)
        found = [self._poured(draft) for draft in drafts]
        parts = tuple(one for one in found if one)
        return None if faults or not parts or len(parts) < len(found) else Mould(parts, shape.length)

    def _poured(self, draft: Draft) -> Poured | None:
        if draft.output is not None or draft.files:
            return None
        written = canonical(draft.content)
        content, delivery = _opened(written), _opened(canonical(draft.delivery))
        # No free text spells out a field, so one look tells of all the rows.
        spelt_out, as_written = spells_out(written), naming(self.realm, draft.kind, as_written=True)
        if content is None or delivery is None:
            return None
        return Poured(
            kind=draft.kind,
            job_ids=naming(self.realm, draft.kind) if spelt_out else as_written,
            formers=as_written if spelt_out else None,
            content=content,
            delivery=delivery,
            distinct=_one_of(draft.distinct),
            title=_one_of(draft.delivery.get("title")),
            name=self.naming(draft, self.downloads),
            language=draft.language,
            captions=wants_captions(draft.content),
            measured=draft.length_s == _SOME_LENGTH[1],
            like=draft.content,
        )


def _casts(shape: _Shape, sheaf: Sheaf, places: Sequence[int]) -> list[Cast] | None:
    """Say how those rows are to be poured that fill the same fields."""
    columns = {field: _at(places, column) for field, column in sheaf.texts.items()}
    texts = [list(map(take, columns[name])) for name, take in shape.free]
    if not all(map(all, texts)):
        return None
    casts = []
    for fixed, those in _alike([columns[name] for name in shape.fixed], len(places)):
        mould = shape.moulds.get(fixed)
        if not mould:
            return None
        mine = _at(those, places)
        casts.append(
            Cast(
                *(mould, mine, _at(mine, sheaf.numbers), _at(mine, sheaf.cells)),
                texts=[_at(those, column) for column in texts],
                lengths=_at(those, columns[LENGTH]) if shape.length else (),
            )
        )
    return casts


def _alike(columns: Columns, rows: int) -> Iterable[tuple[tuple[str, ...], Sequence[int]]]:
    """Give what rows say in some columns, each with the places of those that say just this."""
    said = list(zip(*columns, strict=True)) if columns else [()] * rows
    if len(set(said)) == 1:
        return [(said[0], range(rows))]
    places: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, one in enumerate(said):
        places[one].append(place)
    return places.items()


def _at(places: Sequence[int], column: Sequence[Any]) -> Sequence[Any]:
    """Give what stands at some places; where these are all of them, the column itself."""
    return column if len(places) == len(column) else [column[place] for place in places]


def _opened(text: str) -> Callable[[Columns, int], Iterable[str]] | None:
    """Open JSON at its marks; None where a mark is not a text of its own."""
    parts = _MARK.split(text)
    between, places = parts[::2], [int(place) for place in parts[1::2]]
    if any(_BEGIN in part for part in between):
        return None
    if not places:
        return lambda _, rows: repeat(text, rows)
    fill = "%s".join(part.replace("%", "%%") for part in between).__mod__
    return lambda quotes, _: map(fill, zip(*(quotes[place] for place in places), strict=True))


def _one_of(text: str | None) -> Callable[[Columns, int], Iterable[str | None]]:
    """Give the free text that a mark stands for, or what is the same in every row."""
    found = _MARK.fullmatch(quoted(text)) if text is not None else None
    if found is None:
        return lambda _, rows: repeat(text, rows)
    place = int(found[1])
    return lambda texts, _: texts[place]
