"""Writes who or what is seen in v3, whole videos and studio scenes alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.model.content import Character


def asset(media: Mapping[str, Any]) -> dict[str, Any]:
    """Write a file: a link or an asset of the account, told apart by ``type``."""
    name = "url" if "url" in media else "asset_id"
    return {"type": name, name: media.get(name)}


def subject(character: Character, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Write who is seen. A talking photo is an avatar in v3, where the looks of photos have avatar ids."""
    if character["type"] == "image":
        return {"type": "image", "image": asset(character.get("media", {}))}
    return {"type": "avatar", "avatar_id": character.get("id")} | _engine(extra)


def _engine(extra: Mapping[str, Any]) -> dict[str, Any]:
    """Write the engine; a plain name is the usual way to ask for one."""
    value = extra.get("engine")
    return {} if value is None else {"engine": {"type": value} if isinstance(value, str) else value}
