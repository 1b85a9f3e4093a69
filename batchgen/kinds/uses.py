"""Fields that say how something is shown or heard: where a row says so and there is nothing of the sort, it is told.

Without a word they would be left out, and the video paid for without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.kinds.scene import FIELDS
from batchgen.model.meaning import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchgen.kinds.reading import Reading

Scene = dict[str, Any]


def _is(part: str, *types: str) -> Callable[[Scene], bool]:
    return lambda scene: scene.get(part, {}).get("type") in types


_READ = (_is("voice", "text"), "It says how a text is spoken, and none is.", 'Write a "script", or leave it empty.')

#: What says nothing: such a value is no loss.
_NEUTRAL = {**LEFT_OUT, "avatar_style": "normal", "fit": "cover", "offset_x": 0.0, "offset_y": 0.0}

_CUT_OUT = (
    _is("character", "avatar", "talking_photo"),
    "It says how an avatar is cut out, and there is none.",
    'Write an "avatar_id" or a "talking_photo_id", or leave it empty.',
)
_PHOTO = (
    _is("character", "talking_photo"),
    "It says how a talking photo looks, and there is none.",
    'Write a "talking_photo_id", or leave it empty.',
)
_SEEN = (
    _is("character", "avatar", "talking_photo", "image"),
    "It says how somebody is seen, and nobody is.",
    "Say who is seen, or leave it empty.",
)

#: Field → what has a use for it, what is wrong where nothing has, and what to do.
_USES: Mapping[str, tuple[Callable[[Scene], bool], str, str]] = {
    "play_style": (
        _is("background", "video"),
        "It says how a video in the background plays, and there is none.",
        'Fill in "background_video", or leave it empty.',
    ),
    "fit": (
        _is("background", "image", "video"),
        "It says how a picture or a video in the background fills the frame, and there is none.",
        'Fill in "background_image" or "background_video", or leave it empty.',
    ),
    "speed": _READ,
    "pitch": _READ,
    "emotion": _READ,
    **dict.fromkeys(("avatar_style", "matting", "circle_background_color"), _CUT_OUT),
    **dict.fromkeys(("scale", "offset_x", "offset_y"), _SEEN),
    **dict.fromkeys(("talking_style", "expression", "super_resolution"), _PHOTO),
}


def unused(reading: Reading, said: Mapping[str, Any], places: Mapping[str, str], scenes: list[Scene]) -> None:
    """Note each such field that no scene has a use for; a default for all rows is for those of them that have one."""
    if reading.faults:
        return
    for field, (has_use, problem, remedy) in _USES.items():
        if field not in said or reading.by_default(places.get(field, field)) or any(map(has_use, scenes)):
            continue
        if FIELDS[field](said[field]) != _NEUTRAL.get(field):
            reading.fault(places.get(field, field), problem, remedy)
