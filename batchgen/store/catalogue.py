"""Lists of what accounts have, as they are kept: one row a list, its items as JSON."""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from batchgen.model.catalogue import Item, Listing, Scene
from batchgen.store.tables import catalogue

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from batchgen.model.catalogue import Shelf

#: What each field of an item is where nothing was told: it is not written down.
_SILENT: dict[str, Any] = {
    one.name: one.default_factory() if one.default_factory is not MISSING else one.default for one in fields(Item)
}


def find(connection: Connection, shelf: Shelf) -> Listing | None:
    """Give a list that is kept; None where there is none, or one that another batchgen wrote otherwise."""
    wanted = [catalogue.c[name] == value for name, value in _key(shelf).items()]
    row = connection.execute(select(catalogue).where(*wanted)).first()
    if row is None:
        return None
    try:
        items = tuple(map(_item, json.loads(row.items)))
    except (ValueError, TypeError):
        return None
    return Listing(items=items, at=row.at, whole=row.whole)


def keep(connection: Connection, shelf: Shelf, listing: Listing) -> None:
    """Keep a list in the place of what was kept there."""
    items = json.dumps([_told(item) for item in listing.items], ensure_ascii=False, default=asdict)
    values = {"at": listing.at, "whole": listing.whole, "items": items}
    key = _key(shelf)
    statement = insert(catalogue).values(key | values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def _key(shelf: Shelf) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(shelf).items()}


def _told(item: Item) -> dict[str, Any]:
    return {name: value for name, silent in _SILENT.items() if (value := getattr(item, name)) != silent}


def _item(told: dict[str, Any]) -> Item:
    scenes = (Scene(**{**one, "variables": tuple(one["variables"])}) for one in told.get("scenes", ()))
    return Item(**{**told, "scenes": tuple(scenes)})
