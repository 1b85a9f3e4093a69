"""Writes a translation: ``POST /v3/video-translations``, one language each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchgen.heygen.labels import labels
from batchgen.heygen.v3.subject import asset

if TYPE_CHECKING:
    from batchgen.model.content import TranslationContent
    from batchgen.model.job import Parcel

#: Files among what else the v3 reference lets a translation say.
_FILES = ("audio", "srt")

EXTRAS = (
    *_FILES,
    "srt_role",
    "keep_the_same_format",
    "disable_music_track",
    "enable_speech_enhancement",
    "enable_watermark",
    "fps_mode",
    "brand_glossary_id",
    "stock_voice_config",
)

#: Fields that go into the body as they are.
PLAIN = (
    "input_language",
    "mode",
    "translate_audio_only",
    "speaker_num",
    "brand_voice_id",
    "enable_caption",
    "start_time",
    "end_time",
)


def translation(parcel: Parcel) -> dict[str, Any]:
    """Write the body of a translation."""
    content = cast("TranslationContent", parcel.content)
    body: dict[str, Any] = {
        "video": asset(content["video"]),
        "output_languages": [content["output_language"]],
        "enable_dynamic_duration": bool(content["enable_dynamic_duration"]),
    }
    body |= {name: parcel.content[name] for name in PLAIN if name in content}
    body |= {name: _extra(name, value) for name, value in content.get("extra", {}).items() if name in EXTRAS}
    # The list of translations carries callback_id, so the token need not show in the title.
    return body | labels(parcel, in_callback=True)


def _extra(name: str, value: Any) -> Any:
    if name not in _FILES:
        return value
    return asset({"url": value} if isinstance(value, str) else value)
