"""What both generations tell alike: the languages of translations, and the variables of a template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.heygen.fields import table, text
from batchgen.heygen.verdicts import unreadable
from batchgen.model.catalogue import Item

if TYPE_CHECKING:
    from collections.abc import Mapping


def languages(data: Mapping[str, Any], *, status: int) -> tuple[Item, ...]:
    """Read the languages that videos can be translated into; both generations tell them alike."""
    names = data.get("languages")
    if not isinstance(names, list):
        raise unreadable(status, "The reply carries no list of languages.")
    return tuple(Item(id=name, name=name) for one in names if (name := text(one)))


def variables(value: Any) -> dict[str, str]:
    """Read a template's variables: an object by their names in both generations."""
    return {name: text(table(one).get("type")) or "" for name, one in table(value).items()}
