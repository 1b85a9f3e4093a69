"""A row that asks for one video in one or more languages: a job for each language."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from batchgen.kinds.columns import choice, seconds, several, whole, word, yes_no
from batchgen.kinds.free import EVERYWHERE, LINK, WORD, Free
from batchgen.kinds.groups import STOCK_VOICE
from batchgen.kinds.languages import language, source_language
from batchgen.kinds.media import file, typed, video
from batchgen.kinds.reading import COMMON, Reading, only
from batchgen.model.vocabulary import KindWords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchgen.kinds.shapes import Parser
    from batchgen.model.errors import Fault
    from batchgen.model.job import Draft
    from batchgen.model.row import Row

#: What changes the translation and has a name of its own in every generation.
_CONTENT: dict[str, Parser] = {
    "input_language": source_language,
    # The older names of the two modes are still in use on web pages and in old sheets.
    "mode": choice("speed", "precision", also={"fast": "speed", "quality": "precision"}),
    "translate_audio_only": yes_no,
    "speaker_num": whole(1, 100),
    "enable_dynamic_duration": yes_no,
    "brand_voice_id": word,
    "enable_caption": yes_no,
    "start_time": seconds,
    "end_time": seconds,
}

#: What else v3 takes, under its own names.
_EXTRA: dict[str, Parser] = {
    "audio": typed("audio"),
    "srt": typed("subtitles"),
    "srt_role": choice("input", "output"),
    "disable_music_track": yes_no,
    "enable_speech_enhancement": yes_no,
    "enable_watermark": yes_no,
    "keep_the_same_format": yes_no,
    "fps_mode": choice("vfr", "cfr", "passthrough"),
    "brand_glossary_id": word,
    "stock_voice_config": STOCK_VOICE,
}

#: What is translated: one of the two.
_SOURCE: dict[str, Parser] = {"url": video, "file": file("video")}

_FREE = {**EVERYWHERE, "url": LINK, "brand_voice_id": WORD}

_LANGUAGES = ("output_language", "output_languages")
_PARSERS: dict[str, Parser] = COMMON | {**_SOURCE, **_CONTENT, **_EXTRA} | dict.fromkeys(_LANGUAGES, several)


class Translation:
    """See ``Kind``."""

    name = "translation"
    parsers: Mapping[str, Parser] = _PARSERS
    words = KindWords(
        name="translation",
        fields=frozenset(_PARSERS),
        aliases={
            "video_url": "url",
            "audio_url": "audio",
            "srt_url": "srt",
        },
        marks=tuple(frozenset({source, spoken}) for source in _SOURCE for spoken in _LANGUAGES),
        structured=frozenset({"stock_voice_config"}),
        yields={"file": "url"},
    )

    def free(self, field: str) -> Free | None:
        """See ``Kind.free``."""
        return _FREE.get(field)

    def plan(self, row: Row) -> tuple[Sequence[Draft], Sequence[Fault]]:
        """See ``Kind.plan``."""
        reading = Reading(row, self.words)
        values = reading.read(row.fields, _PARSERS)
        languages = _languages(reading, values)
        _check(reading, values)
        if reading.faults:
            return (), reading.faults
        return [_draft(reading, values, one, alone=len(languages) == 1) for one in languages], ()


def _languages(reading: Reading, values: dict[str, Any]) -> list[str]:
    """Give every language of the row once, in order."""
    given = reading.own({field: field for field in _LANGUAGES if field in reading.row.fields})
    if not given:
        reading.missing("output_language", "The row says no language.", 'Write one, such as "Spanish (Spain)".')
        return []
    if len(given) > 1:
        reading.fault(given[1], f'It stands beside "{given[0]}".', "Fill in one of the two.")
    names = values.get(given[0])
    if names == []:
        reading.fault(given[0], "It names no language.", 'Write one, such as "Spanish (Spain)".')
    reader = {given[0]: language}
    found: list[str] = []
    for name in names or ():
        meant = reading.read({given[0]: name}, reader).get(given[0])
        if meant in found:
            reading.fault(given[0], f'"{meant}" is named twice.', "Name each language once.")
        elif meant is not None:
            found.append(meant)
    return found


def _check(reading: Reading, values: dict[str, Any]) -> None:
    """Check what concerns more than one field."""
    if all(source in reading.row.fields for source in _SOURCE):
        reading.fault("file", 'It stands beside "url", and one video is translated.', "Leave one of them empty.")
    elif not any(source in reading.row.fields for source in _SOURCE):
        reading.missing(
            "url",
            "The row names no video.",
            'Write the https link of the video to translate, or the path of one under "file".',
        )
    start, end = values.get("start_time"), values.get("end_time")
    if end is not None and end <= (start or 0):
        reading.fault("end_time", f"It ends at {end:g} s, before it begins.", "Write a later time.")
    if "srt_role" in values and "srt" not in reading.row.fields:
        reading.fault("srt_role", "There is no subtitle file that could have a role.", 'Fill in "srt" as well.')


def _draft(reading: Reading, values: dict[str, Any], spoken: str, *, alone: bool) -> Draft:
    source = values["url"] if "url" in values else values["file"]
    content: dict[str, Any] = {"video": source, "output_language": spoken, "enable_dynamic_duration": True}
    content |= only(values, _CONTENT)
    if extra := only(values, _EXTRA):
        content["extra"] = extra
    output = values.get("output")
    return reading.draft(
        content,
        values,
        language=spoken,
        output=output if output is None or alone or spoken in output else _told_apart(output, spoken),
    )


def _told_apart(output: str, spoken: str) -> str:
    """Put the language into a file name that several languages share."""
    path = PurePosixPath(output)
    return str(path.with_name(f"{path.stem} - {spoken}{path.suffix}"))
