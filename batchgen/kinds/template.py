"""A row that asks for one video from a template: its id, and what stands in for its variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.kinds.columns import SIDES, Wrong, group, several, shown, size, text, whole, word, yes_no
from batchgen.kinds.free import EVERYWHERE, TEXT, WORD, Free
from batchgen.kinds.groups import subtitles
from batchgen.kinds.reading import COMMON, Reading, only
from batchgen.kinds.shapes import shape_of, shaped
from batchgen.kinds.variables import text_variable, variable
from batchgen.model.vocabulary import KindWords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchgen.kinds.shapes import Parser
    from batchgen.model.content import Variable
    from batchgen.model.errors import Fault
    from batchgen.model.job import Draft
    from batchgen.model.row import Row

#: A column of this name is a text variable.
PREFIX = "var."


def _fps(value: Any) -> int:
    rate = int(whole(1, 1000)(value))
    if rate not in {25, 30, 60}:
        raise Wrong(f"{shown(value)} frames a second cannot be had.", "Write 25, 30 or 60.")
    return rate


def _scene_ids(value: Any) -> list[str]:
    given = several(value)
    joined = next((one for one in given if "," in one), None) if isinstance(value, str) else None
    if joined is not None:
        parts = ";".join(part.strip() for part in joined.split(","))
        raise Wrong(f"{shown(joined)} is read as one id.", f'Between ids stands a ";": {parts}')
    return given


shaped(_scene_ids, shape_of(several))
shaped(_fps, {"enum": [25, 30, 60, "25", "30", "60"]})

_CONTENT: dict[str, Parser] = {
    "caption": yes_no,
    "dimension": size,
    "scene_ids": _scene_ids,
    "test": yes_no,
}

#: What else the reference of the two generations has, under its own names.
_EXTRA: dict[str, Parser] = {
    "fps": _fps,
    "subtitles": subtitles,
    "include_gif": yes_no,
    "enable_sharing": yes_no,
    "reorder_music": yes_no,
    "keep_text_vertically_centered": yes_no,
    "brand_voice_id": word,
}

_FREE = {**EVERYWHERE, "template_id": WORD, "brand_voice_id": WORD}

_PARSERS: dict[str, Parser] = COMMON | {"template_id": word, "variables": group, **_CONTENT, **_EXTRA}


class Template:
    """See ``Kind``."""

    name = "template"
    parsers: Mapping[str, Parser] = _PARSERS
    words = KindWords(
        name="template",
        fields=frozenset(_PARSERS),
        marks=(frozenset({"template_id"}),),
        structured=frozenset({"variables"}),
        flattened=SIDES,
        prefixes=(PREFIX,),
    )

    def free(self, field: str) -> Free | None:
        """See ``Kind.free``."""
        return TEXT if field.startswith(PREFIX) else _FREE.get(field)

    def plan(self, row: Row) -> tuple[Sequence[Draft], Sequence[Fault]]:
        """See ``Kind.plan``."""
        reading = Reading(row, self.words)
        values = reading.read(row.fields, _PARSERS)
        if "template_id" not in row.fields:
            reading.missing("template_id", "The row names no template.", "Write the id of one of your templates.")
        if values.get("scene_ids") == []:
            reading.fault("scene_ids", "It names no scene.", "Write scene ids with ; between them, or leave it empty.")
        variables = _variables(reading, values)
        if reading.faults:
            return (), reading.faults
        return [_draft(reading, values, variables)], ()


def _variables(reading: Reading, values: dict[str, Any]) -> dict[str, Variable]:
    """Gather the text variables of the sheet and the variables of the manifest; the manifest's word is last."""
    found: dict[str, Variable] = {}
    for field, value in reading.row.fields.items():
        if field.startswith(PREFIX):
            name = field.removeprefix(PREFIX)
            content = reading.read({field: value}, {field: text}).get(field)
            if not name:
                reading.fault(field, "The variable has no name.", 'Write it after the dot, such as "var.first_name".')
            elif content is not None:
                found[name] = text_variable(name, content)
    return found | _told(reading, values.get("variables", {}))


def _told(reading: Reading, given: Mapping[str, Any]) -> dict[str, Variable]:
    """Read the variables of the manifest, none of which takes the place of another."""
    found: dict[str, Variable] = {}
    for key, value in given.items():
        one = variable(reading, key, value)
        if one is not None and one["name"] in found:
            problem = f'Another variable here is named "{one["name"]}" as well.'
            reading.fault(f"variables.{key}", problem, "Keep one of the two.")
        elif one is not None:
            found[one["name"]] = one
    return found


def _draft(reading: Reading, values: dict[str, Any], variables: dict[str, Variable]) -> Draft:
    content: dict[str, Any] = {"template_id": values["template_id"], "variables": variables}
    content |= only(values, _CONTENT)
    if extra := only(values, _EXTRA):
        content["extra"] = extra
    return reading.draft(content, values)
