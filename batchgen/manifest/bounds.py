"""How long a text an expression would make in one step, reckoned before it is made. Pure."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Letters of a text, items of a list and digits of a number that an expression may multiply or pad to. No script is
#: as long.
MOST = 1_000_000
_DIGITS_A_BIT = 0.30103

#: A placeholder of `%`, with its width and its precision; a star takes them from the values.
_PERCENT = re.compile(r"%(?:\([^)]*\))?[-+ #0]*(\*|\d*)(?:\.(\*|\d*))?")
#: Methods of texts that pad to a width, and those that put values into one.
_PADDING, _FORMATTING = (
    frozenset({"center", "ljust", "rjust", "zfill", "expandtabs"}),
    frozenset({"format", "format_map"}),
)


def product(operator: str, left: Any, right: Any) -> float:
    """Reckon how long it is what a multiplication comes to."""
    match operator, left, right:
        case "*", str() | list() | tuple(), int():
            return len(left) * max(right, 0)
        case "*", int(), str() | list() | tuple():
            return len(right) * max(left, 0)
        case "**", int() as base, int() as power:
            return abs(base).bit_length() * max(power, 0) * _DIGITS_A_BIT
        case _:
            return 0


def widest(values: Sequence[Any]) -> int:
    """Give the greatest of what may be widths."""
    return max((value for value in values if isinstance(value, int)), default=0)


def width_of_call(called: Any, values: Sequence[Any]) -> int:
    """Reckon to what a call pads, if it is that of a text's own method with these values."""
    method = getattr(called, "__wrapped__", called)  # Formatting is wrapped by Jinja's sandbox.
    text, name = getattr(method, "__self__", None), getattr(method, "__name__", "")
    if not isinstance(text, str):
        return 0
    if name in _FORMATTING:
        return _by_braces(text, values)
    return widest(values) if name in _PADDING else 0


def width_by_percent(text: Any, values: Any) -> int:
    """Reckon to what the placeholders of a text with `%` pad."""
    if not isinstance(text, str):
        return 0
    widths = [width for found in _PERCENT.findall(text) for width in found]
    starred = values if isinstance(values, tuple) and "*" in widths else ()
    return widest([*starred, *(int(width) for width in widths if width.isdecimal())])


def _by_braces(text: str, values: Sequence[Any]) -> int:
    try:
        specs = [spec for _, _, spec, _ in string.Formatter().parse(text) if spec]
    except ValueError:
        return 0  # What is wrong with it is told when it is used.
    nested = values if any("{" in spec for spec in specs) else ()
    return widest([*nested, *(int(number) for spec in specs for number in re.findall(r"\d+", spec))])
