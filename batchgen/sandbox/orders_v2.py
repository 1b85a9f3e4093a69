"""Reads the bodies that HeyGen's v2 reference describes, refuses what it refuses, and gives orders."""

from dataclasses import replace
from typing import Any

from batchgen.sandbox.fields import Fields, bad
from batchgen.sandbox.film_spec import FilmSpec
from batchgen.sandbox.job import UNREACHABLE, Order
from batchgen.sandbox.orders_v3 import film_seconds, known, translation

SCRIPT_LENGTH = 5_000  #: Characters; the documents say 1,500, 2,000 and 5,000 at different times.
_FITS = ("cover", "crop", "contain", "none")
_PLAY_STYLES = ("fit_to_scene", "freeze", "loop", "once", "full_video")
_EMOTIONS = ("Excited", "Friendly", "Serious", "Soothing", "Broadcaster")


def video(body: dict[str, Any], *, free: bool) -> Order:
    """Read the body of POST /v2/video/generate; the free plan ends at 720p."""
    fields = Fields(body)
    scenes = [Fields(one, f"video_inputs[{n}].") for n, one in enumerate(fields.many("video_inputs", 1, 50))]
    told = [_scene(scene) for scene in scenes]
    text = " / ".join(said for said, _ in told if said)
    width, height = dimension(fields, free=free)
    title = fields.text("title")
    film = FilmSpec(
        headline=title or "Untitled Video",
        lines=(text,),
        background=told[0][1],
        width=width,
        height=height,
        seconds=film_seconds(text),
    )
    fields.url("callback_url")
    fields.choice("caption_mode", ("file_only", "burn_in"))
    fields.number("fps", 1, 120)
    fields.flag("enable_watermark")
    fields.thing("subtitles")
    return Order(
        kind="video",
        film=film,
        text=text[:200],
        title=title or None,
        callback_id=fields.text("callback_id"),
        folder_id=fields.text("folder_id"),
        test=fields.flag("test"),
        captions=fields.flag("caption") or fields.has("caption_mode"),
    )


def dimension(fields: Fields, *, free: bool, default: tuple[int, int] = (1920, 1080)) -> tuple[int, int]:
    """Read width and height in pixels."""
    size = fields.thing("dimension")
    if size is None:
        return (1280, 720) if free and default == (1920, 1080) else default
    width, height = size.even("width", default=default[0]), size.even("height", default=default[1])
    if free and min(width, height) > 720:
        raise bad("dimension", "is above 720p, which your plan does not allow.")
    return width, height


def _scene(scene: Fields) -> tuple[str, str]:
    character = scene.thing("character")
    if character is not None:
        _character(character)
    return _voice(scene.needs_thing("voice")), _background(scene.thing("background"))


def _character(character: Fields) -> None:
    if character.choice("type", ("avatar", "talking_photo"), default="avatar") == "talking_photo":
        known("talking_photo", character.needs("talking_photo_id"), 400174)
        character.choice("talking_photo_style", ("square", "circle"))
        character.choice("talking_style", ("stable", "expressive"))
        character.choice("expression", ("default", "happy"))
        character.flag("super_resolution")
    else:
        known("avatar", character.needs("avatar_id"), 400144)
        character.choice("avatar_style", ("circle", "normal", "closeUp"))
    character.number("scale", 0, 5)
    character.flag("matting")
    character.colour("circle_background_color", default="#f6f6fc")
    offset = character.thing("offset")
    if offset is not None:
        offset.number("x", -10_000, 10_000)
        offset.number("y", -10_000, 10_000)


def _voice(voice: Fields) -> str:
    match voice.needs("type"):
        case "text":
            known("voice", voice.needs("voice_id"), 400116)
            voice.number("speed", 0.5, 1.5)
            voice.number("pitch", -50, 50)
            voice.choice("emotion", _EMOTIONS)
            return voice.needs("input_text", longest=SCRIPT_LENGTH)
        case "audio":
            voice.one_of(("audio_url", "audio_asset_id"))
            return f"({voice.url('audio_url') or voice.text('audio_asset_id')})"
        case "silence":
            voice.number("duration", 1, 100)
            return ""
    raise bad(f"{voice.where}type", "must be one of text, audio, silence.")


def _background(backdrop: Fields | None) -> str:
    if backdrop is None:
        return "#f6f6fc"
    match backdrop.needs("type"):
        case "color":
            return backdrop.colour("value", default="#f6f6fc")
        case "image" | "video" as kind:
            backdrop.one_of(("url", f"{kind}_asset_id"))
            backdrop.url("url")
            backdrop.choice("fit", _FITS)
            backdrop.choice("play_style", _PLAY_STYLES)
            return "#2b4a3f" if kind == "image" else "#4a2b3f"
    raise bad(f"{backdrop.where}type", "must be one of color, image, video.")


def translations(body: dict[str, Any]) -> tuple[list[Order], bool]:
    """Read the body of POST /v2/video_translate: the orders, and whether the answer names many ids.

    A source that cannot be fetched is found out by the render, not by the request.
    """
    fields = Fields(body)
    one = fields.one_of(("output_language", "output_languages"))
    source = fields.text("video_url") or fields.text("audio_url") or fields.text("video_id")
    if not source:
        raise bad("video_url", "is required.")
    if "://" not in source and not fields.has("video_id"):
        raise bad("video_url", "must be a valid URL.")
    languages = [fields.needs(one)] if one == "output_language" else fields.many("output_languages", 1, 100)
    mode = fields.choice("mode", ("speed", "precision", "fast", "quality"), default="speed")
    fields.number("speaker_num", 1, 100)
    fields.flag("enable_dynamic_duration", default=True)
    exact = mode in {"precision", "quality"}
    orders = [translation(fields, str(one), source, mode="precision" if exact else "speed") for one in languages]
    if "unreachable" in source:
        orders = [replace(order, doomed=UNREACHABLE) for order in orders]
    return orders, one == "output_languages"


def photo(body: dict[str, Any]) -> Order:
    """Read the body of POST /v2/video/av4/generate, which animates an uploaded picture."""
    fields = Fields(body)
    fields.needs("image_key")
    known("voice", fields.needs("voice_id"), 400116)
    text = fields.needs("script", longest=SCRIPT_LENGTH)
    title = fields.needs("video_title")
    film = FilmSpec(headline=title, lines=(text,), seconds=film_seconds(text))
    return Order(kind="video", film=film, text=text[:200], title=title)
