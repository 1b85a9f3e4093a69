"""What a YAML manifest says beside its rows, checked key by key; all faults are gathered before any is told."""

from __future__ import annotations

import itertools
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batchgen.manifest.expressions import Unrenderable, expressions, is_expression
from batchgen.manifest.keyed import Keyed
from batchgen.manifest.source import BEGINNINGS
from batchgen.model.vocabulary import nearest, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from batchgen.manifest.source import Source
    from batchgen.model.errors import Fault
    from batchgen.model.vocabulary import KindWords, Vocabulary

KEYS = ("kind", "api", "rows", "defaults", "fields", "foreach", "variables", "scenes", "output")
APIS = ("v3", "v2")
#: Values that stand at the top of a manifest and are fields of a row all the same.
STRUCTURES = ("variables", "scenes", "output")

_KEEP_ONE = "Keep one of the two."


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a manifest. A sheet that is a manifest by itself has none."""

    kind: str | None = None
    api: str | None = None
    rows: str | list[Keyed] | None = None  #: A path or link, or the rows themselves.
    rows_line: int | None = None  #: Where they are named.
    defaults: Mapping[str, Any] = field(default_factory=dict)  #: Key → value where a row says nothing.
    fields: Mapping[str, Any] = field(default_factory=dict)  #: Key → value whatever a row says.
    foreach: Mapping[str, list[Any]] = field(default_factory=dict)  #: Name → values; each combination is a row.
    #: Whether rows that stand in the manifest hold expressions. What stands in a sheet is taken as it is.
    rows_express: bool = False
    said: frozenset[str] = frozenset()  #: Every name that an expression uses, as written.

    @property
    def plain(self) -> bool:
        """Whether rows are nothing but what their sheet says."""
        return not (self.defaults or self.fields or self.foreach)

    @property
    def foreach_expresses(self) -> bool:
        """Whether values of ``foreach`` hold expressions."""
        return any(expressions(list(self.foreach.values())))

    def combinations(self) -> Iterator[dict[str, Any]]:
        """Give every combination of the ``foreach`` values; one that is empty where there are none."""
        for values in itertools.product(*self.foreach.values()):
            yield dict(zip(self.foreach, values, strict=True))

    def names(self) -> set[str]:
        """Give every name that is set here."""
        return {*self.defaults, *self.fields, *self.foreach}


def read_settings(source: Source, given: Any, vocabulary: Vocabulary) -> tuple[Settings, list[Fault]]:
    """Check the settings of a manifest."""
    if not isinstance(given, Keyed):
        return Settings(), [source.fault("It has no settings.", BEGINNINGS[".yaml"], row=1)]
    reading = _Reading(source, given, vocabulary)
    return reading.settings(), reading.faults


class _Reading:
    """One manifest being checked."""

    def __init__(self, source: Source, given: Keyed, vocabulary: Vocabulary) -> None:
        self.source = source
        self.given = given
        self.vocabulary = vocabulary
        self.faults: list[Fault] = []
        self.kind: str | None = None

    def settings(self) -> Settings:
        self._strangers()
        self.kind = self._one_of("kind", self.vocabulary.kinds)
        rows = self._rows()
        within = _expressions_of(rows)
        defaults, fields = self._fields("defaults"), self._fields("fields")
        fields |= self._structures(fields)
        foreach = self._foreach()
        settings = Settings(
            kind=self.kind,
            api=self._one_of("api", APIS),
            rows=rows,
            rows_line=self.given.lines.get("rows"),
            defaults=defaults,
            fields=fields,
            foreach=foreach,
            rows_express=within is not None,
            said=frozenset().union(
                within or (), *(one.names for one in expressions([defaults, fields, list(foreach.values())]))
            ),
        )
        self._unused(settings)
        return settings

    def _fault(self, key: str, problem: str, remedy: str = "", *, within: Keyed | None = None) -> None:
        """Note what is wrong with a key of the manifest, or with one of a mapping inside it."""
        outer = next((name for name, value in self.given.items() if value is within), None)
        line = (within if within is not None else self.given).lines.get(key)
        place = f"{outer}.{key}" if outer else key
        self.faults.append(self.source.fault(problem, remedy, row=line, column=place))

    def _line(self, key: str, name: str) -> int | None:
        """Give the line of a name in a mapping of the manifest."""
        within: Keyed = self.given[key]
        return within.lines.get(name)

    def _strangers(self) -> None:
        for key in self.given:
            if key in KEYS:
                continue
            near = nearest(key, KEYS)
            remedy = f'Did you mean "{near}"?' if near else f"Known keys: {', '.join(KEYS)}."
            if not near and any(words.canonical(key) for words in self.vocabulary.kinds.values()):
                remedy = 'It is a field: write it under "defaults" or "fields".'
            self._fault(key, f'"{key}" means nothing in a manifest.', remedy)

    def _one_of(self, key: str, allowed: Iterable[str]) -> str | None:
        value = self.given.get(key)
        if value in (None, ""):
            return None
        if isinstance(value, str) and plain(value) in allowed:
            return plain(value)
        near = nearest(str(value), allowed)
        remedy = (f'Did you mean "{near}"? ' if near else "") + f"Choose from: {', '.join(allowed)}."
        self._fault(key, f'"{value}" is not known here.', remedy)
        return None

    def _rows(self) -> str | list[Keyed] | None:
        rows = self.given.get("rows")
        if isinstance(rows, str) and "\n" in rows.strip():
            remedy = 'Save them as a sheet and write its name here, or write "- key: value" for each.'
            self._fault("rows", "The rows themselves stand here, as text.", remedy)
            return None
        if rows is None or isinstance(rows, str):
            return rows or None
        good = [row for row in rows if isinstance(row, Keyed)] if isinstance(rows, list) else []
        if not isinstance(rows, list) or not good or len(good) < len(rows):
            self._fault(
                "rows", "This is neither a file nor a list of rows.", 'Write a file\'s name, or "- key: value".'
            )
        return good

    def _foreach(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for name, values in self._mapping("foreach").items():
            if isinstance(values, list) and values:
                found[name] = self._compiled(values, f"foreach.{name}", self._line("foreach", name))
            else:
                self._fault(name, "It needs a list of values.", "Write [one, two].", within=self.given["foreach"])
        return found

    def _unused(self, settings: Settings) -> None:
        """Find names of ``foreach`` that would make equal rows: no field, and in no expression."""
        for name in settings.foreach:
            if name not in settings.said and not self._is_field(name):
                self._unknown_field("foreach", name)

    def _fields(self, key: str) -> dict[str, Any]:
        """Read a mapping of fields, whose names must mean something."""
        found: dict[str, Any] = {}
        for name, value in self._mapping(key).items():
            if not self._is_field(name):
                self._unknown_field(key, name)
            elif (other := self._rival(name, found)) is not None:
                self._fault(name, f'It fills the same field as "{other}".', _KEEP_ONE, within=self.given[key])
            else:
                found[name] = self._compiled(value, f"{key}.{name}", self._line(key, name))
        return found

    def _rival(self, name: str, others: Iterable[str]) -> str | None:
        """Give the one of some keys that means the same field by another name."""
        meant = [(words, field) for words in self._kinds() if (field := words.canonical(name)) is not None]
        return next((one for one in others if any(words.canonical(one) == field for words, field in meant)), None)

    def _structures(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Read ``variables``, ``scenes`` and ``output``, each of the shape that it must have."""
        shapes = {
            "variables": (dict, "It needs a name and a value for each variable."),
            "scenes": (list, 'It needs a list: write "- " before each scene.'),
            "output": (str, 'It needs one text, such as "{{ title }}.mp4".'),
        }
        found: dict[str, Any] = {}
        for key in STRUCTURES:
            value = self.given.get(key)
            if value in (None, ""):
                continue
            shape, remedy = shapes[key]
            if not isinstance(value, shape):
                self._fault(key, "This is not how it is written.", remedy)
            elif not self._is_field(key):
                self._fault(key, f'A {self.kind} has no "{key}".', f'Leave it out, or change "kind: {self.kind}".')
            elif (other := self._rival(key, fields)) is not None:
                self._fault(key, f'It stands here, and as "fields.{other}".', _KEEP_ONE)
            else:
                found[key] = self._compiled(value, key, self.given.lines.get(key))
        return found

    def _compiled(self, value: Any, place: str, line: int | None) -> Any:
        """Read every expression inside a value. Each that cannot be read is told, where it stands."""
        from batchgen.manifest.fill import compile_all  # noqa: PLC0415 - Jinja is for those who write a manifest

        if isinstance(value, Keyed):
            lines = value.lines
            return {key: self._compiled(one, f"{place}.{key}", lines.get(key, line)) for key, one in value.items()}
        if isinstance(value, list):
            return [self._compiled(one, f"{place}[{number}]", line) for number, one in enumerate(value, start=1)]
        try:
            return compile_all(value, place)
        except Unrenderable as error:
            self.faults.append(self.source.fault(error.problem, error.remedy, row=line, column=place))
            return ""

    def _mapping(self, key: str) -> Mapping[str, Any]:
        value = self.given.get(key)
        if value is None or value == "":
            return {}
        if not isinstance(value, Keyed):
            self._fault(key, "It needs keys and values.", 'Write one "key: value" a line below it, indented.')
            return {}
        return value

    def _kinds(self) -> list[KindWords]:
        kinds = self.vocabulary.kinds
        return [kinds[self.kind]] if self.kind else list(kinds.values())

    def _is_field(self, name: str) -> bool:
        return any(words.canonical(name) for words in self._kinds())

    def _unknown_field(self, key: str, name: str) -> None:
        known = sorted(set().union(*(words.fields | words.aliases.keys() for words in self._kinds())))
        near = nearest(name, known)
        unused = ", and no expression uses it" if key == "foreach" else ""
        of = f"of a {self.kind}" if self.kind else "of any kind"
        remedy = f'Did you mean "{near}"?' if near else f"Fields are: {', '.join(known)}."
        self._fault(name, f'"{name}" is no field {of}{unused}.', remedy, within=self.given[key])


def _expressions_of(rows: str | list[Keyed] | None) -> set[str] | None:
    """Give the names that expressions in rows of the manifest use; None where there are no expressions in them."""
    texts = [text for text in _texts(rows) if is_expression(text)] if isinstance(rows, list) else []
    if not texts:
        return None
    from batchgen.manifest.fill import compile_all  # noqa: PLC0415 - see above

    names: set[str] = set()
    for text in texts:
        # One that cannot be read is told at its row.
        with suppress(Unrenderable):
            names |= compile_all(text, "").names
    return names


def _texts(value: Any) -> Iterator[str]:
    """Give every text inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
