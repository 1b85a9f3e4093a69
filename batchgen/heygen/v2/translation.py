"""Writes a translation: ``POST /v2/video_translate``, one language each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchgen.heygen.labels import labels

if TYPE_CHECKING:
    from batchgen.model.content import TranslationContent
    from batchgen.model.job import Parcel

#: Files among the extra fields, which v2 takes by link only.
FILES = ("audio", "srt")

#: What else HeyGen's reference of April 2026 lets a translation say here.
EXTRAS = (
    *FILES,
    "srt_role",
    "keep_the_same_format",
    "disable_music_track",
    "enable_speech_enhancement",
    "enable_watermark",
    "fps_mode",
)

#: Fields that go into the body as they are.
_PLAIN = (
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
    """Write the body of a translation.

    The list form is used for one language too, and the flag is a real boolean: the documents' own example sends it
    as text.
    """
    content = cast("TranslationContent", parcel.content)
    body: dict[str, Any] = {
        "video_url": content["video"].get("url"),
        "output_languages": [content["output_language"]],
        "enable_dynamic_duration": bool(content["enable_dynamic_duration"]),
    }
    body |= {name: parcel.content[name] for name in _PLAIN if name in content}
    extra = content.get("extra", {})
    body |= {name: extra[name] for name in EXTRAS if name in extra and name not in FILES}
    return body | {f"{name}_url": link(extra[name]) for name in FILES if name in extra} | labels(parcel)


def link(file: Any) -> str | None:
    """Give the link of a file; None where it is an asset."""
    found = file if isinstance(file, str) else file.get("url")
    return found if isinstance(found, str) else None
