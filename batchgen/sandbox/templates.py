"""The templates that the sandbox has, in the shapes that v2 and v3 tell them, and the orders made from them.

An id that is not in the catalogue belongs to the user: it is taken with any variables, and told as the first template.
"""

from dataclasses import dataclass
from typing import Any

from batchgen.sandbox.fields import Fields, bad
from batchgen.sandbox.film_spec import FilmSpec
from batchgen.sandbox.job import Order
from batchgen.sandbox.orders_v2 import dimension
from batchgen.sandbox.orders_v3 import film_seconds, known

CREATED_AT = 1_754_000_000  #: Epoch seconds; the catalogue is as old as this.
_PICTURE = "https://example.com/placeholder.png"
_FITS = ("cover", "contain", "crop", "none")
_PLAY_STYLES = ("fit_to_scene", "freeze", "loop", "once", "full_video")

#: What each type of variable holds before it is replaced.
_DEFAULTS: dict[str, dict[str, Any]] = {
    "text": {"content": "Sample"},
    "image": {"url": _PICTURE, "asset_id": None, "fit": "none"},
    "video": {"url": "https://example.com/placeholder.mp4", "asset_id": None, "play_style": "loop", "fit": "cover"},
    "audio": {"url": "https://example.com/placeholder.mp3", "asset_id": None},
    "character": {"type": "avatar", "character_id": "Daisy-inskirt-20220818"},
    "voice": {"voice_id": "1bd001e7e50f421d891986aad5158bc8"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One template."""

    id: str
    alias: str  #: A short name that is taken for the id.
    name: str
    variables: dict[str, str]  #: Name to type.
    aspect_ratio: str
    size: tuple[int, int]  #: Pixels.
    scenes: tuple[tuple[str, str], ...]  #: Ids and scripts.


TEMPLATES = (
    Template(
        id="3f9c1d7a52b84e06a1c4d8e7f2b60915",
        alias="welcome",
        name="Welcome",
        variables={"first_name": "text", "company": "text"},
        aspect_ratio="16:9",
        size=(1280, 720),
        scenes=(("scene_hello", "Hello {{first_name}}, welcome to {{company}}."), ("scene_bye", "See you soon.")),
    ),
    Template(
        id="8b2e60f4c97d4153b0a6e91d7c3f5a28",
        alias="showcase",
        name="Product showcase",
        variables={
            "headline": "text",
            "product_image": "image",
            "product_clip": "video",
            "music": "audio",
            "presenter": "character",
            "presenter_voice": "voice",
        },
        aspect_ratio="16:9",
        size=(1920, 1080),
        scenes=(("scene_1", "{{headline}}"), ("scene_2", "Look at this."), ("scene_3", "Thank you.")),
    ),
    Template(
        id="c41a7e95d0364f2b8e5b9f0a6d13c782",
        alias="story",
        name="Vertical story",
        variables={"first_name": "text", "offer": "text", "photo": "image"},
        aspect_ratio="9:16",
        size=(720, 1280),
        scenes=(("scene_1", "{{first_name}}, this is for you: {{offer}}."),),
    ),
)
_BY_NAME = {name: one for one in TEMPLATES for name in (one.id, one.alias)}


def find(template_id: str) -> tuple[Template, bool]:
    """Find a template, and tell whether it is in the catalogue."""
    known("template", template_id, 40118)
    return _BY_NAME.get(template_id, TEMPLATES[0]), template_id in _BY_NAME


def variables(template: Template) -> dict[str, Any]:
    """Give the variables with what they hold now, in the shape that generating takes."""
    return {
        name: {"name": name, "type": kind, "properties": dict(_DEFAULTS[kind])}
        for name, kind in template.variables.items()
    }


def order(template_id: str, body: dict[str, Any], *, free: bool = False) -> Order:
    """Read what POST /v2/template/{id}/generate and POST /v3/templates/{id} take."""
    template, in_catalogue = find(template_id)
    fields = Fields(body)
    given = _given(fields.needs_thing("variables"), template if in_catalogue else None)
    width, height = dimension(fields, free=free, default=template.size)
    if in_catalogue and width * template.size[1] != height * template.size[0]:
        raise bad("dimension", f"must match the template's aspect ratio {template.aspect_ratio}.")
    _check_scenes(fields, template if in_catalogue else None)
    if fields.number("fps", 1, 60, default=25) not in {25, 30, 60}:
        raise bad("fps", "must be 25, 30 or 60.")
    title = fields.text("title")
    text = ", ".join(f"{name}: {value}" for name, value in given)
    film = FilmSpec(
        headline=title or template.name,
        lines=tuple(f"{name}: {value}" for name, value in given),
        background="#f3e9d8",
        width=width,
        height=height,
        seconds=film_seconds(text),
    )
    return Order(
        kind="template",
        film=film,
        text=text[:200],
        title=title,
        callback_id=fields.text("callback_id"),
        folder_id=fields.text("folder_id"),
        tariff="template",
        test=fields.flag("test"),
        captions=fields.flag("caption"),
    )


def _given(given: Fields, template: Template | None) -> list[tuple[str, str]]:
    values = []
    for name in [name for name, _ in given.items()]:
        if template is not None and name not in template.variables:
            raise bad(f"variables.{name}", f"is not a variable of template {template.id}.")
        one = given.needs_thing(name)
        kind = one.needs("type")
        if template is not None and not _fits(kind, template.variables[name]):
            raise bad(f"variables.{name}.type", f"must be {template.variables[name]}.")
        values.append((name, _value(kind, one.needs_thing("properties"))))
    return values


def _fits(given: str, wanted: str) -> bool:
    """Tell whether a type may stand where another is wanted: pictures and clips may be swapped."""
    return given == wanted or {given, wanted} == {"image", "video"}


def _value(kind: str, properties: Fields) -> str:
    match kind:
        case "text":
            return properties.text("content") or ""
        case "image" | "video" | "audio":
            properties.one_of(("url", "asset_id"))
            properties.choice("fit", _FITS)
            properties.choice("play_style", _PLAY_STYLES)
            return properties.url("url") or properties.needs("asset_id")
        case "character":
            properties.choice("type", ("avatar", "talking_photo"))
            known("avatar", properties.needs("character_id"), 400144)
            return properties.needs("character_id")
        case "voice":
            known("voice", properties.needs("voice_id"), 400116)
            return properties.needs("voice_id")
    raise bad(f"{properties.where}type", "must be one of text, image, video, audio, character, voice.")


def _check_scenes(fields: Fields, template: Template | None) -> None:
    if not fields.has("scene_ids"):
        return
    there = {scene for scene, _ in template.scenes} if template else None
    for scene in fields.many("scene_ids", 1, 50):
        if there is not None and scene not in there:
            raise bad("scene_ids", f"names {scene!r}, which is not a scene of the template.")
