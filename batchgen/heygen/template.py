"""Writes a video from a template, which both generations take alike: only their addresses differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchgen.heygen.labels import labels

if TYPE_CHECKING:
    from batchgen.model.content import TemplateContent
    from batchgen.model.job import Parcel

#: What else the documents of v2 and the reference of v3 let a template video say.
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
_PLAIN = ("caption", "dimension", "scene_ids")


def template(parcel: Parcel) -> dict[str, Any]:
    """Write the body of a template video.

    A variable is ``{"name": …, "type": …, "properties": {…}}`` under its own name, as the content holds it.
    """
    content = cast("TemplateContent", parcel.content)
    body: dict[str, Any] = {"variables": content["variables"]}
    body |= {name: parcel.content[name] for name in _PLAIN if name in content}
    if content.get("test"):
        # v3 has no such field, not even to say no; what asks it for a test is turned away before: see ``v3.unsayable``.
        body["test"] = True
    extra = content.get("extra", {})
    return body | {name: extra[name] for name in EXTRAS if name in extra} | labels(parcel)
