"""The words a manifest may use: fields, their aliases, and which of them give a row's kind away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


#: Spaces, and what comes along when text is copied from a page, a chat or a path and cannot be seen: spaces without
#: width, a second byte order mark, marks of the direction of writing.
_UNSEEN = " \t\r\n\xa0\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"


def bare(text: str) -> str:
    """Take away what stands around a text and cannot be seen."""
    return text.strip().strip(_UNSEEN)


def plain(name: str) -> str:
    """Fold a header to the form in which names are compared.

    Case does not matter, nor does what cannot be seen: around it, and how its accents are written, which differs
    between systems.
    """
    return normalize("NFC", bare(name)).casefold()


def nearest(name: str, known: Iterable[str], *, likeness: float = 0.75) -> str | None:
    """Give the known name that ``name`` was most likely meant to be, or None where none is near."""
    import difflib  # noqa: PLC0415 - for those who mistyped a word

    names = {plain(one): one for one in known}
    near = difflib.get_close_matches(plain(name), names, n=1, cutoff=likeness)
    return names[near[0]] if near else None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWords:
    """The words of one kind of job."""

    name: str  #: Such as ``video`` or ``translation``.
    fields: frozenset[str]  #: Canonical field names, those common to every kind included.
    aliases: Mapping[str, str] = field(default_factory=dict)  #: Other spelling → canonical name, both plain.
    #: A row that has all fields of one of these sets is of this kind; without any, a row has to say it.
    marks: tuple[frozenset[str], ...] = ()
    structured: frozenset[str] = frozenset()  #: Fields only YAML and JSONL can say (``scenes``, ``variables``).
    prefixes: tuple[str, ...] = ()  #: Columns such as ``var.NAME`` belong to the kind as well.
    #: A key of a group of the API's documents, as a column may be called after it → the field that says it.
    flattened: Mapping[str, str] = field(default_factory=dict)
    #: Field → the one that says the same thing before it: in a row that fills both, the column is the user's own.
    yields: Mapping[str, str] = field(default_factory=dict)
    completed: frozenset[str] = frozenset()  #: Groups of which a default completes what a row says itself.
    alike: frozenset[str] = frozenset()  #: Kinds whose fields may well be taken for those of this one.

    def canonical(self, header: str) -> str | None:
        """Give the field a header means, or None where it is the user's own column."""
        name = plain(header)
        name = self.aliases.get(name, name)
        if name in self.fields:
            return name
        for prefix in self.prefixes:
            if name.startswith(prefix):
                # What follows the prefix is a name of the user's: its case is theirs.
                return prefix + bare(bare(header)[len(prefix) :])
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words of all kinds, in the order in which a row's kind is guessed."""

    kinds: Mapping[str, KindWords]
