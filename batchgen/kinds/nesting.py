"""Flattens a scene that is nested as the API's documents show it: ``character``, ``voice``, ``background`` and others.

What comes out has the flat fields of a sheet's columns, and beside each the place where the person wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batchgen.kinds.columns import word
from batchgen.kinds.scene import ALIASES, FIELDS, LOOKS
from batchgen.model.row import BY_DEFAULT

if TYPE_CHECKING:
    from collections.abc import Collection

    from batchgen.kinds.reading import Reading

#: The parts of a scene that may be nested.
PARTS = ("character", "voice", "background")

#: How a voice speaks all through a video; what else v3 has of it, a scene may say for itself.
SPOKEN = ("volume", "locale", "engine_settings")
#: Other groups that the documents show, with the flat field that each key fills.
GROUPS: dict[str, dict[str, str]] = {
    "offset": {"x": "offset_x", "y": "offset_y"},
    "voice_settings": {"speed": "speed", "pitch": "pitch"},
}
#: Those of which a default says what a row's own leaves open; a background is one thing as a whole.
COMPLETED = frozenset({"character", "voice", *GROUPS})
#: All that may stand nested.
NESTED = (*PARTS, *GROUPS)
#: The same of the groups that stand in a row itself.
_OF_ROW = GROUPS | {"voice_settings": GROUPS["voice_settings"] | dict(zip(SPOKEN, SPOKEN, strict=True))}

#: Keys of a nested part → the flat field that each fills.
INNER: dict[str, dict[str, str]] = {
    "character": {
        "avatar_id": "avatar_id",
        "talking_photo_id": "talking_photo_id",
        "image_url": "image_url",
        "image": "image_url",
        "avatar_style": "avatar_style",
        "talking_photo_style": "avatar_style",
        "scale": "scale",
        **dict(zip(LOOKS, LOOKS, strict=True)),
    },
    "voice": {
        "input_text": "script",
        "script": "script",
        "voice_id": "voice_id",
        "speed": "speed",
        "pitch": "pitch",
        "emotion": "emotion",
        "audio_url": "audio_url",
        "audio_asset_id": "audio_asset_id",
        "duration": "silence",
    },
}
#: The same of a background, by its type.
BACKGROUNDS: dict[str, dict[str, str]] = {
    "color": {"value": "background_color"},
    "image": {
        "url": "background_image",
        "image_asset_id": "image_asset_id",
        "asset_id": "image_asset_id",
        "fit": "fit",
    },
    "video": {
        "url": "background_video",
        "video_asset_id": "video_asset_id",
        "asset_id": "video_asset_id",
        "play_style": "play_style",
        "fit": "fit",
    },
}
#: All keys of a background; a link is mostly a picture's.
_BEHIND = BACKGROUNDS["video"] | BACKGROUNDS["color"] | BACKGROUNDS["image"]
_BEHIND |= {"image_url": "background_image", "video_url": "background_video"}
#: Columns that are called after keys of these groups → the field that says it.
FLATTENED: dict[str, str] = {
    f"{part}_{key}": field
    for part, keys in (INNER | GROUPS | {"background": _BEHIND}).items()
    for key, field in keys.items()
    if field not in (f"{part}_{key}", "silence")  # A column "voice_duration" is how long somebody speaks.
}
#: The types of the other parts.
TYPES = {"character": ("avatar", "talking_photo", "image"), "voice": ("text", "audio", "silence")}

#: Keys of a nested part → the type that they belong to.
OF_TYPE = {
    "character": {
        "avatar_id": "avatar",
        "talking_photo_id": "talking_photo",
        "image_url": "image",
        "image": "image",
    },
    "voice": {
        "input_text": "text",
        "script": "text",
        "audio_url": "audio",
        "audio_asset_id": "audio",
        "duration": "silence",
    },
}


@dataclass(slots=True)
class Flat:
    """The flat fields of a scene, and where each was written."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def put(self, reading: Reading, name: str, value: Any, place: str) -> None:
        """Take one field, unless nothing is written there, or it is said already by what counts more."""
        if value is None or (isinstance(value, str) and not value.strip()):
            return
        if name not in self.values or self._gives_way(reading, name, value, place):
            self.values[name] = value
            self.places[name] = place

    def _gives_way(self, reading: Reading, name: str, value: Any, place: str) -> bool:
        """Tell whether what was said before of a field counts less; two that count the same must agree."""
        before = self.places.get(name, name)
        more = reading.weight(place) - reading.weight(before)
        if not more and value != self.values[name]:
            reading.fault(place, f'It says something else than "{before}".', "Keep one of the two.")
        return more > 0


