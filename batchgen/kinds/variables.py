"""The variables of a template: text, image, video, audio, character and voice.

A variable may be written as the API's own documents show it (``type`` and ``properties``), or short, with the
properties beside the type: ``{type: image, url: https://…}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from batchgen.kinds.columns import choice, text, word
from batchgen.kinds.media import asset, file, medium

if TYPE_CHECKING:
    from batchgen.kinds.reading import Reading
    from batchgen.kinds.shapes import Parser
    from batchgen.model.content import Variable

TYPES = ("text", "image", "video", "audio", "character", "voice")

#: How a medium fills its place, and how a clip is played in a scene that is longer or shorter.
FIT = choice("cover", "crop", "contain", "none")
PLAY_STYLE = choice("fit_to_scene", "freeze", "loop", "once", "full_video")


def _medium(sort: str) -> dict[str, Parser]:
    return {"url": medium(sort), "asset_id": asset(sort), "file": file(sort)}


#: What a variable of each type may say.
PROPERTIES: dict[str, dict[str, Parser]] = {
    "text": {"content": text},
    "image": {**_medium("image"), "fit": FIT},
    "video": {**_medium("video"), "fit": FIT, "play_style": PLAY_STYLE},
    "audio": _medium("audio"),
    "character": {"type": choice("avatar", "talking_photo"), "character_id": word},
    "voice": {"voice_id": word, "locale": word},
}
#: How a medium may be named.
_WAYS = ("url", "asset_id", "file")
_NEEDED = {"text": "content", "character": "character_id", "voice": "voice_id"}
# A character is often written by the field that a video row would use for it.
CHARACTER_IDS = {"avatar_id": "avatar", "talking_photo_id": "talking_photo"}


def text_variable(name: str, content: str) -> Variable:
    """Give a text variable."""
    return {"name": name, "type": "text", "properties": {"content": content}}


def variable(reading: Reading, name: str, value: Any) -> Variable | None:
    """Read one variable, or note what is wrong with it and give None."""
    place = f"variables.{name}"
    if not isinstance(value, Mapping):
        plain = reading.read({place: value}, {place: text}).get(place)
        return None if plain is None else text_variable(name, plain)
    kind, given = _shape(value)
    faults = len(reading.faults)
    _beside(reading, place, value)
    named = f"{place}.name"
    own = reading.read({named: value.get("name")}, {named: word}).get(named) if value.get("name") else name
    kind = reading.read({f"{place}.type": kind}, {f"{place}.type": choice(*TYPES)}).get(f"{place}.type", "")
    properties = _properties(reading, place, kind, given) if kind else {}
    if len(reading.faults) > faults:
        return None
    return {"name": own or name, "type": kind, "properties": properties}


def _shape(value: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Tell the type and the properties apart, whether written in full or short."""
    kind = value.get("type", "text")
    inner = value.get("properties")
    if isinstance(inner, Mapping):
        given = dict(inner)
    else:
        given = {key: one for key, one in value.items() if key not in ("name", "type")}
    if kind in CHARACTER_IDS.values():
        given.setdefault("type", kind)
        kind = "character"
    for field, meant in CHARACTER_IDS.items():
        if kind == "character" and field in given:
            given |= {"type": meant, "character_id": given.pop(field)}
    return kind, given


def _beside(reading: Reading, place: str, value: Mapping[str, Any]) -> None:
    """Note what stands beside the properties of a variable that is written in full: nothing would be made of it."""
    if isinstance(value.get("properties"), Mapping):
        for key in sorted(value.keys() - {"name", "type", "properties"}):
            reading.fault(f"{place}.{key}", f'"{key}" means nothing beside "properties".', "Write it among these.")


def _properties(reading: Reading, place: str, kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """Read the properties that this type of variable has, and require those that it needs."""
    parsers = PROPERTIES[kind]
    for key in given:
        if key not in parsers:
            reading.stranger(f"{place}.{key}", key, parsers)
    places = {key: f"{place}.{key}" for key in given}
    values = reading.read(given, parsers, places)
    needed = _NEEDED.get(kind)
    if needed is None:
        return _file(reading, place, values, given)
    if not given.get(needed) and needed != "content":
        reading.fault(place, f"A {kind} variable needs a {needed}.", f'Write "{needed}" beside its type.')
    elif needed not in given:
        reading.fault(place, "A text variable needs its content.", 'Write "content" beside its type.')
    if kind == "character":
        values.setdefault("type", "avatar")
    return values


def _file(reading: Reading, place: str, values: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Give the properties of a medium, with exactly one way of naming it among them."""
    named, said = ([key for key in _WAYS if given.get(key)], [key for key in _WAYS if key in given])
    if not named and len(said) == 1 and said[0] not in values:
        return {}  # One way was chosen, and that it leads nowhere is told: an empty cell is one mistake.
    if len(named) != 1:
        reading.fault(place, "A file is either a link or an asset.", 'Write exactly one of "url" and "asset_id".')
        return {}
    # A link may be written as "asset:ID", as everywhere else: what was meant tells what is sent.
    meant = values.get(named[0], {})
    return {**meant, **{key: value for key, value in values.items() if key not in _WAYS}}
