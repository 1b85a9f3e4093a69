"""Every question a run asks of the store while it works, built once.

A status stands in the SQL itself and not as a parameter: only then does SQLite use the partial index for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, func, literal_column, select, union_all

from batchgen.model.status import OPEN, Status
from batchgen.store.rows import JOB_COLUMNS
from batchgen.store.tables import files, jobs, submissions

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement


def _is(status: Status) -> ColumnElement[bool]:
    return jobs.c.status == _literal(status)


def _literal(status: Status) -> ColumnElement[Any]:
    return literal_column(str(int(status)))


def _in(status: Status) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Ask for a run's jobs in one state; wants ``run``."""
    return jobs.c.run == bindparam("run"), _is(status)


def _by_due(status: Status) -> Select[Any]:
    return select(*JOB_COLUMNS).where(*_in(status)).order_by(jobs.c.due_at).limit(bindparam("limit"))


#: Wants ``run``, ``after``, ``limit``.
FRESH = (
    select(*JOB_COLUMNS)
    .where(*_in(Status.PLANNED), jobs.c.submission.is_(None), jobs.c.seq > bindparam("after"))
    .order_by(jobs.c.seq)
    .limit(bindparam("limit"))
)

#: Wants ``run``.
TO_REPEAT = (
    select(jobs.c.submission)
    .where(*_in(Status.PLANNED), jobs.c.submission.is_not(None))
    .group_by(jobs.c.submission)
    .order_by(func.min(jobs.c.seq))
)

#: Wants ``pk``.
SUBMISSION = select(submissions).where(submissions.c.pk == bindparam("pk"))

#: Wants ``ids``.
MEMBERS = select(*JOB_COLUMNS).where(jobs.c.id.in_(bindparam("ids", expanding=True)))

#: State → its jobs, soonest due first. Each wants ``run`` and ``limit``.
IN_STATE = {status: _by_due(status) for status in Status}

#: The same with ``due``: only those due by then.
DUE = {status: query.where(jobs.c.due_at <= bindparam("due")) for status, query in IN_STATE.items()}

#: Wants ``run``.
NEXT_DUE = select(func.min(jobs.c.due_at)).where(*_in(Status.RENDERING))

#: Wants ``run``.
UNSURE = (
    select(submissions)
    .where(submissions.c.pk.in_(select(jobs.c.submission).where(*_in(Status.UNSURE)).distinct()))
    .order_by(submissions.c.look_at)
)

#: Of every run: whoever was sending is gone.
INTERRUPTED = select(*JOB_COLUMNS).where(_is(Status.SENDING))

#: Open jobs by state. Wants ``run``.
TALLY = union_all(*(select(_literal(status), func.count()).where(*_in(status)) for status in sorted(OPEN)))

#: Wants ``job``.
INTENDED_PATH = select(files.c.path).where(files.c.job == bindparam("job"))
