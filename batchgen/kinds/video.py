"""A row that asks for one avatar video: one scene from its columns, or up to 50 from ``scenes``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from batchgen.kinds.columns import SIDES, Wrong, choice, number, shown, size, text, word, yes_no
from batchgen.kinds.free import EVERYWHERE, Free
from batchgen.kinds.groups import ENGINE, ENGINE_SETTINGS, WATERMARK, subtitles
from batchgen.kinds.nesting import COMPLETED, FLATTENED, NESTED, SPOKEN, Flat, flatten, of_row
from batchgen.kinds.reading import COMMON, Reading, only
from batchgen.kinds.scene import ALIASES, BEHIND, FIELDS, FREE, SOUND, WHO, scene
from batchgen.kinds.shapes import number_shape, shaped
from batchgen.kinds.uses import unused
from batchgen.model.vocabulary import KindWords

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.kinds.shapes import Parser
    from batchgen.model.errors import Fault
    from batchgen.model.job import Draft
    from batchgen.model.row import Row

#: Scenes of one video, by the reference of both generations.
SCENE_LIMIT = 50


def _engine(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(ENGINE(value))
    return {"type": choice("avatar_iii", "avatar_iv", "avatar_v")(value)}


def _scenes(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Wrong(f"{shown(value)} is not a list of scenes.", 'Write one "- " before each scene.')
    if not 1 <= len(value) <= SCENE_LIMIT:
        raise Wrong(f"The video has {len(value)} scenes.", f"It needs 1 to {SCENE_LIMIT}.")
    return value


def _frames_a_second(value: Any) -> int | float:
    rate = number(1, 120)(value)
    return int(rate) if rate.is_integer() else rate


shaped(_frames_a_second, number_shape(1, 120))

_CONTENT: dict[str, Parser] = {
    "dimension": size,
    "aspect_ratio": choice("16:9", "9:16", "4:5", "5:4", "1:1", "auto"),
    "resolution": choice("4k", "1080p", "720p"),
    "caption": yes_no,
    "test": yes_no,
}

#: What else v2 takes, and then v3, each under its own names.
_EXTRA: dict[str, Parser] = {
    "caption_mode": choice("file_only", "burn_in"),
    "enable_watermark": yes_no,
    "fps": _frames_a_second,
    "subtitles": subtitles,
    "motion_prompt": text,
    "expressiveness": choice("high", "medium", "low"),
    "engine": _engine,
    "engine_settings": ENGINE_SETTINGS,
    "output_format": choice("mp4", "webm"),
    "remove_background": yes_no,
    "locale": word,
    "volume": number(0, 1),
    "watermark": WATERMARK,
}

_FREE = {**EVERYWHERE, **FREE}

_WHOLE: dict[str, Parser] = COMMON | _CONTENT | _EXTRA | {"scenes": _scenes}
_SPOKEN = only(_WHOLE, SPOKEN)
#: What a row says of its scene, or of all of them.
_OF_SCENES = frozenset({*FIELDS, *NESTED, *SPOKEN})
_UNSPOKEN = only(_WHOLE, _WHOLE.keys() - SPOKEN)


class Video:
    """See ``Kind``."""

    name = "video"
    parsers: Mapping[str, Parser] = _WHOLE | FIELDS
    words = KindWords(
        name="video",
        fields=frozenset({*_WHOLE, *FIELDS, *NESTED}),
        aliases=ALIASES | {"video_inputs": "scenes"},
        marks=tuple(frozenset({field}) for field in (*WHO, "scenes", "character")),
        structured=frozenset({"scenes", "engine_settings", "watermark", *NESTED}),
        flattened=FLATTENED | SIDES,
        completed=COMPLETED,
    )

    def free(self, field: str) -> Free | None:
        """See ``Kind.free``."""
        return _FREE.get(field)

    def plan(self, row: Row) -> tuple[Sequence[Draft], Sequence[Fault]]:
        """See ``Kind.plan``."""
        reading = Reading(row, self.words)
        own = of_row(reading, _OF_SCENES)
        values = reading.read(row.fields, _UNSPOKEN) | reading.read(own.values, _SPOKEN, own.places)
        if "scenes" in row.fields:
            scenes = [_listed(reading, own, one, place) for place, one in _places(values.get("scenes", []))]
        else:
            scenes = [scene(reading, own.values, own.places)]
        # What the row itself says of "fit" may concern the whole video: see ``_extra``.
        unused(reading, only(own.values, FIELDS.keys() - {"fit"}), own.places, scenes)
        extra = _extra(reading, own, values, scenes)
        if reading.faults:
            return (), reading.faults
        return [_draft(reading, values, scenes, extra)], ()


def _places(scenes: list[Any]) -> list[tuple[str, Any]]:
    return [(f"scenes[{number}]", one) for number, one in enumerate(scenes, start=1)]


def _listed(reading: Reading, own: Flat, one: Any, place: str) -> dict[str, Any]:
    """Read one of many scenes. What it leaves open, the row's own fields say."""
    if not isinstance(one, Mapping):
        reading.fault(place, f"{shown(one)} is not a scene.", "A scene has fields, such as avatar_id and script.")
        return {}
    said = flatten(reading, one, place)
    merged = _merged(own, said)
    # Faults of a scene are told at that scene, also where a field is missing from it.
    for field in ("avatar_id", "script"):
        merged.places.setdefault(field, f"{place}.{field}")
    made = scene(reading, merged.values, merged.places, bare=True)
    unused(reading, said.values, said.places, [made])
    return made


def _merged(own: Flat, said: Flat) -> Flat:
    """Complete a scene by the row's fields, without putting a second character, voice or background into it."""
    closed: set[str] = set()
    for rivals in (WHO, SOUND, BEHIND):
        if any(field in said.values for field in rivals):
            closed |= set(rivals)
    if said.values.get("character") == "none":
        closed |= set(WHO)
    inherited = {field: value for field, value in own.values.items() if field not in closed}
    places = {field: place for field, place in own.places.items() if field in inherited}
    return Flat(values=inherited | said.values, places=places | said.places)


def _extra(reading: Reading, own: Flat, values: dict[str, Any], scenes: list[dict[str, Any]]) -> dict[str, Any]:
    extra = only(values, _EXTRA)
    if "fit" in own.values and not any("media" in one.get("background", {}) for one in scenes):
        # With nothing behind that could be fitted, it says how the character fills the frame.
        found = reading.read({"fit": own.values["fit"]}, {"fit": choice("cover", "contain", "crop", "none")}).get("fit")
        if found in ("cover", "contain"):
            extra["fit"] = found
        elif found:
            reading.fault("fit", f'"{found}" fits a background, and there is none.', "Write cover or contain.")
    return extra


def _draft(reading: Reading, values: dict[str, Any], scenes: list[dict[str, Any]], extra: dict[str, Any]) -> Draft:
    content: dict[str, Any] = {"scenes": scenes, **only(values, _CONTENT)}
    if extra:
        content["extra"] = extra
    return reading.draft(content, values)
