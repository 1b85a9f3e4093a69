"""The fields of each kind in the words of JSON Schema, made from the words and the parsers that read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.kinds import columns
from batchgen.kinds.languages import NAMES, SHORT
from batchgen.kinds.nesting import BACKGROUNDS, GROUPS, INNER, NESTED, TYPES
from batchgen.kinds.scene import ALIASES, FIELDS
from batchgen.kinds.shapes import GROUP, TEXT, Shape, any_case, caseless, several_shape, shape_of, word_shape
from batchgen.kinds.variables import CHARACTER_IDS, PROPERTIES
from batchgen.kinds.variables import TYPES as VARIABLES
from batchgen.kinds.video import SCENE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchgen.kinds.interface import Kind
    from batchgen.kinds.shapes import Parser

#: A text that is filled in for every row.
EXPRESSION: Shape = {"type": "string", "pattern": r"\{[{%]"}
#: What stands for nothing.
NOTHING: Shape = {"anyOf": [{"type": "null"}, {"type": "string", "pattern": r"^\s*$"}]}
#: What stands for nothing in a field.
EMPTY: Shape = {"anyOf": [{"type": "array", "maxItems": 0}, {"type": "object", "maxProperties": 0}]}
#: What they are called in the whole schema.
_OPEN = tuple({"$ref": f"#/$defs/{name}"} for name in ("expression", "nothing", "empty"))

_SECURE, _LOOPBACK = r"[Hh][Tt][Tt][Pp][Ss]://[^\s/?#]", r"[Hh][Tt][Tt][Pp]://([Ll]ocalhost|127\.|\[::1\])"
_LINK = rf"^\s*({_SECURE}|{_LOOPBACK})\S*\s*$"
_ASSET = r"^\s*[Aa][Ss][Ss][Ee][Tt]:"
_CLOCK = r"^\s*((\d+:)?\d{1,2}:\d{2}(\.\d+)?|[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?)\s*$"
_WIDTH_AND_HEIGHT = {"width": TEXT, "height": TEXT}
_SPOKEN: Shape = {"anyOf": [{"$ref": "#/$defs/language"}, *_OPEN]}
_MEDIUM: Shape = {"anyOf": [{"type": "string", "pattern": f"{_LINK}|{_ASSET}"}, {"type": "object"}]}
_TEXT_OR_GROUP: Shape = {"type": [*TEXT["type"], "object"]}

#: What the parsers take that are no choice and no number.
_TAKEN: dict[Parser, Shape] = {
    columns.text: TEXT,
    columns.word: TEXT,
    columns.own_id: TEXT,
    columns.yes_no: {
        "anyOf": [
            {"type": "boolean"},
            {"enum": [0, 1]},
            {"type": "string", "pattern": caseless(columns.YES | columns.NO)},
        ]
    },
    columns.seconds: {
        "anyOf": [{"type": "number", "minimum": 0, "maximum": 86_400}, {"type": "string", "pattern": _CLOCK}]
    },
    columns.link: {"type": "string", "pattern": _LINK},
    columns.colour: {"type": ["string", "integer"], "pattern": r"^\s*#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})\s*$"},
    columns.size: {
        "anyOf": [
            {"type": "string", "pattern": "^\\s*\\d+\\s*[x\u00d7*]\\s*\\d+\\s*$"},
            {
                "type": "object",
                "properties": _WIDTH_AND_HEIGHT,
                "required": list(_WIDTH_AND_HEIGHT),
                "additionalProperties": False,
            },
        ]
    },
    columns.several: several_shape(TEXT),
    columns.group: {"type": "object"},
    columns.settings: {"type": "object"},
}

#: What fields take that no parser of a single cell tells.
_OF_FIELDS: dict[str, Shape] = {
    **dict.fromkeys(("output_language", "output_languages"), several_shape(_SPOKEN)),
    **dict.fromkeys(
        ("url", "audio", "srt", "image", "image_url", "background_image", "background_video", "audio_url"), _MEDIUM
    ),
    **dict.fromkeys(("files", "references"), several_shape(_MEDIUM)),
    **dict.fromkeys(("file", "asset_id", "audio_asset_id", "image_asset_id", "video_asset_id"), TEXT),
    **dict.fromkeys(("engine", "subtitles"), _TEXT_OR_GROUP),
    "script": TEXT,
    "variables": {"type": "object", "additionalProperties": {"$ref": "#/$defs/variable"}},
    "scenes": {"type": "array", "minItems": 1, "maxItems": SCENE_LIMIT, "items": {"$ref": "#/$defs/scene"}},
    **{part: {"$ref": f"#/$defs/{part}"} for part in (*TYPES, "background")},
    **{group: {"type": "object"} for group in GROUPS},
}


def definitions() -> dict[str, Shape]:
    """Give what the fields refer to."""
    return {
        "expression": EXPRESSION,
        "nothing": NOTHING,
        "empty": EMPTY,
        "language": word_shape(NAMES, also=SHORT),
        "variable": _variable(),
        "scene": _closed(_properties(FIELDS, ALIASES) | {part: _field(part, None) for part in NESTED}),
        **{part: _part(part) for part in TYPES},
        "background": _background(),
    }


def fields(kind: Kind) -> dict[str, Shape]:
    """Give every field of a kind, by each name that it has, with what may stand there."""
    return _properties({name: kind.parsers.get(name) for name in sorted(kind.words.fields)}, kind.words.aliases)


def prefixes(kinds: Iterable[Kind]) -> dict[str, Shape]:
    """Give what belongs to some kinds by how its name begins."""
    return {rf"^\s*{any_case(prefix)}": TEXT for kind in kinds for prefix in kind.words.prefixes}


def _properties(parsers: Mapping[str, Parser | None], aliases: Mapping[str, str]) -> dict[str, Shape]:
    found = {name: _field(name, parse) for name, parse in parsers.items()}
    return found | {other: found[name] for other, name in aliases.items() if name in found}


def _field(name: str, parse: Parser | None) -> Shape:
    # A group that a kind reads by itself is another than that of the same name in a scene.
    shape = None if parse is not None and shape_of(parse) is GROUP else _OF_FIELDS.get(name)
    if shape is None and parse is not None:
        shape = _TAKEN.get(parse) or shape_of(parse)
    return {"anyOf": [shape, *_OPEN]} if shape else {}


def _closed(properties: dict[str, Shape]) -> Shape:
    """Describe a group with these keys, in any case, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "patternProperties": {caseless(properties): {}},
        "additionalProperties": False,
    }


