"""A row that asks for one video to be given another sound, and lips that go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.kinds.columns import choice, seconds, yes_no
from batchgen.kinds.free import ReadWhole
from batchgen.kinds.media import audio, file, video
from batchgen.kinds.reading import COMMON, Reading, only
from batchgen.model.vocabulary import KindWords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchgen.kinds.shapes import Parser
    from batchgen.model.errors import Fault
    from batchgen.model.job import Draft
    from batchgen.model.row import Row

#: What it says beside its source, under the names of HeyGen's v3 reference.
_CONTENT: dict[str, Parser] = {
    "audio": audio,
    "mode": choice("speed", "precision", also={"fast": "speed", "quality": "precision"}),
    "start_time": seconds,
    "end_time": seconds,
    "enable_caption": yes_no,
    "enable_dynamic_duration": yes_no,
    "enable_speech_enhancement": yes_no,
    "enable_watermark": yes_no,
    "disable_music_track": yes_no,
    "keep_the_same_format": yes_no,
    "fps_mode": choice("vfr", "cfr", "passthrough"),
}

#: What is given another sound: one of the two.
_SOURCE: dict[str, Parser] = {"url": video, "file": file("video")}

_PARSERS: dict[str, Parser] = COMMON | _SOURCE | _CONTENT


class Lipsync(ReadWhole):
    """See ``Kind``."""

    name = "lipsync"
    parsers: Mapping[str, Parser] = _PARSERS
    words = KindWords(
        name="lipsync",
        fields=frozenset(_PARSERS),
        aliases={"video_url": "url", "audio_url": "audio"},
        yields={"file": "url"},
    )

    def plan(self, row: Row) -> tuple[Sequence[Draft], Sequence[Fault]]:
        """See ``Kind.plan``."""
        reading = Reading(row, self.words)
        values = reading.read(row.fields, _PARSERS)
        _check(reading, values)
        if reading.faults:
            return (), reading.faults
        return [_draft(reading, values)], ()


def _check(reading: Reading, values: Mapping[str, Any]) -> None:
    """Check what there must be, and what concerns more than one field."""
    given = [source for source in _SOURCE if source in reading.row.fields]
    if len(given) > 1:
        reading.fault("file", 'It stands beside "url", and there is one video to a row.', "Leave one of them empty.")
    elif not given:
        reading.missing("url", "The row names no video.", 'Write its https link, or the path of one under "file".')
    if "audio" not in reading.row.fields:
        reading.missing(
            "audio", "The row names no sound.", "Write the https link of a recording, asset:ID or asset:./path."
        )
    start, end = values.get("start_time"), values.get("end_time")
    if end is not None and end <= (start or 0):
        reading.fault("end_time", f"It ends at {end:g} s, before it begins.", "Write a later time.")


def _draft(reading: Reading, values: dict[str, Any]) -> Draft:
    return reading.draft(
        {"video": values["url"] if "url" in values else values["file"], **only(values, _CONTENT)}, values
    )
