"""How long a video will be, as far as that can be told before it is made. Pure.

A script is as long as a voice takes to say it, at the voice's speed. What only the server knows is unknown, and said to
be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchgen.model.nature import NATURES, Measure
from batchgen.pipeline.money.speech import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchgen.pipeline.money.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a job beside its content."""

    length_s: float | None = None  #: Of the source, or of the whole video: told by the sheet, or read from the file.
    language: str | None = None  #: The one that its voice speaks.
    scripts: tuple[str, ...] | None = None  #: The texts of its template's scenes, with ``{{variables}}`` in them.


def length(kind: str, content: Mapping[str, Any], speech: Speech, known: Known) -> Span | None:
    """Give how long a video will be; None where nobody can tell before it is made."""
    match NATURES[kind].measure:
        case Measure.SOURCE:
            return _translated(content, known.length_s)
        case Measure.ASKED:
            return _shot(content)
        case Measure.TEMPLATE:
            found = _filled(content, speech, known)
        case Measure.LINES:
            found = _held(content, speech, known)
        case Measure.SCENES:
            found = _sum(_scene(scene, speech, known) for scene in content["scenes"])
        case Measure.NOTHING:
            found = None  # How much an agent makes of a prompt, nobody can tell.
    return Span.exactly(known.length_s) if found is None and known.length_s is not None else found


def longest(
    kind: str, content: Mapping[str, Any], speech: Speech, known: Known, *, blank: float, silent: float
) -> float:
    """Give the seconds a budget takes it for: ``blank`` for each source nobody knows, ``silent`` for what has none."""
    found = length(kind, content, speech, known)
    if found is not None:
        return found.high
    match NATURES[kind].measure:
        case Measure.LINES:
            return min(float(content.get("max_duration", "inf")), _held_longest(content, speech, known, blank))
        case Measure.TEMPLATE:
            return silent + sum(speech.span(text).high for text in _texts(content).values())
        case Measure.SCENES:
            return sum(
                blank if scene.get("voice", {}).get("type") == "audio" else silent if span is None else span.high
                for scene in content["scenes"]
                for span in [_scene(scene, speech, known)]
            )
        case _:
            return blank


#: Seconds that a session is open beside what is said in it: until its pictures come, before each line, and after all.
_AROUND = Span(2.0, 15.0)
_BETWEEN = Span(0.0, 3.0)


def _held(content: Mapping[str, Any], speech: Speech, known: Known) -> Span | None:
    """Give how long a session is open in which every line is said word for word; nobody knows what is answered."""
    lines = content["lines"]
    if any(one["type"] != "repeat" for one in lines):
        return None
    rate = float(content.get("voice", {}).get("rate", 1.0))
    said = _sum(speech.span(one["text"], known.language).at(rate) + _BETWEEN for one in lines)
    total = _AROUND if said is None else said + _AROUND
    most = float(content.get("max_duration", total.high))
    return Span(min(total.low, most), min(total.high, most))


def _held_longest(content: Mapping[str, Any], speech: Speech, known: Known, blank: float) -> float:
    """Give the same at the most, with so many seconds for each line that is answered."""
    repeated = [one for one in content["lines"] if one["type"] == "repeat"]
    span = _held({**content, "lines": repeated}, speech, known)
    return (span or _AROUND).high + blank * (len(content["lines"]) - len(repeated))


def _translated(content: Mapping[str, Any], source_s: float | None) -> Span | None:
    """Give the length of what is translated: the source, or the part of it that was asked for."""
    start, end = float(content.get("start_time", 0.0)), content.get("end_time")
    if end is None and source_s is None:
        return None
    stop = min(float(one) for one in (end, source_s) if one is not None)
    return Span.exactly(max(0.0, stop - start))


def _shot(content: Mapping[str, Any]) -> Span:
    """Give the length of a cinematic video: what was asked for, or what HeyGen's v3 reference takes it for."""
    if content.get("auto_duration"):
        return Span(4.0, 15.0)
    return Span.exactly(float(content.get("duration", 10.0)))


def _filled(content: Mapping[str, Any], speech: Speech, known: Known) -> Span | None:
    """Give the length of a template's texts with the variables filled in, where its scripts are known."""
    if known.scripts is None:
        return None
    texts = _texts(content)
    filled = [re.sub(r"\{\{\s*(.*?)\s*\}\}", lambda found: texts.get(found[1], found[1]), one) for one in known.scripts]
    return _sum(speech.span(text, known.language) for text in filled)


def _texts(content: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(one["properties"].get("content", "")) for name, one in content["variables"].items()}


def _scene(scene: Mapping[str, Any], speech: Speech, known: Known) -> Span | None:
    voice = scene.get("voice", {})
    match voice.get("type"):
        case "text":
            return speech.span(voice.get("script", ""), known.language).at(float(voice.get("speed", 1.0)))
        case "silence":
            return Span.exactly(float(voice.get("duration", 1.0)))  # HeyGen's reference of v2: one second by default.
        case _:
            return None


def _sum(parts: Iterable[Span | None]) -> Span | None:
    total = Span.exactly(0.0)
    for part in parts:
        if part is None:
            return None
        total += part
    return total