def of_row(reading: Reading, names: Collection[str]) -> Flat:
    """Give the flat fields of the scene that those fields of a row make which have such a name."""
    fields = reading.row.fields
    given = {field: value for field, value in fields.items() if field in names or _is_completion(fields, field)}
    return flatten(reading, given) if any(group in given for group in NESTED) else Flat(values=given)


def _is_completion(fields: Mapping[str, Any], field: str) -> bool:
    """Tell whether a field is a group that holds by default, and is about the same as the row's own."""
    part = field.removeprefix(BY_DEFAULT)
    if part == field or part not in fields:
        return False
    return len({_type(part, fields[field]), _type(part, fields[part])} - {None}) <= 1


def _type(part: str, group: Mapping[str, Any]) -> str | None:
    """Give the type of a nested part, as it is said or as its keys tell."""
    told = (OF_TYPE.get(part, {}).get(key) for key, value in group.items() if value not in ("", None))
    return str(group.get("type") or "").strip().casefold() or next(filter(None, told), None)


def flatten(reading: Reading, given: Mapping[str, Any], place: str = "") -> Flat:
    """Give the flat fields of a scene; keys that mean nothing are noted as faults."""
    flat = Flat()
    before, groups = (f"{place}.", GROUPS) if place else ("", _OF_ROW)
    for key, value in given.items():
        name = key.removeprefix(BY_DEFAULT).strip().casefold()
        name = ALIASES.get(name, name)
        if name in PARTS:
            _part(reading, flat, name, value, f"{before}{key}")
        elif name in groups:
            _group(reading, flat, groups[name], value, f"{before}{key}")
        elif name in FIELDS or (name in SPOKEN and not place):
            flat.put(reading, name, value, f"{before}{key}")
        else:
            reading.stranger(f"{before}{key}", key, {*FIELDS, *ALIASES, *PARTS, *groups})
    return flat


def _part(reading: Reading, flat: Flat, part: str, value: Any, place: str) -> None:
    if part == "character" and isinstance(value, str) and value.strip().casefold() == "none":
        flat.put(reading, part, "none", place)
        return
    if not isinstance(value, Mapping):
        _no_group(reading, place, "type")
        return
    inner = _inner(reading, part, value, place)
    if inner is None:
        return
    for key, one in value.items():
        if key == "offset" and part == "character":
            _group(reading, flat, GROUPS[key], one, f"{place}.{key}")
        elif key in inner:
            flat.put(reading, inner[key], one, f"{place}.{key}")
        elif key != "type":
            reading.stranger(f"{place}.{key}", key, {*inner, "type"})
    _agrees(reading, part, value, place)
    if part == "voice" and value.get("type") == "silence":
        flat.values.setdefault("silence", 1.0)  # The API's own default.


def _group(reading: Reading, flat: Flat, inner: Mapping[str, str], value: Any, place: str) -> None:
    if value in ("", None):
        return
    if not isinstance(value, Mapping):
        _no_group(reading, place, next(iter(inner)))
        return
    for key, one in value.items():
        if key in inner:
            flat.put(reading, inner[key], one, f"{place}.{key}")
        else:
            reading.stranger(f"{place}.{key}", key, inner)


def _no_group(reading: Reading, place: str, key: str) -> None:
    name = place.rpartition(".")[2]
    reading.fault(place, "Here belongs a group of values.", f'Write keys such as "{key}" under "{name}".')


def _agrees(reading: Reading, part: str, value: Mapping[str, Any], place: str) -> None:
    """Note a type that what stands beside it contradicts: one of the two would be left out."""
    said = word(value.get("type") or "")
    for key, kind in OF_TYPE.get(part, {}).items():
        if said and kind != said and value.get(key) not in ("", None):
            reading.fault(
                f"{place}.type", f'It is "{said}", and "{key}" beside it is for "{kind}".', f'Write "{kind}".'
            )


def _inner(reading: Reading, part: str, value: Mapping[str, Any], place: str) -> Mapping[str, str] | None:
    """Tell which keys this part may have, by its type."""
    kind = word(value.get("type") or "")
    types = TYPES.get(part, tuple(BACKGROUNDS))
    if kind not in types and (kind or part == "background"):
        reading.fault(f"{place}.type", f'"{kind}" is no type of {part}.', f"Choose from: {', '.join(types)}.")
        return None
    return INNER.get(part) or BACKGROUNDS[kind]
