"""What of a content changes the video, and what only writes the same in another way.

A sheet is opened and saved, and gets other line ends, and ids without their zeros; it gets a column ``mode``, of which
all rows but three say what holds anyway. None of it is a reason to pay for a video that is there. What is sent stays as
the sheet has it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What holds where a field is left out: the defaults of ``heygen-v3.openapi.json``, and those that the v2 reference
#: gives of ``/v2/video/generate``, ``/v2/template/{id}/generate`` and ``/v2/video_translate``. A field is here only if
#: the generations that have it agree; ``enable_dynamic_duration`` is not, since each translation says it.
LEFT_OUT: Mapping[str, Any] = {
    "aspect_ratio": "16:9",
    "auto_duration": False,
    "caption": False,
    "disable_music_track": False,
    "enable_caption": False,
    "enable_sharing": False,
    "enable_speech_enhancement": False,
    "enable_watermark": False,
    "enhance_prompt": False,
    "expression": "default",
    "fps": 25,
    "include_gif": False,
    "incognito_mode": False,
    "keep_text_vertically_centered": False,
    "matting": False,
    "mode": "speed",
    "offset": {"x": 0, "y": 0},
    "output_format": "mp4",
    "pitch": 0,
    "scale": 1,
    "speed": 1,
    "super_resolution": False,
    "talking_style": "stable",
    "test": False,
    "translate_audio_only": False,
    "volume": 1,
}
#: What a template's author has named, and not HeyGen.
_THEIRS = "variables"

#: Most contents have no value that could be one of these, and are not looked into.
_MAYBE = re.compile(r':(?:false|(?:0|1|25)(?:\.0)?|"speed"|"16:9"|"mp4"|"default"|"stable")[,}]')
_NAMED = re.compile(f'"(?:{"|".join(LEFT_OUT)})":')


#: An id that is a number, however many zeros a program writes in front of it or behind a point.
_NUMBERED = re.compile(r"0*([1-9][0-9]*|0)(?:\.0+)?")


def same_id(written: str) -> str:
    """Write a row's own id as each program does that takes it for a number: ``007`` and ``7.0`` come back as ``7``."""
    found = _NUMBERED.fullmatch(written)
    return found[1] if found else written


def spells_out(content: str) -> bool:
    """Whether a content, as ``canonical`` writes it, may say what holds anyway."""
    return _MAYBE.search(content) is not None and _NAMED.search(content) is not None


def meaning(value: Any) -> Any:
    """Give what changes the video: with one line end, and without what holds anyway."""
    match value:
        case list():
            return [meaning(one) for one in value]
        case dict():
            said = {name: _part(name, one) for name, one in value.items() if not _holds(name, one)}
            return {name: one for name, one in said.items() if one != {} or value[name] == {}}
        case _:
            return one_line_end(value)


def _part(name: str, value: Any) -> Any:
    return one_line_end(value) if name == _THEIRS else meaning(value)


def one_line_end(value: Any) -> Any:
    r"""Write line ends as ``\n``, whatever they are made of: who opens and saves a sheet writes them anew, unseen."""
    match value:
        case str():
            return value.replace("\r\n", "\n").replace("\r", "\n")
        case list():
            return [one_line_end(one) for one in value]
        case dict():
            return {name: one_line_end(one) for name, one in value.items()}
        case _:
            return value


def _holds(name: str, value: Any) -> bool:
    """Whether that holds anyway. Numbers may be written as whole ones; ``0`` is not ``false``."""
    default = LEFT_OUT.get(name)
    return default is not None and value == default and isinstance(value, bool) == isinstance(default, bool)
