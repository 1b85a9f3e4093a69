"""What the jobs of sheets and runs cost, were expected to cost, and will."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, exists, func, select, union_all

from batchgen.model.spending import Audit, Commitments, Outlay
from batchgen.model.status import IN_FLIGHT, Status
from batchgen.store.asking import ASKED, CREDITS, among, stands, stands_in_run
from batchgen.store.audit import BOUGHT, TWICE
from batchgen.store.facts import Unsent
from batchgen.store.rows import JOB_COLUMNS, job_from, read
from batchgen.store.sheets import ASKED_FOR, Sheets, of_jobs
from batchgen.store.statement import Statement
from batchgen.store.tables import jobs, lines, runs, sheets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, CompoundSelect

    from batchgen.model.job import Job


def _each(states: Iterable[Status], where: ColumnElement[bool], *what: Any) -> CompoundSelect[Any]:
    """Ask for jobs of sheets in some states, each by the index of its own: those that are done are not walked over."""
    return union_all(*(select(*what).where(stands(status), where, ASKED_FOR) for status in sorted(states)))


_MADE = {Status.RENDERED, Status.DONE}
_NOT_FETCHED = IN_FLIGHT | {Status.RENDERED}
_UNIT = func.coalesce(jobs.c.unit, CREDITS)
_SAME = bindparam("unit") == _UNIT

#: What was spent, and how many cost nobody knows what. A session that failed has cost what it has; a render that failed
#: has no credits. Wants ``asked``: sheets, and ``unit``; as do the next two.
_TAKEN = Statement(
    of_jobs(
        func.sum(case((among(_MADE | {Status.FAILED}), jobs.c.credits))),
        func.count(case((and_(among(IN_FLIGHT | _MADE), jobs.c.credits.is_(None)), 1))),
    ).where(_SAME)
)
#: Whether some of these sheets were read more than once: only then can a video be left behind. Wants ``asked``.
_EDITED = Statement(select(func.max(sheets.c.edition)).where(sheets.c.pk.in_(ASKED)))
_OF_A_RUN = func.json_each(runs.c.sheets).table_valued("value", name="of_run")
#: A rehearsal and the real thing are runs of one sheet: those count that were in its world.
_OF_THESE = select(runs.c.pk).where(
    exists(select(_OF_A_RUN.c.value).where(_OF_A_RUN.c.value.in_(ASKED))),
    runs.c.realm.in_(select(sheets.c.realm).where(sheets.c.pk.in_(ASKED))),
)
#: What runs of these sheets bought that no line of any sheet asks for now: an edited row's video, or one that was made
#: once more. Wants ``asked`` and ``unit``.
_BY_NONE = (jobs.c.run.in_(_OF_THESE), ~exists(select(lines.c.job).where(lines.c.job == jobs.c.pk).correlate(jobs)))
_LEFT_BEHIND = Statement(
    select(func.sum(jobs.c.credits)).where(*_BY_NONE, among(IN_FLIGHT | _MADE | {Status.FAILED}), _SAME)
)
#: Those of them that were sent and not fetched, so that nobody has them. Wants ``asked``.
_UNFETCHED = Statement(
    union_all(*(select(*JOB_COLUMNS).where(stands(status), *_BY_NONE) for status in sorted(_NOT_FETCHED)))
)
#: How many of them were made, and not left on purpose for one that is made in their place. Wants ``asked``.
_OUTLIVED = Statement(
    select(func.count()).select_from(jobs).where(stands(Status.DONE), *_BY_NONE, jobs.c.superseded_by.is_(None))
)
_HELD = Statement(_each(IN_FLIGHT, _SAME, jobs.c.pk, jobs.c.credits))
_FOREIGN = Statement(_each(_NOT_FETCHED, bindparam("unit") != _UNIT, jobs.c.pk))

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
        wanted = {"asked": json.dumps(list(sheets)), "unit": unit}
        spent, unpriced = self._all(_TAKEN, **wanted)[0] if made else (0.0, 0)
        edited = made and self._edited(wanted["asked"])
        return Commitments(
            spent=float(spent or 0.0),
            left_behind=float(self._scalar(_LEFT_BEHIND, **wanted) or 0.0) if edited else 0.0,
            held={int(pk): float(credit or 0.0) for pk, credit in self._all(_HELD, **wanted)},
            foreign=frozenset(int(row[0]) for row in self._all(_FOREIGN, **wanted)),
            unpriced=unpriced,
        )

    def unfetched(self, sheets: Sequence[int]) -> list[Job]:
        """See Store.unfetched."""
        asked = json.dumps(list(sheets))
        return [job_from(row) for row in self._all(_UNFETCHED, asked=asked)] if self._edited(asked) else []

    def outlived(self, sheets: Sequence[int]) -> int:
        """See Store.outlived."""
        asked = json.dumps(list(sheets))
        return int(self._scalar(_OUTLIVED, asked=asked) or 0) if self._edited(asked) else 0

    def outlays(self, run: int) -> list[Outlay]:
        """See Store.outlays."""
        return [_outlay_from(row) for row in self._all(_OUTLAYS, run=run)]

    def unsent(self, run: int) -> Iterator[Unsent]:
        """See Store.unsent."""
        yield from map(_unsent_from, self._stream(_UNSENT, run=run))

    def sorts(self, run: int, status: Status) -> dict[tuple[str, str | None], int]:
        """See Store.sorts."""
        return {(kind, language): int(n) for kind, language, n in self._all(_SORTS[status], run=run)}

    def audit(self, sheets: Sequence[int]) -> Audit:
        """See Store.audit."""
        asked = json.dumps(list(sheets))
        accepted, found, adopted = self._all(BOUGHT, asked=asked)[0]
        twice = sum(int(ids) - 1 for (ids,) in self._all(TWICE, asked=asked))
        return Audit(accepted=accepted, found=found, adopted=adopted, twice=twice)

    def _edited(self, asked: str) -> bool:
        return (self._scalar(_EDITED, asked=asked) or 0) > 1


def _unsent_from(row: Sequence[Any]) -> Unsent:
    """Read what a price depends on."""
    pk, job_id, kind, content, length_s = row
    return Unsent(pk, job_id, kind, read(content), length_s)


def _outlay_from(row: Sequence[Any]) -> Outlay:
    """Read a sum of estimates and costs."""
    facts: dict[str, Any] = {name: value or 0 for name, value in zip(Outlay.__dataclass_fields__, row, strict=True)}
    return Outlay(**facts)