def _variable() -> Shape:
    names = {name: parse for parsers in PROPERTIES.values() for name, parse in parsers.items() if name != "type"}
    properties = {
        name: _field(name if name in {"url", "asset_id", "file"} else "", parse) for name, parse in names.items()
    }
    properties |= {name: {"anyOf": [TEXT, *_OPEN]} for name in ("name", *CHARACTER_IDS)}
    properties["type"] = {"anyOf": [word_shape((*VARIABLES, *CHARACTER_IDS.values())), _OPEN[0]]}
    properties["properties"] = {"type": "object"}
    group = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"anyOf": [TEXT, {"type": "null"}, group]}


def _part(part: str) -> Shape:
    """Describe who is seen, or what is heard, as the API's documents nest it."""
    properties: dict[str, Shape] = {key: _field(name, FIELDS[name]) for key, name in INNER[part].items()}
    properties["type"] = {"anyOf": [{"enum": list(TYPES[part])}, *_OPEN]}
    if part != "character":
        return {"type": "object", "properties": properties, "additionalProperties": False}
    axis = _field("", FIELDS["offset_x"])
    properties["offset"] = {"anyOf": [{"type": "object", "properties": {"x": axis, "y": axis}}, *_OPEN]}
    group = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"anyOf": [group, {"type": "string", "pattern": caseless(("none",))}]}


def _background() -> Shape:
    return {
        "anyOf": [
            {
                "type": "object",
                "properties": {"type": {"anyOf": [{"const": kind}, {"type": "string", "pattern": rf"^\s*{kind}\s*$"}]}}
                | {key: _field(name, FIELDS[name]) for key, name in inner.items()},
                "required": ["type"],
                "additionalProperties": False,
            }
            for kind, inner in BACKGROUNDS.items()
        ]
    }
