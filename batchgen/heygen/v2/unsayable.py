"""What v2 cannot say of a draft. Whatever is not named here, the writer of its kind can write."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from batchgen.heygen import gaps, older, template
from batchgen.heygen.frames import sized
from batchgen.heygen.interface import Unsayable
from batchgen.heygen.v2 import translation
from batchgen.model import session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.model.content import Scene, TranslationContent, VideoContent, Voice
    from batchgen.model.job import Draft

_needs_v3 = partial(gaps.needs, "v3")

#: Kinds that v2 does not make, with the field that each is about.
_ONLY_V3 = {
    "agent": ("prompt", "The video agent"),
    "lipsync": ("audio", "Another sound for a video"),
    "image": ("image", "A picture that speaks"),
    "cinematic": ("prompt", "A cinematic video"),
}


def unsayable(draft: Draft) -> Iterator[Unsayable]:
    """Name all of it."""
    extra = draft.content.get("extra", {})
    match draft.kind:
        case "video":
            content = cast("VideoContent", draft.content)
            yield from _frame(content)
            yield from gaps.strangers(extra, older.EXTRAS, api="v2", of="A video")
            yield from gaps.each_scene(content, _scene)
        case "template":
            yield from gaps.strangers(extra, template.EXTRAS, api="v2", of="A template video")
        case session.KIND:
            yield from gaps.unlabelled(draft, *gaps.OF_NO_SESSION, api="v2", of="A session")
        case "translation":
            yield from _files(cast("TranslationContent", draft.content))
            yield from gaps.strangers(extra, translation.EXTRAS, api="v2", of="A translation")
        case kind:
            field, what = _ONLY_V3[kind]
            yield _needs_v3(field, what)


def _frame(content: VideoContent) -> Iterator[Unsayable]:
    asked = [name for name in ("resolution", "aspect_ratio") if name in content]
    size = sized(content.get("resolution"), content.get("aspect_ratio"))
    if asked and size is None:
        problem = "v2 counts the frame in pixels, and this names none."
        yield Unsayable(field=asked[-1], problem=problem, remedy="Write a dimension, such as 1280x720.")
    elif asked and content.get("dimension", size) != size:
        yield Unsayable(field=asked[-1], problem="It contradicts the dimension.", remedy="Leave one of the two out.")


def _scene(scene: Scene) -> Iterator[Unsayable]:
    if scene.get("character", {}).get("type") == "image":
        yield _needs_v3("image_url", "An image that speaks")
    if "voice" in scene:
        yield from _voice(scene["voice"])
    else:
        problem = "Every scene has a voice in v2."
        yield Unsayable(field="script", problem=problem, remedy="Write a script, a recording or seconds of silence.")


def _voice(voice: Voice) -> Iterator[Unsayable]:
    if voice["type"] == "text" and "voice_id" not in voice:
        problem = "v2 takes no script without a voice."
        yield Unsayable(field="voice_id", problem=problem, remedy="Say which voice speaks.")


def _files(content: TranslationContent) -> Iterator[Unsayable]:
    """v2 takes files by link, never as assets of the account."""
    # A file of this machine has a link of its own once it was uploaded.
    if not {"url", "sha256"} & content["video"].keys():
        yield _needs_v3("url", "A video that is an asset")
    extra = content.get("extra", {})
    for name in translation.FILES:
        if name in extra and translation.link(extra[name]) is None and "sha256" not in extra[name]:
            yield _needs_v3(name, "A file that is an asset")
