"""A row that asks for one picture to speak: a script with a voice, or a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.kinds.columns import SIDES, choice, number, size, text, word, yes_no
from batchgen.kinds.free import ReadWhole
from batchgen.kinds.groups import ENGINE_SETTINGS, WATERMARK
from batchgen.kinds.media import image
from batchgen.kinds.nesting import COMPLETED, FLATTENED, SPOKEN, of_row
from batchgen.kinds.reading import COMMON, Reading, only
from batchgen.kinds.scene import FIELDS, scene
from batchgen.kinds.uses import unused
from batchgen.model.vocabulary import KindWords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchgen.kinds.shapes import Parser
    from batchgen.model.errors import Fault
    from batchgen.model.job import Draft
    from batchgen.model.row import Row

#: What is heard, one of these.
_SOUND = ("script", "audio_url", "audio_asset_id")

#: Fields of a scene that a picture shares with an avatar.
_SCENE: dict[str, Parser] = only(
    FIELDS, (*_SOUND, "voice_id", "speed", "pitch", "background_color", "background_image")
)

_CONTENT: dict[str, Parser] = {
    "dimension": size,
    "aspect_ratio": choice("16:9", "9:16", "4:5", "5:4", "1:1", "auto"),
    "resolution": choice("4k", "1080p", "720p"),
    "caption": yes_no,
}

#: What else v3 takes, under its own names.
_EXTRA: dict[str, Parser] = {
    "motion_prompt": text,
    "expressiveness": choice("high", "medium", "low"),
    "fit": choice("cover", "contain"),
    "output_format": choice("mp4", "webm"),
    "remove_background": yes_no,
    "locale": word,
    "volume": number(0, 1),
    "engine_settings": ENGINE_SETTINGS,
    "watermark": WATERMARK,
}

_WHOLE: dict[str, Parser] = COMMON | {"image": image} | _CONTENT | _EXTRA
_SPOKEN = only(_WHOLE, SPOKEN)
_UNSPOKEN = only(_WHOLE, _WHOLE.keys() - SPOKEN)

#: Groups of fields, as v3's reference nests them.
_NESTED = ("background", "voice_settings")
_OF_SCENE = frozenset({*_SCENE, *SPOKEN, *_NESTED})
_FLATTENED = {name: field for name, field in FLATTENED.items() if field in _WHOLE | _SCENE} | SIDES


class Image(ReadWhole):
    """See ``Kind``. Its content is a video's: one scene, with the picture as its character."""

    name = "image"
    parsers: Mapping[str, Parser] = _WHOLE | _SCENE
    words = KindWords(
        name="image",
        fields=frozenset({*parsers, *_NESTED}),
        aliases={"image_url": "image", "input_text": "script", "background_colour": "background_color"},
        structured=frozenset({"engine_settings", "watermark", *_NESTED}),
        flattened=_FLATTENED,
        completed=COMPLETED & {*_NESTED},
        alike=frozenset({"video"}),
    )

    def plan(self, row: Row) -> tuple[Sequence[Draft], Sequence[Fault]]:
        """See ``Kind.plan``."""
        reading = Reading(row, self.words)
        own = of_row(reading, _OF_SCENE)
        values = reading.read(row.fields, _UNSPOKEN) | reading.read(own.values, _SPOKEN, own.places)
        _check(reading)
        if reading.faults:
            return (), reading.faults
        seen = scene(reading, own.values | {"image_url": row.fields["image"]}, own.places | {"image_url": "image"})
        unused(reading, only(own.values, FIELDS), own.places, [seen])
        if reading.faults:
            return (), reading.faults
        return [_draft(reading, values, seen)], ()


def _check(reading: Reading) -> None:
    """Check that there is something to be seen, and something to be heard."""
    if "image" not in reading.row.fields:
        reading.missing("image", "The row names no picture.", "Write its https link, asset:ID or asset:./path.")
    if not any(field in reading.row.fields for field in _SOUND):
        reading.missing("script", "Nothing is to be heard.", 'Write a "script" with its "voice_id", or an "audio_url".')


def _draft(reading: Reading, values: dict[str, Any], seen: dict[str, Any]) -> Draft:
    content: dict[str, Any] = {"scenes": [seen], **only(values, _CONTENT)}
    if extra := only(values, _EXTRA):
        content["extra"] = extra
    return reading.draft(content, values)
