"""What may be asked of a run: values that it could not go by are refused before it begins, whoever asks.

The command reads its words as numbers and choices by itself. A program gives what it has: the text "5", a missing
number of a table, a word that is mistyped. Any of these may turn a budget into none.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from batchgen.model.errors import UsageError
from batchgen.model.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

_FROM_NOUGHT = ("timeout", "settle", "max_credits", "patience")
_ABOVE_NOUGHT = ("rate", "poll_interval")
_COUNTS = ("limit", "sample", "concurrency", "downloads_at_once")
_WORDS = {"api": ("v3", "v2"), "duplicates": ("error", "share", "keep"), "batch": ("auto", "always", "never")}
_TRUTHS = ("wait", "download", "again", "sandbox", "like_input", "title_token")


def check(wishes: Mapping[str, Any]) -> None:
    """Refuse what cannot be meant; None is what was not asked for. Raises ``UsageError``."""
    for name, value in wishes.items():
        if value is not None and (wanted := _wanted(name, value)):
            meant = nearest(str(value), _WORDS.get(name, ()))
            raise UsageError(f"{name}={value!r}: this wants {wanted}." + (f' Did you mean "{meant}"?' if meant else ""))


def _wanted(name: str, value: Any) -> str | None:
    """Say what belongs in the place of a value; None where it will do."""
    if name in _WORDS:
        *others, last = _WORDS[name]
        return None if isinstance(value, str) and value in _WORDS[name] else f"{', '.join(others)} or {last}"
    if name in _TRUTHS:
        return None if isinstance(value, bool) else "True or False"
    if name in _COUNTS:
        return None if _is_number(value, Integral) and value >= 1 else "a whole number from 1 up"
    if name in _FROM_NOUGHT:
        return None if _is_number(value, Real) and value >= 0 else "a number from 0 up"
    if name in _ABOVE_NOUGHT:
        return None if _is_number(value, Real) and value > 0 else "a number above 0"
    if name == "select":
        given = isinstance(value, str) and value.strip()
        return None if given else "a text such as status:failed; leave it out for all rows"
    if name == "write_timeout":
        return None if _is_number(value, Real) and value >= 1 else "seconds from 1 up"
    return None


def _is_number(value: Any, sort: Any) -> bool:
    """Tell whether a value is a number of some sort; a yes is none, though Python counts with it."""
    if isinstance(value, Decimal):
        return sort is Real and not value.is_nan()
    return isinstance(value, sort) and not isinstance(value, bool)


def plain(value: Any) -> Any:
    """Give a number as it is reckoned with: money is often kept as a ``Decimal``, and no float adds to one."""
    return float(value) if isinstance(value, Decimal | Fraction) else value
