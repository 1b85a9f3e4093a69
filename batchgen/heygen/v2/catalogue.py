"""What v2 tells of avatars, voices, templates and languages. By HeyGen's documents of v2; its lists have no pages.

An avatar is asked about by itself (the reference's "retrieve avatar details"): users report that the list of avatars
lacks public ones. One reply tells avatars and talking photos; it has tens of megabytes where there are many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from batchgen.heygen.fields import first, tables, text
from batchgen.heygen.listed import holds, languages, scenes, variables
from batchgen.heygen.verdicts import unreadable
from batchgen.model.catalogue import Item, ItemPage, Topic
from batchgen.model.exchange import Purpose, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Where each list is, and the field of the reply that it stands in.
_LISTS = {
    Topic.AVATAR: ("/v2/avatars", "avatars"),
    Topic.VOICE: ("/v2/voices", "voices"),
    Topic.TEMPLATE: ("/v2/templates", "templates"),
    Topic.LANGUAGE: ("/v2/video_translate/target_languages", "languages"),
}


def listing(topic: Topic) -> Request:
    """Ask for a whole list."""
    return Request(method="GET", path=_LISTS[topic.shelf][0], purpose=Purpose.ACCOUNT)


def lookup(topic: Topic, item: str) -> Request | None:
    """Ask about one avatar or template; of voices and talking photos there are lists alone."""
    paths = {Topic.AVATAR: "/v2/avatar/{}/details", Topic.TEMPLATE: "/v2/template/{}"}
    if topic not in paths:
        return None
    return Request(method="GET", path=paths[topic].format(quote(item, safe="")), purpose=Purpose.ACCOUNT)


def page(topic: Topic, data: Mapping[str, Any], *, status: int) -> ItemPage:
    """Read a list."""
    if topic is Topic.LANGUAGE:
        return ItemPage(items=languages(data, status=status))
    shelf = topic.shelf
    rows = data.get(_LISTS[shelf][1])
    if not isinstance(rows, list):
        raise unreadable(status, f"The reply carries no list of {shelf}s.")
    found = [item(shelf, row) for row in tables(rows)]
    if shelf is Topic.AVATAR:
        found += [item(Topic.TALKING_PHOTO, row) for row in tables(data.get("talking_photos"))]
    return ItemPage(items=tuple(one for one in found if one is not None))


def item(topic: Topic, row: Mapping[str, Any], asked: str | None = None) -> Item | None:
    """Read one of them. A template is told without its id: it is the one that was ``asked`` for."""
    found = first(row, f"{topic}_id", "id") or asked
    if found is None:
        return None
    gender = text(row.get("gender"))
    return Item(
        id=found,
        name=first(row, f"{topic}_name", "name") or "",
        language=text(row.get("language")),
        gender=gender.lower() if gender else None,
        default_voice=text(row.get("default_voice_id")),
        preview=first(row, "preview_video_url", "preview_image_url", "preview_audio", "thumbnail_image_url"),
        aspect_ratio=text(row.get("aspect_ratio")),
        variables=variables(row.get("variables")),
        holds=holds(row.get("variables")),
        scenes=scenes(row.get("scenes")),
        photo=topic is Topic.TALKING_PHOTO,
    )
