"""The JSON Schema of a YAML manifest, made from the words that its reader knows, so that editors can help to write it.

A value may always be left empty, and any text may hold expressions. Names are proposed as they are told in the
documents; others that mean the same (in capitals, with another spelling) are taken as they are when it is run.
"""

from __future__ import annotations

from typing import Any

from batchgen.kinds import KINDS
from batchgen.kinds.schema import definitions, fields, prefixes
from batchgen.kinds.shapes import TEXT, Shape, caseless, word_shape
from batchgen.manifest.settings import APIS, STRUCTURES

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_NOTHING: Shape = {"$ref": "#/$defs/nothing"}

#: The keys of a manifest, for those who write one.
_ABOUT = {
    "kind": "What every row makes. Without it each row tells by its own fields.",
    "api": "The generation of HeyGen's API. The newer one unless said otherwise.",
    "rows": "The sheet, beside this file or by link; or the rows themselves. Without it: one row.",
    "defaults": "Fields where a row says nothing.",
    "fields": "Fields whatever a row says. {{ name }} is a column of the sheet.",
    "foreach": "Lists of values: every row once for each, and lists multiply.",
    "variables": "The template's variables: a text, or a group with its type.",
    "scenes": "The scenes of each video. What one leaves open it takes from its row.",
    "output": "The name of each video's file, with folders if you like.",
}


def manifest_schema() -> dict[str, Any]:
    """Describe a YAML manifest."""
    told: dict[str, Shape] = {
        "kind": _or_nothing(word_shape(KINDS)),
        "api": _or_nothing(word_shape(APIS)),
        "variables": _or_nothing(_field("template", "variables")),
        "scenes": _or_nothing(_field("video", "scenes")),
        "output": _or_nothing(TEXT),
    }
    parts = {f"{name}_{part}": shape for name in (*KINDS, "any") for part, shape in _parts(name).items()}
    return {
        "$schema": DIALECT,
        "title": "A batchgen manifest",
        "type": "object",
        "properties": {name: {"description": about} | told.get(name, {}) for name, about in _ABOUT.items()},
        "additionalProperties": False,
        "allOf": [*map(_of_kind, KINDS), _of_no_kind()],
        "$defs": definitions() | parts,
    }


def _field(kind: str, name: str) -> Shape:
    """Refer to what a field may hold, which stands once in the whole schema."""
    return {"$ref": f"#/$defs/{kind}_mapping/properties/{name}"}


def _parts(name: str) -> dict[str, Shape]:
    """Describe the parts of a manifest that hold the fields of a kind, or of any."""
    kinds = [KINDS[name]] if name in KINDS else list(KINDS.values())
    known: dict[str, list[Shape]] = {}
    for kind in kinds:
        for key in fields(kind):
            known.setdefault(key, []).append(_field(kind.name, key))
    referred: dict[str, Shape] = {key: of[0] if len(of) == 1 else {"anyOf": of} for key, of in known.items()}
    open_ended = prefixes(kinds)
    lists = {key: {"type": "array", "minItems": 1, "items": shape} for key, shape in referred.items()}
    return {
        "mapping": {
            "type": "object",
            "properties": fields(KINDS[name]) if name in KINDS else referred,
            "patternProperties": {caseless(known): {}, **open_ended},
            "additionalProperties": False,
        },
        "lists": {"type": "object", "properties": lists, "additionalProperties": {"type": "array", "minItems": 1}},
        "row": {"type": "object", "properties": referred, "patternProperties": open_ended},
    }


def _of_kind(name: str) -> Shape:
    said = {"properties": {"kind": {"type": "string", "pattern": caseless((name,))}}, "required": ["kind"]}
    foreign = [one for one in STRUCTURES if one not in KINDS[name].words.fields]
    return {"if": said, "then": {"properties": _uses(name) | dict.fromkeys(foreign, _NOTHING)}}


def _of_no_kind() -> Shape:
    said = {"properties": {"kind": {"type": "string", "pattern": r"\S"}}, "required": ["kind"]}
    return {"if": said, "else": {"properties": _uses("any")}}


def _uses(name: str) -> dict[str, Shape]:
    mapping, lists, row = ({"$ref": f"#/$defs/{name}_{part}"} for part in ("mapping", "lists", "row"))
    return {
        "defaults": _or_nothing(mapping),
        "fields": _or_nothing(mapping),
        "foreach": _or_nothing(lists),
        "rows": _or_nothing({"anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": row}]}),
    }


def _or_nothing(shape: Shape) -> Shape:
    return {"anyOf": [shape, _NOTHING]}
