"""What v3 tells of avatars, voices, templates and languages. By HeyGen's v3 reference of July 2026."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from batchgen.heygen.fields import first, table, tables, text
from batchgen.heygen.listed import holds, languages, scenes, variables
from batchgen.heygen.verdicts import unreadable
from batchgen.model.catalogue import Item, ItemPage, Topic
from batchgen.model.exchange import Purpose, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Where each list is, with as many rows a page as it may have. A look is what a video calls an avatar.
_LISTS: dict[Topic, tuple[str, tuple[tuple[str, str], ...]]] = {
    Topic.AVATAR: ("/v3/avatars/looks", (("limit", "50"),)),
    Topic.VOICE: ("/v3/voices", (("limit", "100"),)),
    Topic.TEMPLATE: ("/v3/templates", (("limit", "100"),)),
    Topic.LANGUAGE: ("/v3/video-translations/languages", ()),
}

#: By what a list is asked for the account's own: its default is what HeyGen gives everyone, or all of it.
_MINE = {Topic.AVATAR: "ownership", Topic.VOICE: "type"}

_NOT_READY = frozenset({"processing", "pending_consent", "failed"})


def listing(topic: Topic, *, token: str | None, mine: bool) -> Request:
    """Ask for a page of a list."""
    path, query = _LISTS[topic.shelf]
    owned = ((_MINE[topic.shelf], "private"),) if mine and topic.shelf in _MINE else ()
    cursor = (("token", token),) if token else ()
    return Request(method="GET", path=path, purpose=Purpose.ACCOUNT, query=(*query, *owned, *cursor))


def lookup(topic: Topic, item: str) -> Request | None:
    """Ask about one of them; languages come as a list alone."""
    if topic is Topic.LANGUAGE:
        return None
    return Request(method="GET", path=f"{_LISTS[topic.shelf][0]}/{quote(item, safe='')}", purpose=Purpose.ACCOUNT)


def page(topic: Topic, body: Mapping[str, Any], *, status: int) -> ItemPage:
    """Read a page of a list."""
    data = body.get("data")
    if topic is Topic.LANGUAGE:
        return ItemPage(items=languages(table(data), status=status))
    if not isinstance(data, list):
        raise unreadable(status, "The reply carries no list.")
    more = None if body.get("has_more") is False else text(body.get("next_token"))
    return ItemPage(items=tuple(one for row in tables(data) if (one := item(topic, row))), next_token=more)


def item(topic: Topic, row: Mapping[str, Any]) -> Item | None:
    """Read one of them; None where the row names nothing."""
    found = first(row, "id", "voice_id" if topic is Topic.VOICE else "avatar_id", "template_id")
    if found is None:
        return None
    gender = text(row.get("gender"))
    return Item(
        id=found,
        name=text(row.get("name")) or "",
        language=text(row.get("language")),
        gender=gender.lower() if gender else None,
        default_voice=text(row.get("default_voice_id")),
        preview=first(row, "preview_video_url", "preview_image_url", "preview_audio_url", "thumbnail_url"),
        aspect_ratio=text(row.get("aspect_ratio")),
        variables=variables(row.get("variables")),
        holds=holds(row.get("variables")),
        scenes=scenes(row.get("scenes")),
        photo=row.get("avatar_type") == "photo_avatar",
        usable=(text(row.get("status")) or "").lower() not in _NOT_READY,
    )
