"""Moulds: what one row came to, with the texts left open that the next row may fill otherwise.

Most rows of a long sheet differ in their free texts alone (``Kind.free``): a title, a script, a link. What such a row
asks for is understood once, by planning one whose free texts are marks; the others are poured into the same form.

Rule: a mould is used only where it gives, for a row that was planned in full, exactly what planning gave.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from batchgen.model.content import wants_captions
from batchgen.model.job import canonical, identify, quoted
from batchgen.store.interface import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from batchgen.kinds.interface import Kind
    from batchgen.model.job import Draft
    from batchgen.model.row import Row

#: Moulds of one shape that are kept. Where rows are all different, there is no use in keeping what they came to.
MOST = 1000

#: The one field that is a number and free all the same: it says how long, and changes nothing else.
_LENGTH = "duration"
#: A length that nobody writes by chance, and how it is read.
_SOME_LENGTH = ("4321.25", 4321.25)

#: Marks stand between letters that Unicode leaves to private use.
_MARK = re.compile('"(?:https://)?\ue000(\\d+)\ue001"')
_BEGIN = "\ue000"


def _mark(place: int, example: str) -> str:
    return f"{example}{_BEGIN}{place}\ue001"


@dataclass(frozen=True, slots=True)
class Poured:
    """A draft's entry, with open places for the free texts of a row."""

    kind: str
    realm: str
    content: Callable[[Sequence[str]], str]
    delivery: Callable[[Sequence[str]], str]
    distinct: Callable[[Sequence[str]], str | None]
    title: Callable[[Sequence[str]], str | None]
    name: Callable[[str | None, str], str]
    language: str | None
    captions: bool
    measured: bool  #: Whether the row's length is the job's.

    def entry(self, row: Row, texts: Sequence[str], quotes: Sequence[str], length_s: float | None) -> Entry:
        """Give the entry of a row with these texts, and with the same as JSON writes them."""
        content = self.content(quotes)
        job_id = identify(self.realm, self.kind, content, self.distinct(texts))
        return Entry(
            row.number,
            row.cells,
            job_id,
            self.kind,
            content,
            self.delivery(quotes),
            self.language,
            self.name(self.title(texts), job_id),
            length_s if self.measured else None,
            self.captions,
        )


#: One for each video that the row asks for; empty: rows of this form are planned in full.
Mould = tuple[Poured, ...]


@dataclass(slots=True)
class _Shape:
    """Rows of one kind that fill the same fields."""

    free: tuple[tuple[str, Callable[[str], str | None]], ...]
    marks: Mapping[str, str]  #: Field → its mark.
    fixed: tuple[str, ...]  #: Fields that have a meaning.
    length: Callable[[Any], Any] | None  #: Reads the row's length, where it tells one.
    moulds: dict[tuple[Any, ...], Mould | None] = field(default_factory=dict)  #: None: such a row was seen once.

    def texts(self, fields: Mapping[str, Any]) -> list[str] | None:
        """Take the free texts of a row; None where one of them wants more care."""
        texts = []
        for name, take in self.free:
            given = fields[name]
            text = take(given) if given.__class__ is str else None
            if text is None:
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

    def pour(self, row: Row) -> list[Entry] | None:
        """Give the entries of a row; None where it has to be planned in full."""
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
        return _pour(mould, shape, row)

    def learn(self, row: Row, entries: Sequence[Entry]) -> None:
        """Make a mould of the last row that could not be poured, if rows like it were seen before."""
        if self._wanted is not None:
            shape, fixed = self._wanted
            mould = self._mould(row, shape)
            shape.moulds[fixed] = mould if mould and _pour(mould, shape, row) == list(entries) else ()

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
            fixed=tuple(name for name in row.fields if name not in found and name != _LENGTH),
            length=kind.parsers[_LENGTH] if _LENGTH in row.fields else None,
        )
        return self._shapes.setdefault((row.kind, *row.fields), shape)

    def _mould(self, row: Row, shape: _Shape) -> Mould:
        """Plan a row like this one whose free texts are marks, and see where the marks went."""
        length = {_LENGTH: _SOME_LENGTH[0]} if shape.length else {}
        marked = row._replace(fields={**row.fields, **shape.marks, **length})
        drafts, faults = self.kinds[row.kind].plan(marked)
        if faults:
            return ()
        found = [self._poured(draft) for draft in drafts]
        return tuple(one for one in found if one) if all(found) else ()

    def _poured(self, draft: Draft) -> Poured | None:
        if draft.output is not None or draft.files:
            return None
        content, delivery = _opened(canonical(draft.content)), _opened(canonical(draft.delivery))
        if content is None or delivery is None:
            return None
        return Poured(
            kind=draft.kind,
            realm=self.realm,
            content=content,
            delivery=delivery,
            distinct=_one_of(draft.distinct),
            title=_one_of(draft.delivery.get("title")),
            name=self.naming(draft, self.downloads),
            language=draft.language,
            captions=wants_captions(draft.content),
            measured=draft.length_s == _SOME_LENGTH[1],
        )


def _pour(mould: Mould, shape: _Shape, row: Row) -> list[Entry] | None:
    texts = shape.texts(row.fields)
    if texts is None:
        return None
    quotes = list(map(quoted, texts))
    length_s = shape.length(row.fields[_LENGTH]) if shape.length else None
    return [one.entry(row, texts, quotes, length_s) for one in mould]


def _opened(text: str) -> Callable[[Sequence[str]], str] | None:
    """Open JSON at its marks; None where a mark is not a text of its own."""
    parts = _MARK.split(text)
    between, places = parts[::2], [int(place) for place in parts[1::2]]
    if any(_BEGIN in part for part in between):
        return None
    if not places:
        return lambda _: text
    form, pick = "%s".join(part.replace("%", "%%") for part in between), itemgetter(*places)
    return lambda quotes: form % pick(quotes)


def _one_of(text: str | None) -> Callable[[Sequence[str]], str | None]:
    """Give the free text that a mark stands for, or what is the same in every row."""
    found = _MARK.fullmatch(quoted(text)) if text is not None else None
    return itemgetter(int(found[1])) if found else lambda _: text
