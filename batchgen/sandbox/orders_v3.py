"""Reads the bodies that HeyGen's v3 reference describes, refuses what it refuses, and gives orders."""

from collections.abc import Callable
from typing import Any

from batchgen.sandbox.fields import Fields, bad
from batchgen.sandbox.film_spec import FilmSpec
from batchgen.sandbox.job import Order
from batchgen.sandbox.languages import KNOWN
from batchgen.sandbox.wire import Refusal

SCRIPT_LENGTH = 5_000  #: Characters.
_RATIOS = ("16:9", "9:16", "4:5", "5:4", "1:1", "auto")
_RESOLUTIONS = ("4k", "1080p", "720p")
_SHORT_EDGE = {"4k": 2160, "1080p": 1080, "720p": 720}
_SHAPES = {"16:9": (16, 9), "9:16": (9, 16), "4:5": (4, 5), "5:4": (5, 4), "1:1": (1, 1), "auto": (16, 9)}
_SOURCES = ("script", "audio_url", "audio_asset_id")


def film_seconds(text: str) -> float:
    """Give a length for what is said: from two to three seconds, the same for the same text."""
    return 2.0 + len(text) % 5 * 0.25


def known(kind: str, value: str | None, number: int) -> None:
    """Refuse ids that begin with `missing`; any other belongs to the user and is taken."""
    if value is not None and value.startswith("missing"):
        name = kind.replace("_", " ").capitalize()
        raise Refusal(404, f"{kind}_not_found", f"{name} not found.", param=f"{kind}_id", number=number)


def video(body: dict[str, Any]) -> Order:
    """Read the body of POST /v3/videos."""
    fields = Fields(body)
    kind = fields.needs("type")
    if kind not in _VARIANTS:
        raise bad("type", f"must be one of {', '.join(_VARIANTS)}.")
    text, background = _VARIANTS[kind](fields)
    shot = kind == "cinematic_avatar"
    width, height = _dimension(fields)
    title = fields.text("title")
    film = FilmSpec(
        headline=title or "Untitled Video",
        lines=(text,),
        background=background,
        width=width,
        height=height,
        seconds=float(fields.number("duration", 4, 15, default=10.0) or 10.0) if shot else film_seconds(text),
        container=fields.choice("output_format", ("mp4", "webm"), default="mp4") or "mp4",
    )
    fields.url("callback_url")
    return Order(
        kind="cinematic" if shot else "video",
        tariff="cinematic" if shot else "video",
        film=film,
        text=text[:200],
        title=title,
        callback_id=fields.text("callback_id"),
        captions=fields.thing("caption") is not None,
    )


def _avatar(fields: Fields) -> tuple[str, str]:
    known("avatar", fields.needs("avatar_id"), 400144)
    return _spoken(fields, own_voice=True), _background(fields)


def _image(fields: Fields) -> tuple[str, str]:
    asset(fields.needs_thing("image"))
    return _spoken(fields, own_voice=False), _background(fields)


def _cinematic(fields: Fields) -> tuple[str, str]:
    for avatar in fields.many("avatar_id", 1, 3):
        known("avatar", str(avatar), 400144)
    if fields.flag("auto_duration") and fields.has("duration"):
        raise bad("duration", "cannot be used together with auto_duration.")
    fields.choice("aspect_ratio", ("16:9", "9:16", "1:1"))
    fields.choice("resolution", ("720p", "1080p"))
    for source in attached(fields, "references", 12):
        asset(source)
    return fields.needs("prompt"), "#20242c"


def attached(fields: Fields, name: str, most: int) -> list[Fields]:
    """Read a list of files that may be absent."""
    given = fields.many(name, 0, most) if fields.has(name) else []
    return [Fields(one, f"{name}[{n}].") for n, one in enumerate(given)]


def _studio(fields: Fields) -> tuple[str, str]:
    scenes = [Fields(scene, f"scenes[{n}].") for n, scene in enumerate(fields.many("scenes", 1, 50))]
    told = [_scene(scene) for scene in scenes]
    return " / ".join(text for text, _ in told if text), told[0][1]


def _scene(scene: Fields) -> tuple[str, str]:
    match scene.needs("type"):
        case "avatar_video":
            return _speaker(scene.needs_thing("input"))
        case "image":
            asset(scene.needs_thing("source"))
            if scene.one_of(("duration", *_SOURCES)) == "duration":
                scene.number("duration", 0.001, 300)
                return "", "#20242c"
            return _spoken(scene, own_voice=False), "#20242c"
        case "video":
            asset(scene.needs_thing("source"))
            return "", "#20242c"
    raise bad(f"{scene.where}type", "must be one of avatar_video, image, video.")


