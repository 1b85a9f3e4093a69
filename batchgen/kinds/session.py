"""A row that asks for a session with an interactive avatar: who speaks, and what is said, line by line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from batchgen.kinds.columns import Wrong, choice, number, settings, shown, text, whole, word
from batchgen.kinds.free import ReadWhole
from batchgen.kinds.groups import grouped
from batchgen.kinds.nesting import Flat
from batchgen.kinds.reading import COMMON, Reading, only
from batchgen.kinds.shapes import GROUP, TEXT, Parser, Shape, several_shape, shaped
from batchgen.model.session import KIND, retired_version
from batchgen.model.vocabulary import KindWords

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.model.errors import Fault
    from batchgen.model.job import Draft
    from batchgen.model.row import Row

#: Word for word, or in answer to it. HeyGen's reference calls the second one ``chat``, its SDK ``talk``.
_TYPE = choice("repeat", "talk", also={"chat": "talk"})
#: Seconds after which HeyGen ends a session in which nothing happens, where a row says nothing: its own default.
IDLE_S = 120
_LINE: Shape = {"anyOf": [TEXT, GROUP]}


def _lines(value: Any) -> list[Any]:
    """Take what is said: a list, or a text with ``|`` or a new line between lines."""
    parts = value if isinstance(value, list) else re.split(r"[|\n]", text(value))
    return [part for part in parts if not isinstance(part, str) or part.strip()]


def _avatar(value: Any) -> str:
    given = word(value)
    version = retired_version(given)
    if version:
        raise Wrong(
            f"{shown(given)} is an avatar of version {version}, and HeyGen holds no sessions with v1 and v2 any more.",
            "Write the avatar_id of one of version v3 or newer.",
        )
    return given


_CONTENT: dict[str, Parser] = {
    "quality": choice("high", "medium", "low"),
    "protocol": choice("webrtc", "livekit", also={"v1": "webrtc", "v2": "livekit"}),
    "video_encoding": choice("H264", "VP8"),
    "knowledge_base": text,
    "knowledge_base_id": word,
    "max_duration": number(1, 14_400),
}
_VOICE: dict[str, Parser] = {
    "voice_id": word,
    "rate": number(0.5, 1.5),
    "emotion": choice("Excited", "Serious", "Friendly", "Soothing", "Broadcaster"),
}
#: What goes along as HeyGen's reference has it.
_EXTRA: dict[str, Parser] = {"elevenlabs_settings": settings, "stt_settings": settings, "livekit_settings": settings}
#: How it sounds, in the group that HeyGen's reference has of it.
_SOUND: dict[str, Parser] = _VOICE | only(_EXTRA, ("elevenlabs_settings",))
_FIELDS: dict[str, Parser] = {
    **COMMON,
    **_CONTENT,
    **_VOICE,
    **_EXTRA,
    "voice": grouped(None, **_SOUND),
    "avatar_id": _avatar,
    "lines": shaped(_lines, several_shape(_LINE)),
    "task_type": _TYPE,
    "idle_timeout": whole(30, 3600),
}


class Session(ReadWhole):
    """See ``Kind``."""

    name = KIND
    parsers: Mapping[str, Parser] = _FIELDS
    words = KindWords(
        name=KIND,
        fields=frozenset(_FIELDS),
        aliases={
            "avatar_name": "avatar_id",
            "speed": "rate",
            "knowledge_id": "knowledge_base_id",
            "activity_idle_timeout": "idle_timeout",
            "version": "protocol",
        },
        marks=(frozenset({"avatar_id", "lines"}),),
        structured=frozenset({*_EXTRA, "voice"}),
    )

    def plan(self, row: Row) -> tuple[Sequence[Draft], Sequence[Fault]]:
        """See ``Kind.plan``."""
        reading = Reading(row, self.words)
        values = reading.read(row.fields, _FIELDS)
        lines = _said(reading, values)
        voice = _voice(reading, values)
        _check(reading, values)
        if reading.faults:
            return (), reading.faults
        return [_draft(reading, values, lines, voice)], ()


def _said(reading: Reading, values: Mapping[str, Any]) -> list[dict[str, str]]:
    """Read each line: a text, or ``repeat: …`` or ``talk: …`` in YAML."""
    usual = values.get("task_type", "repeat")
    given = values.get("lines", [])
    if not given and "lines" not in values and "lines" in reading.row.fields:
        return []  # It was told already what is wrong with them.
    if not given:
        reading.missing("lines", "The session has nothing to say.", 'Write what is said, with "|" between lines.')
    found = []
    for number_, one in enumerate(given, start=1):
        kind, said = next(iter(one.items())) if isinstance(one, Mapping) and len(one) == 1 else (usual, one)
        try:
            found.append({"text": text(said).strip(), "type": _TYPE(kind)})
        except Wrong as wrong:
            reading.fault("lines", f"Line {number_}: {wrong.problem}", 'Write a text, or "talk: a text".')
    return found


def _voice(reading: Reading, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give how it sounds, from fields of the row and from the group."""
    flat = Flat()
    for name, value in only(values, _SOUND).items():
        flat.put(reading, name, value, name)
    for name, value in values.get("voice", {}).items():
        flat.put(reading, name, value, f"voice.{name}")
    return flat.values


def _check(reading: Reading, values: Mapping[str, Any]) -> None:
    if "avatar_id" not in reading.row.fields:
        reading.missing("avatar_id", "The row says no avatar.", "Write the id of an interactive avatar.")
    if "knowledge_base" in values and "knowledge_base_id" in values:
        reading.fault("knowledge_base_id", 'It stands beside "knowledge_base".', "Fill in one of the two.")


def _draft(reading: Reading, values: dict[str, Any], lines: list[dict[str, str]], voice: Mapping[str, Any]) -> Draft:
    content: dict[str, Any] = {"avatar_id": values["avatar_id"], "lines": lines, "idle_timeout": IDLE_S}
    content |= only(values, ("idle_timeout", *_CONTENT))
    if content.get("protocol") == "webrtc":
        del content["protocol"]  # What is not said is that: saying it makes no other session.
    if voice:
        content["voice"] = voice
    if extra := only(values, ("stt_settings", "livekit_settings")):
        content["extra"] = extra
    return reading.draft(content, values)
