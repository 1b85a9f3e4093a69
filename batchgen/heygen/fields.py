"""Reads single values out of JSON that others wrote: what has the wrong type counts as absent, and nothing raises."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAY_S = 86_400.0


def text(value: Any) -> str | None:
    """Give a text that says something; a number counts as its digits, since ids and codes come as both."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def number(value: Any) -> float | None:
    """Give a finite number, also where it was written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def seconds(value: Any) -> float | None:
    """Give how long a video is; what cannot be meant, since none lasts longer than a day, is told by nobody."""
    found = number(value)
    return found if found is not None and 0.0 <= found <= _DAY_S else None


def whole(value: Any) -> int | None:
    """Give a whole number."""
    found = number(value)
    return int(found) if found is not None and found == int(found) else None


def table(value: Any) -> Mapping[str, Any]:
    """Give a JSON object, or an empty one."""
    return value if isinstance(value, dict) else {}


def tables(value: Any) -> list[Mapping[str, Any]]:
    """Give the JSON objects of a JSON list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def first(source: Mapping[str, Any], *names: str) -> str | None:
    """Give the first of these fields that says something; of a list, the first of its items that does."""
    for name in names:
        value = source.get(name)
        for item in value if isinstance(value, list) else [value]:
            if found := text(item):
                return found
    return None
