"""Writes a video: ``POST /v3/videos`` with ``type`` avatar or image; a video of several scenes is a studio video."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchgen.heygen.frames import named
from batchgen.heygen.labels import labels
from batchgen.heygen.v3.speech import speech
from batchgen.heygen.v3.studio import composed, studio
from batchgen.heygen.v3.subject import subject

if TYPE_CHECKING:
    from batchgen.model.content import Background, VideoContent
    from batchgen.model.job import Parcel

#: What else the v3 reference lets a video of one scene say, besides ``engine`` and what belongs to the voice.
EXTRAS = ("remove_background", "output_format", "motion_prompt", "expressiveness", "watermark", "fit")


def video(parcel: Parcel) -> dict[str, Any]:
    """Write the body of a video."""
    content = cast("VideoContent", parcel.content)
    body = studio(content) if composed(content) else _single(content)
    # The reference knows no folder for videos.
    return body | _frame(content) | _captions(content) | labels(parcel, folder=False)


def _single(content: VideoContent) -> dict[str, Any]:
    scene, extra = content["scenes"][0], content.get("extra", {})
    body = subject(scene["character"], extra)
    body |= speech(scene["voice"], extra) if "voice" in scene else {}
    body |= _behind(scene["background"]) if "background" in scene else {}
    return body | {name: extra[name] for name in EXTRAS if name in extra}


def _behind(background: Background) -> dict[str, Any]:
    """Write the background. The ``fit`` that v3 has is how the character fills the frame, and no background's."""
    if background["type"] == "color":
        return {"background": {"type": "color", "value": background.get("value")}}
    return {"background": {"type": "image", **background.get("media", {})}}


def _frame(content: VideoContent) -> dict[str, str]:
    """Write the frame as v3 says it."""
    said = {name: str(value) for name, value in content.items() if name in {"resolution", "aspect_ratio"}}
    found = named(content["dimension"]) if "dimension" in content else None
    return said | ({"resolution": found[0], "aspect_ratio": found[1]} if found else {})


def _captions(content: VideoContent) -> dict[str, Any]:
    """Ask for captions in the picture. Without a style there would be a subtitle file only, as there always is."""
    return {"caption": {"file_format": "srt", "style": "default"}} if content.get("caption") else {}
