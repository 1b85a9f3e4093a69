"""One scene of a video: who is seen, what is heard, and what stands behind.

A scene is written with flat fields, as the columns of a sheet are (``avatar_id``, ``script``, …), or nested as the
API's documents show it (``character``, ``voice``, ``background``). Nested scenes are flattened first, so that there is
one reading of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.kinds.columns import Wrong, choice, colour, number, text, word, yes_no
from batchgen.kinds.free import LINK, WORD, Free
from batchgen.kinds.media import asset, audio, image, video
from batchgen.kinds.reading import only
from batchgen.kinds.variables import FIT, PLAY_STYLE
from batchgen.model.vocabulary import bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchgen.kinds.reading import Reading
    from batchgen.kinds.shapes import Parser

#: Letters in one script. v3's published limit; the older pages say 2000, and 1500 before that.
SCRIPT_LIMIT = 5000


def _script(value: Any) -> str:
    given = text(value)
    if len(given) > SCRIPT_LIMIT:
        raise Wrong(
            f"The script has {len(given)} letters.",
            f"At most {SCRIPT_LIMIT} are spoken at once: shorten it, or spread it over scenes.",
        )
    if not bare(given):
        raise Wrong("The script is empty.", "Write what is to be said.")
    return given


def _spoken(given: str) -> str | None:
    return given if len(given) <= SCRIPT_LIMIT and bare(given) else None


_CHARACTER: dict[str, Parser] = {
    "avatar_id": word,
    "talking_photo_id": word,
    "image_url": image,
    "avatar_style": choice("normal", "closeUp", "circle", "square"),
    "scale": number(0, 5),
    "offset_x": number(-10, 10),
    "offset_y": number(-10, 10),
    "matting": yes_no,
    "circle_background_color": colour,
    "talking_style": choice("stable", "expressive"),
    "expression": choice("default", "happy"),
    "super_resolution": yes_no,
}
_VOICE: dict[str, Parser] = {
    "script": _script,
    "voice_id": word,
    "speed": number(0.5, 1.5),
    "pitch": number(-50, 50),
    "emotion": choice("Excited", "Friendly", "Serious", "Soothing", "Broadcaster"),
    "audio_url": audio,
    "audio_asset_id": asset("audio"),
    "silence": number(1, 100),
}
_BACKGROUND: dict[str, Parser] = {
    "background_color": colour,
    "background_image": image,
    "background_video": video,
    "image_asset_id": asset("image"),
    "video_asset_id": asset("video"),
    "play_style": PLAY_STYLE,
    "fit": FIT,
}

#: Every flat field of a scene.
FIELDS: dict[str, Parser] = {**_CHARACTER, **_VOICE, **_BACKGROUND}

#: Those whose texts go into the scene as they are.
FREE = {
    "script": Free(_spoken),
    **dict.fromkeys(("avatar_id", "talking_photo_id", "voice_id"), WORD),
    **dict.fromkeys(("image_url", "audio_url", "background_image", "background_video"), LINK),
}

#: Other spellings of them, those of the API's documents among them.
ALIASES = {
    "input_text": "script",
    "talking_photo_style": "avatar_style",
    "background_colour": "background_color",
    "circle_background_colour": "circle_background_color",
}

WHO = ("avatar_id", "talking_photo_id", "image_url")
SOUND = ("script", "audio_url", "audio_asset_id", "silence")
BEHIND = ("background_color", "background_image", "background_video", "image_asset_id", "video_asset_id")

#: What else v2 lets be said of how an avatar looks, and of a talking photo.
LOOKS_OF_ALL = ("matting", "circle_background_color")
LOOKS = (*LOOKS_OF_ALL, "talking_style", "expression", "super_resolution")

_STYLES = {"avatar_id": ("normal", "closeUp", "circle"), "talking_photo_id": ("square", "circle")}


def one_of(reading: Reading, given: Iterable[str], fields: tuple[str, ...], places: Mapping[str, str]) -> str | None:
    """Give the one of some fields that is filled in; two are a fault, where one is not but what holds by default."""
    filled = reading.own({field: places.get(field, field) for field in fields if field in given})
    for field in filled[1:]:
        reading.fault(
            places.get(field, field),
            f'It stands beside "{places.get(filled[0], filled[0])}", and a scene has one of the two.',
            "Leave one of them empty.",
        )
    return filled[0] if filled else None


def scene(
    reading: Reading, given: Mapping[str, Any], places: Mapping[str, str], *, bare: bool = False
) -> dict[str, Any]:
    """Give one scene of the model from its flat fields, noting what is wrong with it.

    ``bare`` allows a scene without a character, as long as something stands behind its voice.
    """
    values = reading.read(given, FIELDS, {field: places.get(field, field) for field in given})
    who = one_of(reading, given, WHO, places)
    sound = one_of(reading, given, SOUND, places)
    behind = one_of(reading, given, BEHIND, places)
    if who is None and not (bare and behind):
        reading.missing(
            places.get("avatar_id", "avatar_id"),
            "Nobody is to be seen.",
            'Write an "avatar_id", a "talking_photo_id" or an "image_url".',
        )
    if sound is None:
        reading.missing(
            places.get("script", "script"),
            "Nothing is to be heard.",
            'Write a "script", or fill in "audio_url", "audio_asset_id" or "silence".',
        )
    parts = {
        "character": _character(reading, who, values, places),
        "voice": _voice(sound, values),
        "background": _background(behind, values),
    }
    return {name: part for name, part in parts.items() if part}


def _character(
    reading: Reading, who: str | None, values: Mapping[str, Any], places: Mapping[str, str]
) -> dict[str, Any]:
    if who not in values:
        return {}
    if who == "image_url":
        found: dict[str, Any] = {"type": "image", "media": values[who]}
    else:
        found = {"type": str(who).removesuffix("_id"), "id": values[str(who)]}
        found |= _style(reading, str(who), values, places)
        found |= only(values, LOOKS if who == "talking_photo_id" else LOOKS_OF_ALL)
    if "scale" in values:
        found["scale"] = values["scale"]
    if "offset_x" in values or "offset_y" in values:
        found["offset"] = {"x": values.get("offset_x", 0.0), "y": values.get("offset_y", 0.0)}
    return found


def _style(reading: Reading, who: str, values: Mapping[str, Any], places: Mapping[str, str]) -> dict[str, str]:
    style = values.get("avatar_style")
    if style is None:
        return {}
    if style not in _STYLES[who]:
        said = "An avatar" if who == "avatar_id" else "A talking photo"
        reading.fault(
            places.get("avatar_style", "avatar_style"),
            f'{said} has no style "{style}".',
            f"Choose from: {', '.join(_STYLES[who])}.",
        )
    return {"style": style}


def _voice(sound: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
    if sound is None or sound not in values:
        return {}
    if sound == "script":
        return {"type": "text", **only(values, ("script", "voice_id", "speed", "pitch", "emotion"))}
    if sound == "silence":
        return {"type": "silence", "duration": values[sound]}
    return {"type": "audio", "media": values[sound]}


def _background(behind: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
    if behind is None or behind not in values:
        return {}
    if behind == "background_color":
        return {"type": "color", "value": values[behind]}
    if behind in ("background_image", "image_asset_id"):
        return {"type": "image", "media": values[behind], **only(values, ("fit",))}
    return {"type": "video", "media": values[behind], **only(values, ("play_style", "fit"))}
