"""Writes a video from a template: ``POST /v2/template/{id}/generate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchgen.heygen.labels import labels

if TYPE_CHECKING:
    from batchgen.model.content import TemplateContent
    from batchgen.model.job import Parcel

#: What else the endpoint's documents let a template video say. All of it is v3's as well.
EXTRAS = (
    "brand_voice_id",
    "enable_sharing",
    "fps",
    "include_gif",
    "keep_text_vertically_centered",
    "reorder_music",
    "subtitles",
)

#: Fields that go into the body as they are.
_PLAIN = ("caption", "dimension", "scene_ids", "test")


def template(parcel: Parcel) -> dict[str, Any]:
    """Write the body of a template video.

    A variable is ``{"name": …, "type": …, "properties": {…}}`` under its own name, as the content holds it.
    """
    content = cast("TemplateContent", parcel.content)
    body: dict[str, Any] = {"variables": content["variables"]}
    body |= {name: parcel.content[name] for name in _PLAIN if name in content}
    extra = content.get("extra", {})
    return body | {name: extra[name] for name in EXTRAS if name in extra} | labels(parcel)
