"""A row that asks for one cinematic video: avatars that do what a prompt describes, for a few seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.kinds.columns import choice, prose, several, whole, yes_no
from batchgen.kinds.free import ReadWhole
from batchgen.kinds.media import media
from batchgen.kinds.reading import COMMON, Reading, only
from batchgen.model.vocabulary import KindWords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchgen.kinds.shapes import Parser
    from batchgen.model.errors import Fault
    from batchgen.model.job import Draft
    from batchgen.model.row import Row

#: Looks that one video may be made after, by HeyGen's v3 reference.
_LOOKS = 3

#: What it says: seconds, frames and words by HeyGen's v3 reference.
_CONTENT: dict[str, Parser] = {
    "prompt": prose("prompt"),
    "avatar_id": several,
    "references": media("reference"),
    "duration": whole(4, 15),
    "auto_duration": yes_no,
    "enhance_prompt": yes_no,
    "aspect_ratio": choice("16:9", "9:16", "1:1"),
    "resolution": choice("1080p", "720p"),
}

_PARSERS: dict[str, Parser] = COMMON | _CONTENT


class Cinematic(ReadWhole):
    """See ``Kind``. A ``duration`` is what the video shall last, where other kinds only reckon with it."""

    name = "cinematic"
    parsers: Mapping[str, Parser] = _PARSERS
    words = KindWords(name="cinematic", fields=frozenset(_PARSERS), aliases={"avatar_ids": "avatar_id"})

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
    if "prompt" not in reading.row.fields:
        reading.missing("prompt", "The row says nothing of what is to happen.", "Describe it in a text.")
    looks = values.get("avatar_id")
    if "avatar_id" not in reading.row.fields:
        reading.missing("avatar_id", "Nobody is to be seen.", "Write the ids of one to three avatars, with ; between.")
    elif looks is not None and not 1 <= len(looks) <= _LOOKS:
        reading.fault("avatar_id", f"It names {len(looks)} avatars.", f"Write 1 to {_LOOKS}, with ; between them.")
    if values.get("auto_duration") and "duration" in reading.row.fields:
        reading.fault("auto_duration", 'It stands beside "duration".', "Leave one of the two out.")


def _draft(reading: Reading, values: dict[str, Any]) -> Draft:
    return reading.draft(only(values, _CONTENT), values, length_s=None)
