"""What both generations tell alike: the languages of translations, the variables and the scenes of a template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.heygen.fields import first, table, tables, text
from batchgen.heygen.verdicts import unreadable
from batchgen.model.catalogue import Item, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def languages(data: Mapping[str, Any], *, status: int) -> tuple[Item, ...]:
    """Read the languages that videos can be translated into; both generations tell them alike."""
    names = data.get("languages")
    if not isinstance(names, list):
        raise unreadable(status, "The reply carries no list of languages.")
    return tuple(Item(id=name, name=name) for one in names if (name := text(one)))


def variables(value: Any) -> dict[str, str]:
    """Read a template's variables: an object by their names in both generations."""
    return {name: text(table(one).get("type")) or "" for name, one in table(value).items()}


def holds(value: Any) -> dict[str, dict[str, str]]:
    """Read what a template's variables hold now, as far as it says something."""
    told = {name: table(table(one).get("properties")) for name, one in table(value).items()}
    said = {
        name: {key: word for key, one in properties.items() if (word := text(one))} for name, properties in told.items()
    }
    return {name: properties for name, properties in said.items() if properties}


def scenes(value: Any) -> tuple[Scene, ...]:
    """Read a template's scenes; what stands in each is a list of names or an object by them."""
    return tuple(
        Scene(id=name, script=text(row.get("script")) or "", variables=tuple(_names(row.get("variables"))))
        for row in tables(value)
        if (name := first(row, "scene_id", "id"))
    )


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for row in tables(value):
        if name := text(row.get("name")):
            yield name
