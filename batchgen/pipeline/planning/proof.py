"""Planning that leaves nothing behind: for those who want to know what is wrong with a manifest, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.store.interface import Planned, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from batchgen.model.media import LocalFile
    from batchgen.store.interface import Entry, Line, Planning, RunFacts, SheetFacts


class Proof:
    """See ``Planning``. It keeps who asks for what, as long as a sheet is read."""

    run: None = None

    def plan(self, work: Callable[[Planning], Any], *, run: int | RunFacts | None = None) -> Any:
        """See ``Store.plan``. There is nothing to undo, and nothing to be taken up."""
        del run
        return work(self)

    def unchanged(self, paths: Sequence[str], mark: str, *, at: float) -> None:
        """See ``Store.unchanged``. Nothing is known from before."""

    def local_file(self, path: str) -> None:
        """See ``Store.local_file``. Nothing is known from before."""

    def keep_local_files(self, files: Sequence[LocalFile]) -> None:
        """See ``Store.keep_local_files``. Nothing is kept."""

    def begin(self, facts: SheetFacts) -> None:
        """See Planning.begin."""
        self._facts = facts
        self._rows: dict[str, list[int]] = {}
        self._kinds: set[str] = set()

    def add(self, entries: Sequence[Entry]) -> None:
        """See Planning.add."""
        for entry in entries:
            self._rows.setdefault(entry.job_id, []).append(entry.row)
            self._kinds.add(entry.kind)

    def duplicates(self) -> Iterator[tuple[str, list[int]]]:
        """See Planning.duplicates."""
        return ((job_id, rows) for job_id, rows in self._rows.items() if len(rows) > 1)

    def keep_copies(self, key: Callable[[str], str]) -> None:
        """See Planning.keep_copies. Copies are never wrong."""

    def again(self, keep: Callable[[Line], bool] | None, limit: int | None) -> None:
        """See Planning.again. Nothing is done."""

    def finish(self, at: float, *, mark: str | None = None) -> Planned:
        """See Planning.finish. Nothing is kept, and so nothing is marked."""
        del mark
        facts = self._facts
        sheet = Sheet(
            pk=0,
            name=facts.name,
            path=facts.path,
            columns=facts.columns,
            digest=facts.digest,
            kinds=tuple(sorted(self._kinds)),
            results=facts.results,
            realm=facts.realm,
            edition=0,
            lines=sum(map(len, self._rows.values())),
            rows=len({row for rows in self._rows.values() for row in rows}),
            planned_at=at,
        )
        return Planned(sheet=sheet, new=len(self._rows), known=0)
