"""A list of what an account has, as a table whose columns are those of a sheet: what is found can be copied there."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from batchgen.model.catalogue import Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from batchgen.model.catalogue import Item

_ALIKE: dict[str, Callable[[Item], Any]] = {
    "name": lambda item: item.name,
    "language": lambda item: item.language,
    "gender": lambda item: item.gender,
    "mine": lambda item: item.mine,
    "usable": lambda item: item.usable,
    "aspect_ratio": lambda item: item.aspect_ratio,
    "default_voice_id": lambda item: item.default_voice,
    "preview": lambda item: item.preview,
}

#: The columns of each list. The first are fields of a manifest.
COLUMNS: dict[Topic, dict[str, Callable[[Item], Any]]] = {
    Topic.AVATAR: {
        "avatar_id": lambda item: None if item.photo else item.id,
        "talking_photo_id": lambda item: item.id if item.photo else None,
        **{name: _ALIKE[name] for name in ("name", "gender", "mine", "usable", "default_voice_id", "preview")},
    },
    Topic.VOICE: {
        "voice_id": lambda item: item.id,
        **{name: _ALIKE[name] for name in ("name", "language", "gender", "mine", "usable", "preview")},
    },
    Topic.TEMPLATE: {
        "template_id": lambda item: item.id,
        **{name: _ALIKE[name] for name in ("name", "aspect_ratio", "preview")},
    },
    Topic.LANGUAGE: {"output_language": lambda item: item.id},
}


def rows(topic: Topic, items: Iterable[Item]) -> list[dict[str, Any]]:
    """Give a row for each item. What nobody tells is None."""
    columns = COLUMNS[topic]
    return [{name: tell(item) for name, tell in columns.items()} for item in items]


def to_csv(topic: Topic, items: Iterable[Item]) -> str:
    """Give it as a sheet."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(COLUMNS[topic]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in rows(topic, items))
    return text.getvalue()


def cell(value: Any) -> str:
    """Write a value as a cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
