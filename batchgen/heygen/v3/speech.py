"""Writes what is heard in v3: the same fields for a whole video and for each scene of a studio video."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.model.content import Voice

#: Fields that v3 keeps in ``voice_settings``; here they stand beside the others.
SETTINGS = ("volume", "locale", "engine_settings")


def speech(voice: Voice, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Write a script and its voice, or a recording."""
    settings = {name: value for name, value in voice.items() if name in {"speed", "pitch"}}
    settings |= {name: extra[name] for name in SETTINGS if name in extra}
    return _words(voice) | ({"voice_settings": settings} if settings else {})


def _words(voice: Voice) -> dict[str, Any]:
    if voice["type"] == "audio":
        return {f"audio_{name}": value for name, value in voice.get("media", {}).items()}
    return {name: value for name, value in voice.items() if name in {"script", "voice_id"}}
