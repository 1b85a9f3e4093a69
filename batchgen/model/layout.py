"""How a text sheet is laid out: what stands between its cells, and how its letters are written."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

#: What a byte order mark is, read in whatever encoding the text has.
MARK = "\ufeff"

_WITH_MARK = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


#: What stands between cells, by the end of a text sheet's name.
DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".txt": ","}


def delimiter_of(name: str) -> str:
    """Give what the name of a text sheet promises to stand between its cells."""
    return next((found for end, found in DELIMITERS.items() if name.lower().endswith(end)), ",")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a sheet's own values can be written like once more. The default is what results are written like."""

    delimiter: str = ","
    encoding: str = "utf-8"  #: As Python calls it, without a word for the mark.
    mark: bool = False  #: Whether a byte order mark stands before everything.


def marked(head: bytes) -> str | None:
    """Give the encoding that a byte order mark at the beginning tells, if there is one."""
    # That of UTF-32 begins like that of UTF-16: the longer ones are tried first.
    for encoding, mark in sorted(_WITH_MARK.items(), key=lambda pair: -len(pair[1])):
        if head.startswith(mark):
            return encoding
    return None
