"""Reads the fields of one row by a table of parsers, and gathers everything that is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.kinds.columns import Wrong, link, own_id, running_time, word
from batchgen.model.job import Draft
from batchgen.model.media import named_files
from batchgen.model.row import BY_DEFAULT
from batchgen.model.vocabulary import KindWords, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchgen.kinds.shapes import Parser
    from batchgen.model.content import Delivery
    from batchgen.model.errors import Fault
    from batchgen.model.media import NamedFile
    from batchgen.model.row import Row

#: What every kind of row may say.
COMMON: dict[str, Parser] = {
    "kind": word,
    "id": own_id,
    "title": word,
    "callback_id": word,
    "callback_url": link,
    "folder_id": word,
    "output": word,
    "duration": running_time,
}

_DELIVERY = ("title", "folder_id", "callback_id", "callback_url")

#: Parts of a YAML manifest that fill fields: their keys stand in the place of a column.
_PARTS = ("defaults", "foreach", "fields")
#: How much each of them counts, where a row's own word counts 1.
_WEIGHTS = {"defaults": 0, "foreach": 2, "fields": 3}


class Reading:
    """One row being read: its faults so far."""

    def __init__(self, row: Row, words: KindWords) -> None:
        self.row = row
        self.words = words
        self.faults: list[Fault] = []
        self.files: dict[NamedFile, str] = {}  #: Files of this machine, each with the field that names it first.

    def fault(self, field: str, problem: str, remedy: str = "") -> None:
        """Note what is wrong with one field, at the column it came from."""
        self.faults.append(self.row.fault(field, problem, remedy))

    def by_default(self, field: str) -> bool:
        """Tell whether a row says nothing of a field itself: what it holds then was meant for all rows."""
        return self.weight(field) == 0

    def weight(self, place: str) -> int:
        """Tell how much counts what stands somewhere: a default least, and most what holds whatever a row says.

        What is nested counts as much as the group that it stands in.
        """
        if place.startswith(BY_DEFAULT):
            return 0
        return _WEIGHTS.get(self.row.columns.get(place.partition(".")[0], "").partition(".")[0], 1)

    def own(self, fields: Mapping[str, str]) -> list[str]:
        """Leave out of fields that say the same what holds by default, where the row says another of them itself.

        Each comes with where it stands.
        """
        return [field for field, place in fields.items() if not self.by_default(place)] or list(fields)

    def missing(self, field: str, problem: str, remedy: str = "") -> None:
        """Note that a field is needed, naming the column that was probably meant to be it."""
        header = self.row.columns.get(field)
        if header is not None and header.partition(".")[0] in _PARTS:
            problem, remedy = f"In this row it comes to nothing. {problem}", "Fill in what it is made from."
        elif header is not None and self.words.canonical(header) is None:
            problem, remedy = f"This column means nothing to batchgen. {problem}", f'Did you mean "{field}"?'
        self.fault(field, problem, remedy)

    def read(
        self,
        given: Mapping[str, Any],
        parsers: Mapping[str, Parser],
        places: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Read every given field that has a parser. ``places`` tells where a nested field stands."""
        meant: dict[str, Any] = {}
        for field, value in given.items():
            parse = parsers.get(field)
            if parse is None:
                continue
            place = places[field] if places else field
            try:
                meant[field] = parse(value)
            except Wrong as wrong:
                self.fault(place, wrong.problem, wrong.remedy)
                continue
            if isinstance(meant[field], dict | list):
                for named in named_files(meant[field]):
                    self.files.setdefault(named, place)
        return meant

    def draft(self, content: Mapping[str, Any], values: Mapping[str, Any], **own: Any) -> Draft:
        """Draft a job of this row from what was read; ``own`` is what its kind knows better."""
        common: dict[str, Any] = {
            "delivery": delivery(values),
            "distinct": values.get("id"),
            "length_s": values.get("duration"),
            "output": values.get("output"),
        }
        return Draft(row=self.row, kind=self.words.name, content=content, files=self.files, **common | own)

    def stranger(self, place: str, name: str, known: Iterable[str]) -> None:
        """Note a key that means nothing where it stands."""
        names = sorted(known)
        near = nearest(name, names, likeness=0.6)
        self.fault(
            place,
            f'"{name}" means nothing here.',
            f'Did you mean "{near}"?' if near else f"Known here: {', '.join(names)}.",
        )


def delivery(values: Mapping[str, Any]) -> Delivery:
    """Pick what labels and announces a job, and does not change its video."""
    return {name: values[name] for name in _DELIVERY if name in values}  # type: ignore[return-value]


def only(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Pick some of the values, as far as they are there."""
    return {name: values[name] for name in names if name in values}
