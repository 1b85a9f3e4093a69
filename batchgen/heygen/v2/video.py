"""Writes a video: ``POST /v2/video/generate``, one scene or many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchgen.heygen.frames import sized
from batchgen.heygen.labels import labels
from batchgen.heygen.older import EXTRAS, LOOKS

if TYPE_CHECKING:
    from batchgen.model.content import Background, Character, Scene, VideoContent, Voice
    from batchgen.model.job import Parcel


def video(parcel: Parcel) -> dict[str, Any]:
    """Write the body of a video."""
    content = cast("VideoContent", parcel.content)
    body: dict[str, Any] = {"video_inputs": [_scene(scene) for scene in content["scenes"]]}
    body |= {name: bool(parcel.content[name]) for name in ("caption", "test") if name in content}
    extra = content.get("extra", {})
    return body | {name: extra[name] for name in EXTRAS if name in extra} | _frame(content) | labels(parcel)


def _scene(scene: Scene) -> dict[str, Any]:
    body = {"character": _character(scene["character"])} if "character" in scene else {}
    body |= {"voice": _voice(scene["voice"])} if "voice" in scene else {}
    return body | ({"background": _background(scene["background"])} if "background" in scene else {})


def _character(character: Character) -> dict[str, Any]:
    talking = character["type"] == "talking_photo"
    body = {"type": character["type"], "talking_photo_id" if talking else "avatar_id": character.get("id")}
    if "style" in character:
        body["talking_photo_style" if talking else "avatar_style"] = character["style"]
    return body | {name: value for name, value in character.items() if name in {"scale", "offset", *LOOKS}}


def _voice(voice: Voice) -> dict[str, Any]:
    body: dict[str, Any] = {"type": voice["type"]}
    if voice["type"] == "audio":
        return body | {f"audio_{name}": value for name, value in voice.get("media", {}).items()}
    if voice["type"] == "text":
        body["input_text"] = voice.get("script")
    names = {"text": ("voice_id", "speed", "pitch", "emotion"), "silence": ("duration",)}[voice["type"]]
    return body | {name: value for name, value in voice.items() if name in names}


def _background(background: Background) -> dict[str, Any]:
    """Write a background. An asset is ``image_asset_id`` or ``video_asset_id`` here."""
    kind = background["type"]
    body: dict[str, Any] = {"type": kind}
    for name, value in background.get("media", {}).items():
        body["url" if name == "url" else f"{kind}_asset_id"] = value
    return body | {name: value for name, value in background.items() if name in {"value", "fit", "play_style"}}


def _frame(content: VideoContent) -> dict[str, Any]:
    """Write the frame in pixels; without one asked for, the server's own default holds."""
    size = content.get("dimension")
    if size is None and ("resolution" in content or "aspect_ratio" in content):
        size = sized(content.get("resolution"), content.get("aspect_ratio"))
    return {} if size is None else {"dimension": size}
