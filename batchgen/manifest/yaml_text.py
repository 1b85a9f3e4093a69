"""Reads YAML with every value as the text it was written in, and every key with its line.

Plain YAML turns ``no`` into false, ``007`` into 7 and ``1:30`` into 90. Here the fields decide what a text means, as
they do for a spreadsheet. A key that stands twice is a fault instead of a silent loss.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from batchgen.manifest.keyed import Keyed

if TYPE_CHECKING:
    from batchgen.manifest.source import Source
    from batchgen.model.errors import Fault

# libyaml where it was built in, as it is in every wheel; the same result without.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: Lists and groups inside each other. Nothing in a manifest comes near it, and composing ends in a crash far beyond.
DEEPEST = 200
#: What libyaml from 0.2.6 on says of more than a thousand: it reads a line ahead, and comes to their end before we do.
_TOO_DEEP = "maximum nesting depth"

_NOTHING = frozenset({"", "~", "null"})

#: What a key that is a group or a list mostly comes from: to YAML, ``{{ title }}`` is a group in a group.
_NO_NAME = (
    "Here stands a group or a list where YAML wants a name, as {{ }} without quotes does.",
    'Put text that holds "{{ }}" in double quotes.',
)
_NO_GROUP = ('What "<<" names is no group.', 'Name one that is there, such as "<<: *base", or leave it out.')


@dataclass(slots=True)
class _Reading:
    source: Source
    faults: list[Fault] = field(default_factory=list)
    done: dict[int, Any] = field(default_factory=dict)  #: Nodes that were read, for aliases.

    def value(self, node: yaml.Node) -> Any:
        # An alias is the same node again: it is read once, so that no nest of aliases can grow without bound.
        if id(node) not in self.done:
            self.done[id(node)] = None
            self.done[id(node)] = self._value(node)
        return self.done[id(node)]

    def _value(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            plain = not node.style  # None, or "" from libyaml.
            return "" if plain and node.value in _NOTHING else node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.value(one) for one in node.value]
        nameless = next((key for key, _ in node.value if not isinstance(key, yaml.ScalarNode)), None)
        if nameless is not None:
            self.faults.append(self.source.fault(*_NO_NAME, row=_line(nameless)))
            return ""
        return self._mapping(node)

    def _mapping(self, node: yaml.Node) -> Keyed:
        found = Keyed(_line(node))
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                self._merge(found, value_node)
                continue
            key, line = str(key_node.value), _line(key_node)
            if key in found.lines:
                problem = f'"{key}" stands twice, in line {found.lines[key]} and here.'
                self.faults.append(self.source.fault(problem, "Keep one of the two.", row=line, column=key))
            found[key] = self.value(value_node)
            found.lines[key] = line
        return found

    def _merge(self, found: Keyed, node: yaml.Node) -> None:
        """Take over what ``<<`` names, without replacing what the mapping says itself."""
        others = self.value(node)
        for other in others if isinstance(others, list) else [others]:
            if other and not isinstance(other, Keyed):
                self.faults.append(self.source.fault(*_NO_GROUP, row=_line(node), column="<<"))
                continue
            for key, value in (other or {}).items():
                found.setdefault(key, value)


def read_yaml(source: Source, text: str) -> tuple[Any, list[Fault]]:
    """Read one YAML document, and tell what is wrong with its form. Values that stand nowhere are "" or None."""
    reading = _Reading(source)
    try:
        if deep := _too_deep(text):
            return None, [_nested(source, deep)]
        node = yaml.compose(text, Loader=_Loader)
        return (None if node is None else reading.value(node)), reading.faults
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if _TOO_DEEP in str(error.problem):
            return None, [_nested(source, mark.line + 1 if mark else None)]
        problem = f"This is not YAML: {error.problem or error.context}."
        remedy = 'Put text that holds ":", "#" or "{{ }}" in double quotes, and indent with spaces.'
        reading.faults.append(source.fault(problem, remedy, row=mark.line + 1 if mark else None))
    except (yaml.YAMLError, RecursionError) as error:
        reading.faults.append(source.fault(f"This is not YAML: {error}.", "Save it as UTF-8 text."))
    return None, reading.faults


def _nested(source: Source, row: int | None) -> Fault:
    problem = f"It is nested more than {DEEPEST} deep."
    return source.fault(problem, "Nothing in a manifest is: close what is opened.", row=row)


def _too_deep(text: str) -> int | None:
    """Give the line in which a text is nested deeper than anything is; events are read without nesting calls."""
    deep = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            deep += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            deep -= 1
        if deep > DEEPEST:
            return int(event.start_mark.line) + 1 if event.start_mark else 1
    return None


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
