"""Writes a video of several scenes: ``POST /v3/videos`` with ``type`` studio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.heygen.v3.speech import speech
from batchgen.heygen.v3.subject import asset, subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.model.content import Scene, VideoContent, Voice

#: What else the v3 reference lets a studio video say: of the whole, and of each scene with a character.
EXTRAS = ("watermark",)
SCENE_EXTRAS = ("motion_prompt", "expressiveness")


def composed(content: VideoContent) -> bool:
    """Whether it takes a studio video to say this: several scenes, or one without a character."""
    scenes = content["scenes"]
    return len(scenes) > 1 or "character" not in scenes[0]


def studio(content: VideoContent) -> dict[str, Any]:
    """Write the scenes; frame, captions and labels are those of every video."""
    extra = content.get("extra", {})
    scenes = [_scene(scene, extra) for scene in content["scenes"]]
    return {"type": "studio", "scenes": scenes} | {name: extra[name] for name in EXTRAS if name in extra}


def _scene(scene: Scene, extra: Mapping[str, Any]) -> dict[str, Any]:
    if "character" in scene:
        return {"type": "avatar_video", "input": _acted(scene, extra)}
    # Without a character there is an image or a video: anything else is unsayable.
    behind = scene["background"]
    body = {"type": behind["type"], "source": asset(behind.get("media", {}))}
    return body if behind["type"] == "video" else body | _over(scene["voice"], extra)


def _acted(scene: Scene, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Write a scene with a character. Its background can be a colour and nothing else."""
    body = subject(scene["character"], extra)
    body |= speech(scene["voice"], extra) if "voice" in scene else {}
    if "background" in scene:
        body["background"] = {"type": "color", "color": scene["background"].get("value")}
    return body | {name: extra[name] for name in SCENE_EXTRAS if name in extra}


def _over(voice: Voice, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Write what is heard over a still image, or for how long it is shown in silence."""
    return {"duration": voice.get("duration", 1.0)} if voice["type"] == "silence" else speech(voice, extra)
