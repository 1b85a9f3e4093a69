"""What v3 cannot say of a draft. Whatever is not named here, the writer of its kind can write."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from batchgen.heygen import gaps, older, template
from batchgen.heygen.frames import RATIOS, RESOLUTIONS, named, nearest
from batchgen.heygen.interface import Unsayable
from batchgen.heygen.v3 import agent, cinematic, studio, translation, video
from batchgen.heygen.v3.speech import SETTINGS
from batchgen.model import session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from batchgen.model.content import Background, Character, Scene, VideoContent, Voice
    from batchgen.model.job import Draft

_needs_v2 = partial(gaps.needs, "v2")

_FRAME_WORDS = {"resolution": tuple(RESOLUTIONS), "aspect_ratio": ("auto", *RATIOS)}


def unsayable(draft: Draft) -> Iterable[Unsayable]:
    """Name all of it."""
    return _GAPS[draft.kind](draft)


def _video(draft: Draft) -> Iterator[Unsayable]:
    content = cast("VideoContent", draft.content)
    yield from _whole(content, draft.delivery)
    yield from _older(content)
    yield from gaps.each_scene(content, partial(_scene, alone=not studio.composed(content)))


def _older(content: VideoContent) -> Iterator[Unsayable]:
    """Name the extra fields that it cannot hold, and those of them that v2 can."""
    extra = {name: value for name, value in content.get("extra", {}).items() if _says_something(name, value)}
    own = {name: value for name, value in extra.items() if name not in older.EXTRAS}
    yield from gaps.strangers(own, _extras(content), api="v3", of="This video")
    for name in older.EXTRAS:
        if name in extra:
            yield _needs_v2(name, f'"{name}"')


def _says_something(name: str, value: Any) -> bool:
    return name not in older.SAYS_NOTHING or older.SAYS_NOTHING[name] != value


def _image(draft: Draft) -> Iterator[Unsayable]:
    content = cast("VideoContent", draft.content)
    yield from gaps.unlabelled(draft, "folder_id", api="v3", of="A picture that speaks")
    yield from _framed(content, way_out="")
    yield from gaps.strangers(content.get("extra", {}), _extras(content), api="v3", of="This video")
    yield from _scene(content["scenes"][0], alone=True)


def _template(draft: Draft) -> Iterator[Unsayable]:
    if draft.content.get("test"):
        yield _needs_v2("test", "A test video")
    yield from gaps.strangers(draft.content.get("extra", {}), template.EXTRAS, api="v3", of="A template video")


def _translation(draft: Draft) -> Iterator[Unsayable]:
    return gaps.strangers(draft.content.get("extra", {}), translation.EXTRAS, api="v3", of="A translation")


def _session(draft: Draft) -> Iterator[Unsayable]:
    # v3 has no sessions of its own: they are held by the endpoints of v1, whichever is asked for.
    return gaps.unlabelled(draft, *gaps.OF_NO_SESSION, api="v3", of="A session")


def _nothing(draft: Draft) -> Iterable[Unsayable]:
    del draft
    return ()


#: What is to be looked for in a draft, by its kind.
_GAPS: dict[str, Callable[[Draft], Iterable[Unsayable]]] = {
    "video": _video,
    "template": _template,
    "translation": _translation,
    "agent": agent.gaps,
    "lipsync": _nothing,
    "image": _image,
    "cinematic": cinematic.gaps,
    session.KIND: _session,
}


def _whole(content: VideoContent, delivery: Mapping[str, Any]) -> Iterator[Unsayable]:
    """Name what concerns the video as a whole."""
    if content.get("test"):
        yield _needs_v2("test", "A test video")
    if "folder_id" in delivery:
        yield _needs_v2("folder_id", "Putting a video into a folder")
    yield from _framed(content)


def _framed(content: VideoContent, way_out: str = "; or use `api: v2`") -> Iterator[Unsayable]:
    """Name what v3 has no frame for."""
    for name, words in _FRAME_WORDS.items():
        if content.get(name, words[0]) not in words:
            yield Unsayable(field=name, problem="v3 has no such value.", remedy=f"Write one of {', '.join(words)}.")
    if "dimension" in content:
        yield from _frame(content, way_out)


def _frame(content: VideoContent, way_out: str) -> Iterator[Unsayable]:
    size, found = content["dimension"], named(content["dimension"])
    if found is None:
        problem = f"v3 has no frame of {size['width']}x{size['height']}."
        yield Unsayable(field="dimension", problem=problem, remedy=f"The nearest is {nearest(size)}{way_out}.")
        return
    for name, value in zip(("resolution", "aspect_ratio"), found, strict=True):
        if content.get(name, value) != value:
            problem = f"It contradicts the dimension, which is {found[0]} and {found[1]}."
            yield Unsayable(field=name, problem=problem, remedy="Leave one of the two out.")


def _extras(content: VideoContent) -> tuple[str, ...]:
    """Give the extra fields that a video like this can hold."""
    people = {scene["character"]["type"] for scene in content["scenes"] if "character" in scene}
    spoken = any(scene.get("voice", {}).get("type") in {"text", "audio"} for scene in content["scenes"])
    known = (*studio.EXTRAS, *(studio.SCENE_EXTRAS if people else ())) if studio.composed(content) else video.EXTRAS
    # An image has no engine to choose.
    return (*known, *(("engine",) if people - {"image"} else ()), *(SETTINGS if spoken else ()))


def _scene(scene: Scene, *, alone: bool) -> Iterator[Unsayable]:
    voice, background = scene.get("voice"), scene.get("background")
    if "emotion" in (voice or {}):
        yield _needs_v2("emotion", "An emotion")
    if "character" in scene:
        yield from _character(scene["character"])
        yield from _acted(scene["character"], voice)
        yield from _behind(scene["character"], background, alone=alone)
    elif background is None or background["type"] == "color":
        field = "background_color" if background else "avatar_id"
        problem = "v3 has no scene without a character, an image or a video."
        yield Unsayable(field=field, problem=problem, remedy="Say who or what is seen, or use `api: v2`.")
    elif background["type"] == "image":
        yield from _still(voice, background)
    else:
        yield from _clip(voice, background)


def _character(character: Character) -> Iterator[Unsayable]:
    if character.get("style", "normal") != "normal":
        yield _needs_v2("avatar_style", f'The style "{character["style"]}"')
    if character.get("scale", 1) != 1:
        yield _needs_v2("scale", "A character of another size")
    offset = character.get("offset")
    for axis, shift in (("offset_x", offset["x"]), ("offset_y", offset["y"])) if offset else ():
        if shift:
            yield _needs_v2(axis, "A character out of the middle")
    yield from _looks(character)


def _looks(character: Character) -> Iterator[Unsayable]:
    for name in older.LOOKS:
        if name in character and _says_something(name, character.get(name)):
            yield _needs_v2(name, f'"{name}"')


def _acted(character: Character, voice: Voice | None) -> Iterator[Unsayable]:
    if voice is None or voice["type"] == "silence":
        yield _needs_v2("silence" if voice else "script", "A silent character")
    elif character["type"] == "image":
        yield from _voiced(voice)


def _voiced(voice: Voice) -> Iterator[Unsayable]:
    """Only an avatar has a voice of its own to fall back on."""
    if voice["type"] == "text" and "voice_id" not in voice:
        problem = "An image has no voice of its own."
        yield Unsayable(field="voice_id", problem=problem, remedy="Say which voice speaks.")


def _behind(character: Character, background: Background | None, *, alone: bool) -> Iterator[Unsayable]:
    if background is None:
        return
    if background["type"] == "video":
        yield _needs_v2("background_video", "A video background")
        return
    if background["type"] == "image" and not alone:
        yield _needs_v2("background_image", "An image behind the character of one of several scenes")
    elif character["type"] == "image" and not alone:
        yield _needs_v2("background_color", "A colour behind an image that speaks, in one of several scenes")
    yield from _fitted(background)


def _fitted(background: Background, *plays: str) -> Iterator[Unsayable]:
    # The reference has every scene cropped to the frame, which is what "cover" asks for.
    if background.get("fit", "cover") != "cover":
        yield _needs_v2("fit", f'The fit "{background["fit"]}"')
    if "play_style" in background and background["play_style"] not in plays:
        yield _needs_v2("play_style", f'The play style "{background["play_style"]}"')


def _still(voice: Voice | None, background: Background) -> Iterator[Unsayable]:
    yield from _fitted(background)
    if voice is None:
        problem = "Nothing tells how long the image is shown."
        yield Unsayable(field="silence", problem=problem, remedy="Write the seconds, or a script with its voice.")
    else:
        yield from _voiced(voice)


def _clip(voice: Voice | None, background: Background) -> Iterator[Unsayable]:
    # A clip is a scene of its own in v3: it plays to its end with its own sound.
    yield from _fitted(background, "full_video")
    if voice is None:
        return
    if voice["type"] != "silence":
        yield _needs_v2("background_video", "A voice over a video")
    elif background.get("play_style") != "full_video":
        problem = "A video without a character plays to its own end in v3."
        remedy = "Write `play_style: full_video` if that is meant, or use `api: v2`."
        yield Unsayable(field="silence", problem=problem, remedy=remedy)
