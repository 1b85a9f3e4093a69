"""A row that asks HeyGen's video agent for one video: a prompt, and what the agent may use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.kinds.columns import choice, prose, word, yes_no
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

#: Letters of a prompt, and files beside it, by HeyGen's v3 reference.
PROMPT_LIMIT, FILE_LIMIT = 10_000, 20

_CONTENT: dict[str, Parser] = {
    "prompt": prose("prompt", PROMPT_LIMIT),
    "avatar_id": word,
    "voice_id": word,
    "style_id": word,
    "brand_kit_id": word,
    "orientation": choice("landscape", "portrait"),
    "files": media("attachment"),
    "incognito_mode": yes_no,
}

_PARSERS: dict[str, Parser] = COMMON | _CONTENT


class Agent(ReadWhole):
    """See ``Kind``."""

    name = "agent"
    parsers: Mapping[str, Parser] = _PARSERS
    words = KindWords(name="agent", fields=frozenset(_PARSERS))

    def plan(self, row: Row) -> tuple[Sequence[Draft], Sequence[Fault]]:
        """See ``Kind.plan``."""
        reading = Reading(row, self.words)
        values = reading.read(row.fields, _PARSERS)
        if "prompt" not in row.fields:
            reading.missing("prompt", "The row asks for nothing.", "Describe the video in a text.")
        if len(values.get("files", ())) > FILE_LIMIT:
            reading.fault("files", f"It names {len(values['files'])} files.", f"At most {FILE_LIMIT} are taken.")
        if reading.faults:
            return (), reading.faults
        return [_draft(reading, values)], ()


def _draft(reading: Reading, values: dict[str, Any]) -> Draft:
    return reading.draft(only(values, _CONTENT), values)
