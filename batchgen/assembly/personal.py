"""A manifest and a sheet for a template: a column for each of its variables, and no other."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.model.errors import UsageError
from batchgen.model.vocabulary import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchgen.model.catalogue import Item

#: How a variable of each type says what is in a cell.
_SAYS = {
    "image": "{{type: image, url: {cell}}}",
    "video": "{{type: video, url: {cell}}}",
    "audio": "{{type: audio, url: {cell}}}",
    "character": "{{type: {character}, character_id: {cell}}}",
    "voice": "{{type: voice, voice_id: {cell}}}",
}

#: Words that mean something else in an expression, or in YAML.
_OTHERWISE_MEANT = {
    *("and", "cycler", "dict", "else", "false", "if", "in", "is", "joiner", "lipsum", "namespace", "none", "not", "or"),
    *("range", "row", "true", "null", "y", "n", "yes", "no", "on", "off"),
}

_MANIFEST = """\
# yaml-language-server: $schema={schema}
#
# The template {name}: each row of {sheet} fills in its variables. The first row says what the template
# holds now. Fill in the sheet with any spreadsheet, then:
#
#   batchgen check {manifest}             is anything wrong?
#   batchgen plan {manifest} --online     see what would be sent, and ask the account
#   batchgen run {manifest} --sample 3    make three, have a look, then the rest
kind: template
rows: {sheet}
{api}
defaults:
  template_id: {template}
{scenes}
variables:
{variables}

fields:
  title: {title}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What somebody begins with."""

    manifest: str  #: YAML.
    row: Mapping[str, str]  #: The first row of the sheet, by its columns.


def begin(template: Item, *, template_id: str, manifest: str, sheet: str, schema: str, api: str | None) -> Beginning:
    """Write a manifest for a template. Raises ``UsageError`` where it has nothing to fill in."""
    if not template.variables:
        raise UsageError(
            f'The template "{template_id}" has no variables, so a sheet could fill in nothing. Give its elements '
            "names at HeyGen first."
        )
    columns = _columns(template.variables)
    text = _MANIFEST.format(
        schema=schema,
        name=_comment(template.name or template_id),
        manifest=manifest,
        sheet=sheet,
        api=f"api: {api}\n" if api else "",
        template=json.dumps(template_id, ensure_ascii=False),
        scenes="".join(f"  # scene {_comment(one.id)}: {_comment(one.script)}\n" for one in template.scenes),
        variables="\n".join(_variables(template, columns)),
        title=json.dumps(_title(template, columns), ensure_ascii=False),
    )
    return Beginning(manifest=text, row={column: template.sample(name) for name, column in columns.items()})


def _columns(variables: Mapping[str, str]) -> dict[str, str]:
    """Give the column of each variable: its own name, unless that means something else in a sheet."""
    from batchgen.kinds import VOCABULARY  # noqa: PLC0415 - for those who begin

    columns: dict[str, str] = {}
    seen: set[str] = set()
    for name in variables:
        own = name.strip() and VOCABULARY.kinds["template"].canonical(name) is None and plain(name) not in seen
        columns[name] = name if own else f"value of {name}"
        seen.add(plain(name))
    return columns


def _variables(template: Item, columns: Mapping[str, str]) -> Iterator[str]:
    for name, kind in template.variables.items():
        cell = json.dumps(_expression(columns[name]), ensure_ascii=False)
        character = template.holds.get(name, {}).get("type", "avatar")
        says = _SAYS.get(kind, "{cell}").format(cell=cell, character=character)
        key = (
            name
            if re.fullmatch(r"[A-Za-z]\w*", name) and columns[name] == name
            else json.dumps(name, ensure_ascii=False)
        )
        yield f"  {key}: {says}"


def _expression(column: str) -> str:
    """Write what gives a row's cell in a column."""
    if _means_itself(column):
        return f"{{{{ {column} }}}}"
    return f"{{{{ row[{json.dumps(column, ensure_ascii=False)}] }}}}"


def _means_itself(name: str) -> bool:
    return re.fullmatch(r"[a-z][a-z0-9_]*", name) is not None and name not in _OTHERWISE_MEANT


def _title(template: Item, columns: Mapping[str, str]) -> str:
    name = re.sub(r"[{}]", "", template.name).strip() or "Video"
    first = next((name for name, kind in template.variables.items() if kind in {"text", ""}), None)
    return f"{name}: {_expression(columns[first])}" if first else name


def _comment(text: str) -> str:
    """Write something on a line of its own, where it can mean nothing."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