def _speaker(source: Fields) -> tuple[str, str]:
    backdrop = source.thing("background")
    if backdrop is not None:
        backdrop.choice("type", ("color",))
    colour = backdrop.colour("color") if backdrop else "#f6f6fc"
    if source.needs("type") == "image":
        asset(source.needs_thing("image"))
        return _spoken(source, own_voice=False), colour
    known("avatar", source.needs("avatar_id"), 400144)
    return _spoken(source, own_voice=True), colour


_VARIANTS: dict[str, Callable[[Fields], tuple[str, str]]] = {
    "avatar": _avatar,
    "image": _image,
    "cinematic_avatar": _cinematic,
    "studio": _studio,
}


def _spoken(fields: Fields, *, own_voice: bool) -> str:
    source = fields.one_of(_SOURCES)
    voice = fields.text("voice_id")
    known("voice", voice, 400116)
    settings = fields.thing("voice_settings")
    if settings is not None:
        settings.number("speed", 0.5, 1.5)
        settings.number("pitch", -50, 50)
    if source != "script":
        return f"({fields.url('audio_url') or fields.text('audio_asset_id')})"
    if voice is None and not own_voice:
        raise bad(f"{fields.where}voice_id", "is required with a script.")
    return fields.needs("script", longest=SCRIPT_LENGTH)


def _background(fields: Fields) -> str:
    backdrop = fields.thing("background")
    if backdrop is None:
        return "#f6f6fc"
    if fields.text("output_format") == "webm":
        raise bad("background", "cannot be used with output_format webm.")
    backdrop.needs("type")
    if backdrop.choice("type", ("color", "image")) == "color":
        return backdrop.colour("value")
    backdrop.one_of(("url", "asset_id"))
    backdrop.url("url")
    return "#2b4a3f"


def _dimension(fields: Fields) -> tuple[int, int]:
    short = _SHORT_EDGE[fields.choice("resolution", _RESOLUTIONS) or "720p"]
    across, down = _SHAPES[fields.choice("aspect_ratio", _RATIOS) or "16:9"]
    scale = short / min(across, down)
    return round(across * scale / 2) * 2, round(down * scale / 2) * 2


def asset(source: Fields, kinds: tuple[str, ...] = ("url", "asset_id", "base64")) -> str:
    """Read a file that is given by link, by asset or in place."""
    source.needs("type")
    match source.choice("type", kinds):
        case "url":
            source.needs("url")
            return source.url("url") or ""
        case "asset_id":
            return source.needs("asset_id")
        case _:
            source.needs("media_type")
            source.needs("data")
            return "base64"


def translations(body: dict[str, Any]) -> list[Order]:
    """Read the body of POST /v3/video-translations: one order a language."""
    fields = Fields(body)
    source = asset(fields.needs_thing("video"), ("url", "asset_id"))
    languages = fields.many("output_languages", 1, 100)
    mode = fields.choice("mode", ("speed", "precision"), default="speed")
    for name in ("audio", "srt"):
        extra = fields.thing(name)
        if extra is not None:
            asset(extra, ("url", "asset_id"))
    fields.choice("srt_role", ("input", "output"))
    fields.choice("fps_mode", ("vfr", "cfr", "passthrough"))
    fields.number("speaker_num", 1, 100)
    fields.flag("enable_dynamic_duration", default=True)
    fields.url("callback_url")
    return [translation(fields, str(one), source, mode=mode or "speed") for one in languages]


def translation(fields: Fields, language: str, source: str, *, mode: str) -> Order:
    """Give the order for one language; its name must stand in the list of target languages."""
    if language not in KNOWN:
        raise Refusal(
            400,
            "invalid_parameter",
            f"Language {language!r} is not supported. See the list of target languages.",
            param="output_languages",
        )
    title = fields.text("title")
    film = FilmSpec(
        headline=language,
        lines=(title or "Untitled", source),
        background="#12324a",
        seconds=film_seconds(language + source),
    )
    return Order(
        kind="translation",
        film=film,
        text=source[:200],
        title=title,
        callback_id=fields.text("callback_id"),
        folder_id=fields.text("folder_id"),
        language=language,
        input_language=fields.text("input_language"),
        tariff="translation_precision" if mode == "precision" else "translation",
        captions=fields.flag("enable_caption"),
        audio_only=fields.flag("translate_audio_only"),
    )
