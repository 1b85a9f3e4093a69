"""``{{ column }}`` inside the texts of a manifest: compiled once, filled in for every row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchgen.model.vocabulary import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Unrenderable(Exception):  # noqa: N818 - reads as the outcome it is
    """An expression cannot be filled in for this row."""

    def __init__(self, place: str, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.place = place
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Expression:
    """A text with names in it."""

    names: frozenset[str]  #: The names it uses, as written.
    render: Callable[[Mapping[str, Any]], str]  #: Fills it in. Raises ``Unrenderable``.
    bare: frozenset[str] = frozenset()  #: Those that stand in the text just so, ``{{ name }}``, whatever they hold.


def is_expression(text: str) -> bool:
    """Tell whether a text has anything in it to be filled in."""
    return "{{" in text or "{%" in text


def render_all(value: Any, context: Mapping[str, Any]) -> Any:
    """Fill in every expression inside a value."""
    if isinstance(value, Expression):
        return value.render(context)
    if isinstance(value, dict):
        return {key: render_all(one, context) for key, one in value.items()}
    if isinstance(value, list):
        return [render_all(one, context) for one in value]
    return value


def render_or_note(value: Any, context: Mapping[str, Any], failed: list[Unrenderable]) -> Any:
    """Fill in the same; where that cannot be done, note why of each expression, and give nothing."""
    try:
        return render_all(value, context)
    except Unrenderable:
        failed += _failures(value, context)
        return ""


def _failures(value: Any, context: Mapping[str, Any]) -> Iterator[Unrenderable]:
    for one in expressions(value):
        try:
            one.render(context)
        except Unrenderable as error:
            yield error


def expressions(value: Any) -> Iterator[Expression]:
    """Give every expression inside a value."""
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from expressions(one)


def identifier(header: str) -> str:
    """Give the name by which an expression may call a column: ``First Name`` is ``first_name``."""
    return re.sub(r"\W+", "_", plain(header)).strip("_")
