"""What each row of a sheet asks to be made: by its own word, by the manifest's, or by the fields it fills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.manifest.misplaced import header_below
from batchgen.model.errors import Fault
from batchgen.model.vocabulary import nearest, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchgen.manifest.headings import Headings
    from batchgen.manifest.settings import Settings
    from batchgen.manifest.sheet import Record, Sheet
    from batchgen.model.vocabulary import KindWords


class Choice:
    """The kinds that rows of a sheet may be of, and which of them each is."""

    def __init__(
        self,
        sheet: Sheet,
        settings: Settings,
        kinds: Mapping[str, KindWords],
        headings: Callable[[str], Headings],
        canonical: Callable[[str, str], str | None],
        *,
        file: str,
    ) -> None:
        self._sheet = sheet
        self._settings = settings
        self._kinds = kinds
        self._headings = headings
        self._canonical = canonical
        self._file = file
        self._column = next((at for at, name in enumerate(sheet.columns) if plain(name) == "kind"), None)
        self._candidates = self._possible_kinds()

    @property
    def is_none(self) -> bool:
        """Whether nothing in the sheet or its manifest says what to make."""
        return self._column is None and not self._candidates

    @property
    def constant(self) -> str | None:
        """The kind that all rows are of; None where each says its own, or may be of several."""
        return self._candidates[0] if self._column is None and len(self._candidates) == 1 else None

    def of(self, record: Record) -> str | Fault:
        """Tell the kind of one row: by its own word, by the manifest's, or by the fields it fills."""
        said = "" if self._column is None else str(record.values[self._column]).strip()
        said = said or str(self._settings.defaults.get("kind", ""))
        if said:
            return self._said(record, said)
        for kind in self._candidates:
            named = {self._canonical(kind, name) for name in self._settings.names()} - {None}
            if self._settings.kind or self._marked(kind, {*self._headings(kind).given(record.values), *named}):
                return kind
        return self._fault(record.number, None, "The row does not say what to make.", self._how_to_say())

    def none(self) -> Fault:
        """Say that nothing says what to make, and what would."""
        columns = ", ".join(f'"{name}"' for name in self._sheet.columns) or "none"
        remedy = self._how_to_say()
        if below := header_below(self._sheet, self._kinds.values()):
            remedy = f"Row {below} reads like the header: delete the rows above it, so that it comes first."
        return self._fault(1, None, f"No column says what to make. The columns are: {columns}.", remedy)

    def _possible_kinds(self) -> list[str]:
        """Give the kinds that rows of this sheet may be of: the one that is set, or all whose marks are there."""
        if self._settings.kind:
            return [self._settings.kind]
        if "kind" in self._settings.defaults:
            return list(self._kinds)
        for near in (False, True):
            found = [kind for kind in self._kinds if self._marked(kind, self._present(kind, near_misses=near))]
            if found:
                return found
        return []

    def _present(self, kind: str, *, near_misses: bool) -> set[Any]:
        headings = self._headings(kind)
        named = {self._canonical(kind, name) for name in self._settings.names()} - {None}
        return {*(headings.columns if near_misses else headings.fields), *named}

    def _marked(self, kind: str, fields: set[Any]) -> bool:
        return any(mark <= fields for mark in self._kinds[kind].marks)

    def _said(self, record: Record, said: str) -> str | Fault:
        if plain(said) in self._kinds:
            return plain(said)
        near = nearest(said, self._kinds)
        remedy = (f'Did you mean "{near}"? ' if near else "") + f"Choose from: {', '.join(self._kinds)}."
        column = "defaults.kind" if self._column is None else self._sheet.columns[self._column]
        return self._fault(record.number, column, f'"{said}" is no kind of job.', remedy)

    def _how_to_say(self) -> str:
        ways = []
        for kind, words in self._kinds.items():
            marks = [" and ".join(sorted(mark, reverse=True)) for mark in words.marks if not mark & words.structured]
            ways += [f"{' or '.join(marks)} makes a {kind}"] if marks else []
        *others, last = [kind for kind, words in self._kinds.items() if not words.marks] or [""]
        told = f" For {', '.join(others)} and {last} only the column kind will do." if others else ""
        return f"Fill in a column named kind, or its own columns: {'; '.join(ways)}.{told}"

    def _fault(self, number: int, column: str | None, problem: str, remedy: str) -> Fault:
        return Fault(file=self._file, row=number, column=column, problem=problem, remedy=remedy)
