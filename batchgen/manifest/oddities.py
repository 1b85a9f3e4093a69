"""Finds text that was spoilt before it came here, or was never filled in: a voice would speak it as it stands.

Nothing of it is a fault, for it may be meant; so it is a warning, at its cell.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: What UTF-8 looks like where it was taken for a code page of the West or of Eastern Europe has one of these in it.
_SUSPECT = re.compile("[\u0080-\u024f\u0400-\u04ff\u221a\u201a]")

#: What a formula leaves in its cell where it fails; in a CSV it stands there in the language of the spreadsheet.
_BROKEN = frozenset(
    {
        *("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"),
        *("#NV", "#BEZUG!", "#WERT!", "#ZAHL!"),
        *("#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!"),
        *("#¡REF!", "#¡VALOR!", "#¿NOMBRE?", "#¡DIV/0!", "#¡NUM!", "#¡NULO!"),
        *("#N/D", "#RIF!", "#VALORE!", "#NOME?", "#VALOR!", "#NÚM!", "#NULO!"),
        *("#N/B", "#VERW!", "#WAARDE!", "#NAAM?", "#GETAL!", "#LEEG!"),
        *("#N/D!", "#ADR!", "#ARG!", "#NAZWA?", "#LICZBA!", "#ZERO!"),
    }
)
_FAILED = re.compile(r"Err:\d{3}")

#: What a spreadsheet shows, and writes into a CSV, where a column is too narrow for a number or a date.
_NARROW = re.compile(r"#{3,}")

#: What a spreadsheet makes of a long number: the rest of its digits is gone. One of a lower power is somebody's own.
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?[Ee]\+[1-9]\d{1,2}")

#: What a program writes in place of a letter that it cannot read.
_LOST = "\ufffd"

#: What a letter to many people has in place of a name.
_UNFILLED = re.compile(r"\{\{[^{}\n]{1,60}\}\}")

_FILLED = 'Write the text in a YAML manifest, with "rows:" for this sheet: there {{ column }} is filled in.'

Oddity = tuple[str, str]


def is_plain(cells: Iterable[str]) -> bool:
    """Tell whether nothing about some cells can be odd. Most are so, and a look at all of them at once is quick."""
    whole = "".join(cells)
    return whole.isascii() and not any(one in whole for one in ("#", "Err:", "{{", "E+", "e+"))


def oddities(cells: Iterable[str], *, filled_in: bool = False) -> Iterator[tuple[int, Oddity]]:
    """Give the place of each cell that looks spoilt, with what is odd about it and what to do.

    ``filled_in`` tells whether expressions are filled in where these cells stand.
    """
    for at, cell in enumerate(cells):
        if cell in _BROKEN or _FAILED.fullmatch(cell):
            yield at, (f'"{cell}" is what a spreadsheet shows where a formula fails.', "Mend the formula, or empty it.")
        elif _NARROW.fullmatch(cell):
            problem = f'"{cell}" is what a spreadsheet shows where a column is too narrow for what stands in it.'
            yield at, (problem, "Widen the column, and save the sheet again.")
        elif _SHORTENED.fullmatch(cell):
            problem = f'"{cell}" is what a spreadsheet makes of a long number: not all of its digits are there.'
            yield at, (problem, "Give the column the format Text, and write the number once more.")
        elif not filled_in and (found := _UNFILLED.search(cell)):
            yield at, (f"{found[0]} is not filled in: it would be spoken as it stands.", _FILLED)
        elif not cell.isascii() and (odd := spoilt(cell)):
            yield at, odd


@lru_cache(maxsize=1024)
def spoilt(text: str) -> Oddity | None:
    """Tell text whose letters were lost, or were read in the wrong encoding when somebody saved it."""
    if _LOST in text:
        return f"{_around(text, text.index(_LOST))} holds letters that were lost: {_LOST}.", "Write them again."
    found = _SUSPECT.search(text)
    if not found:
        return None
    # A tenth of a second to import, for those whose text is not plain.
    from ftfy import fix_encoding  # noqa: PLC0415
    from ftfy.badness import is_bad  # noqa: PLC0415

    if not is_bad(text):
        return None
    repaired = fix_encoding(text)
    remedy = f"Is {_around(repaired, found.start())} meant? " if repaired != text else ""
    problem = f"{_around(text, found.start())} looks like text that was saved in one encoding and opened in another."
    return problem, f"{remedy}Mend it where the sheet was made, or name the encoding by --encoding."


def _around(text: str, place: int, most: int = 40) -> str:
    """Quote what stands around a place, short enough for one line."""
    start = max(place - most // 2, 0)
    shown = " ".join(text[start : start + most].split())
    return f'"{"…" if start else ""}{shown}{"…" if start + most < len(text) else ""}"'
