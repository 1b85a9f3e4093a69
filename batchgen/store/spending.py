"""What the jobs of sheets and runs cost, were expected to cost, and will."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, func, select, union_all

from batchgen.model.spending import Commitments, Outlay
from batchgen.model.status import IN_FLIGHT, Status
from batchgen.store.asking import CREDITS, among, stands, stands_in_run
from batchgen.store.audit import audit
from batchgen.store.facts import Unsent
from batchgen.store.rows import read
from batchgen.store.sheets import ASKED_FOR, Sheets, of_jobs
from batchgen.store.statement import Statement
from batchgen.store.tables import jobs, lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, CompoundSelect, Subquery

    from batchgen.model.spending import Audit


def _each(states: Iterable[Status], where: ColumnElement[bool], *what: Any) -> CompoundSelect[Any]:
    """Ask for a sheet's jobs in some states, each by the index of its own: those that are done are not walked over."""
    return union_all(*(select(*what).where(stands(status), where, ASKED_FOR) for status in sorted(states)))


_MADE = {Status.RENDERED, Status.DONE}
_UNIT = func.coalesce(jobs.c.unit, CREDITS)
_SAME = bindparam("unit") == _UNIT

#: A session that failed has cost what it has; a render that failed has no credits. Wants ``sheet``, ``edition`` and
#: ``unit``, as do the next three.
_SPENT = Statement(of_jobs(func.sum(jobs.c.credits)).where(among(_MADE | {Status.FAILED}), _SAME))
_UNPRICED = Statement(of_jobs(func.count()).where(among(IN_FLIGHT | _MADE), _SAME, jobs.c.credits.is_(None)))
_HELD = Statement(_each(IN_FLIGHT, _SAME, jobs.c.pk, jobs.c.credits))
_FOREIGN = Statement(_each(IN_FLIGHT | {Status.RENDERED}, bindparam("unit") != _UNIT, jobs.c.pk))

#: In the order of ``Unsent``. Wants ``run``.
_UNSENT = Statement(
    select(jobs.c.pk, jobs.c.id, jobs.c.kind, jobs.c.content, jobs.c.length_s).where(*stands_in_run(Status.PLANNED))
)

_SORT = (jobs.c.kind, jobs.c.language)

#: State → how many of a run's jobs are in it, of each kind and language. Each wants ``run``.
_SORTS = {
    status: Statement(select(*_SORT, func.count()).where(*stands_in_run(status)).group_by(*_SORT)) for status in Status
}

_ESTIMATED = jobs.c.expected_high.is_not(None)

#: What was expected and what was charged, by unit, in the order of ``Outlay``. Wants ``run``.
_OUTLAYS = Statement(
    select(
        _UNIT,
        func.sum(case((_ESTIMATED, 1), else_=0)),
        func.sum(jobs.c.expected_low),
        func.sum(jobs.c.expected_high),
        func.sum(case((_ESTIMATED, jobs.c.credits))),
        func.sum(case((_ESTIMATED, 0), else_=1)),
        func.sum(case((_ESTIMATED, None), else_=jobs.c.credits)),
        func.sum(case((jobs.c.credits.is_(None), 1), else_=0)),
    )
    .where(jobs.c.run == bindparam("run"), among(_MADE))
    .group_by(_UNIT)
)


class Spending(Sheets):
    """See ``Spending`` of the interface."""

    def commitments(self, sheets: Sequence[int], unit: str = CREDITS, *, made: bool = True) -> Commitments:
        """See Store.commitments."""
        spent, unpriced = 0.0, 0
        held: dict[int, float] = {}
        foreign: set[int] = set()
        for sheet in sheets:
            wanted: dict[str, Any] = {**self._edition(sheet), "unit": unit}
            spent += float(self._scalar(_SPENT, **wanted) or 0.0) if made else 0.0
            unpriced += int(self._scalar(_UNPRICED, **wanted) or 0) if made else 0
            held |= {int(pk): float(credit or 0.0) for pk, credit in self._all(_HELD, **wanted)}
            foreign |= {int(row[0]) for row in self._all(_FOREIGN, **wanted)}
        return Commitments(spent=spent, held=held, foreign=frozenset(foreign), unpriced=unpriced)

    def outlays(self, run: int) -> list[Outlay]:
        """See Store.outlays."""
        return [_outlay_from(row) for row in self._all(_OUTLAYS, run=run)]

    def unsent(self, run: int) -> Iterator[Unsent]:
        """See Store.unsent."""
        yield from map(_unsent_from, self._stream(_UNSENT, run=run))

    def sorts(self, run: int, status: Status) -> dict[tuple[str, str | None], int]:
        """See Store.sorts."""
        return {(kind, language): int(n) for kind, language, n in self._all(_SORTS[status], run=run)}

    def audit(self, sheet: int) -> Audit:
        """See Store.audit."""
        wanted = self._wanted(sheet)
        with self._engines.reader.connect() as connection:
            return audit(connection, wanted)

    def _wanted(self, sheet: int) -> Subquery:
        edition = self._sheet(sheet).edition
        return select(lines.c.job).where(lines.c.sheet == sheet, lines.c.edition == edition).distinct().subquery()


def _unsent_from(row: Sequence[Any]) -> Unsent:
    """Read what a price depends on."""
    pk, job_id, kind, content, length_s = row
    return Unsent(pk, job_id, kind, read(content), length_s)


def _outlay_from(row: Sequence[Any]) -> Outlay:
    """Read a sum of estimates and costs."""
    facts: dict[str, Any] = {name: value or 0 for name, value in zip(Outlay.__dataclass_fields__, row, strict=True)}
    return Outlay(**facts)
