"""What a parser takes, in the words of JSON Schema, so that editors can check a manifest while it is written.

A shape is never narrower than its parser: what it turns down, the parser turns down as well. What only the parser can
know (whether an avatar exists, whether an end comes after its start) it leaves open.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Takes what was written, and gives what it means.
Parser = Callable[[Any], Any]
Shape = dict[str, Any]

#: Any one value, as text is written in YAML.
TEXT: Shape = {"type": ["string", "number", "boolean"]}
GROUP: Shape = {"type": "object"}

_NUMBER = r"^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$"

_SHAPES: dict[Parser, Shape] = {}


def shaped(parse: Parser, shape: Shape) -> Parser:
    """Note what a parser takes."""
    _SHAPES[parse] = shape
    return parse


def shape_of(parse: Parser) -> Shape:
    """Give what a parser takes; of one that nobody described, anything."""
    return _SHAPES.get(parse, {})


def caseless(words: Iterable[str]) -> str:
    """Write the pattern of some words in any case, with or without spaces around them."""
    return rf"^\s*({'|'.join(map(any_case, sorted(words)))})\s*$"


def number_shape(low: float, high: float, *, whole: bool = False) -> Shape:
    """Describe a number; in quotes it is a text, and its bounds are left to the parser."""
    kind = "integer" if whole else "number"
    return {"anyOf": [{"type": kind, "minimum": low, "maximum": high}, {"type": "string", "pattern": _NUMBER}]}


def word_shape(words: Iterable[str], *, also: Iterable[str] = ()) -> Shape:
    """Describe one of some words, in any case; ``also`` are taken and not proposed."""
    words = list(words)
    return {"anyOf": [{"enum": words}, {"type": "string", "pattern": caseless([*words, *also])}]}


def several_shape(one: Shape) -> Shape:
    """Describe a list, or a text with ``;`` or ``|`` between its parts."""
    items = {"anyOf": [one, {"$ref": "#/$defs/nothing"}]}
    return {"anyOf": [one, {"type": "array", "items": items}, {"type": "string", "pattern": "[;|]"}]}


def any_case(word: str) -> str:
    """Write the pattern of a word in any case."""
    return "".join(
        f"[{letter.upper()}{letter.lower()}]" if len({letter.upper(), letter.lower()}) == 2 else re.escape(letter)
        for letter in word
    )
