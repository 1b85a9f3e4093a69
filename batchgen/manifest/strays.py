"""Finds columns that were probably meant for a field which they do not fill: what stands in them would be left out.

The name of such a column comes near to a field that no column fills, or is short for it (``caption``), or it is that of
a key inside a group of the API's documents (``background.value``), or of a field which no cell can say. A column that
means nothing is the user's own, so this is a warning and no fault. Where the field is needed, its absence is told
anyway, at each row; a mistyped ``backgroud_color``, or a ``watermark``, would only be missed in the finished videos.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchgen.manifest.expressions import identifier
from batchgen.model.vocabulary import bare, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from batchgen.manifest.settings import Settings
    from batchgen.model.vocabulary import KindWords

#: How near a name has to come. A ``model`` of cars is no ``mode``.
LIKENESS = 0.9

#: How somebody may write that a column is a variable: as a template shows it, or as HeyGen's documents nest it.
_VARIABLE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}|var[\s:_-]+(.+)|variables[._]+([^.]+).*", re.IGNORECASE)

_IN_YAML = 'Write it in a YAML manifest, with "rows:" for this sheet.'


def strays(
    columns: Sequence[str], kinds: Collection[KindWords], settings: Settings, *, structured: bool
) -> Iterator[tuple[str, str]]:
    """Give each such column with the field that was probably meant, by the kinds that the rows were found to be of."""
    known = {name: field for words in kinds for name, field in _known(words, structured=structured)}
    named = (*columns, *settings.fields, *settings.foreach)
    filled = {words.canonical(one) for words in kinds for one in named}
    for header in _own(columns, kinds, settings):
        near = nearest(identifier(header), known, likeness=LIKENESS)
        if near and known[near] not in filled:
            yield header, near if any(words.canonical(near) for words in kinds) else known[near]


def unsayable(columns: Sequence[str], kinds: Collection[KindWords], settings: Settings) -> Iterator[tuple[str, str]]:
    """Give each column named like a list or a group, which no cell can be, with how that is said otherwise.

    It is not missed where the manifest fills the field, or another column a part of it: ``voice`` beside ``voice_id``.
    """
    if "row" in settings.said:
        return
    used = {identifier(name) for name in settings.said}
    for header in columns:
        meant = {field: words for words in kinds if (field := words.canonical(header))}
        if identifier(header) in used or any(field not in words.structured for field, words in meant.items()):
            continue
        for field, words in meant.items():
            parts = _parts(words, field)
            filled = {words.canonical(one) for one in (*settings.fields, *settings.foreach)}
            if not filled & {field, *parts} and not parts & {words.canonical(one) for one in columns}:
                yield header, _otherwise(words, field, parts)


def misnamed(columns: Sequence[str], kinds: Collection[KindWords], settings: Settings) -> Iterator[tuple[str, str]]:
    """Give each column that nearly says it is a variable, with the name by which it would be one."""
    prefix = next((one for words in kinds for one in words.prefixes), None)
    for header in _own(columns, kinds, settings) if prefix else ():
        if found := _VARIABLE.fullmatch(bare(header)):
            name = f"{prefix}{next(filter(None, found.groups()))}"
            if name not in columns:
                yield header, name


def unfilled(columns: Sequence[str], kinds: Collection[KindWords], settings: Settings) -> tuple[str, str] | None:
    """Tell that no variable is filled, where a column of the user's own could have been meant to: what, and what to do.

    Every row would make the template as it is, and be paid for.
    """
    words = next((one for one in kinds if one.prefixes), None)
    own = next(_own(columns, kinds, settings), None)
    if words is None or own is None:
        return None
    named = (*columns, *settings.defaults, *settings.fields, *settings.foreach)
    fields = {words.canonical(one) or "" for one in named}
    if any(one in words.structured or one.startswith(words.prefixes) for one in fields):
        return None
    problem = f'No variable of the template is filled in: a column such as "{own}" is your own, and is not sent.'
    name = f"{words.prefixes[0]}{bare(own)}"
    return problem, f'Did you mean "{name}"? In a YAML manifest, "variables:" does it as well.'


def _own(columns: Sequence[str], kinds: Collection[KindWords], settings: Settings) -> Iterator[str]:
    """Give the columns that fill no field, and that no expression uses."""
    used = {identifier(name) for name in settings.said}
    # A ``row`` reaches every column, by names that only a row knows.
    for header in () if "row" in settings.said else columns:
        name = identifier(header)
        if name and name not in used and not any(words.canonical(header) for words in kinds):
            yield header


def _parts(words: KindWords, field: str) -> frozenset[str]:
    """Give the fields of one value that stand for a group: ``background_color`` for ``background``."""
    return frozenset(one for one in words.fields - words.structured if one.startswith(f"{field}_"))


def _otherwise(words: KindWords, field: str, parts: frozenset[str]) -> str:
    """Say how a cell, or else a manifest, says what a column of this name cannot."""
    if parts:
        return "Did you mean {}?".format(" or ".join(f'"{one}"' for one in sorted(parts)))
    if prefix := next((one for one in words.prefixes if field.startswith(one.rstrip("."))), None):
        return f'Give each a column of its own, such as "{prefix}first_name".'
    return _IN_YAML


def _known(words: KindWords, *, structured: bool) -> Iterator[tuple[str, str]]:
    """Give each name that somebody could give a column of this sheet, with the field that it is, or is short for."""
    for name in (*words.fields, *words.aliases):
        field = words.aliases.get(name, name)
        if structured or field not in words.structured:
            yield name, field
            if (short := name.removeprefix("enable_").removesuffix("_id")) not in words.fields:
                yield short, field
    yield from words.flattened.items()
