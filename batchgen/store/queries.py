"""Every question a run asks of the store while it works, built once.

A status stands in the SQL itself and not as a parameter: only then does SQLite use the partial index for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, func, literal_column, or_, select, union_all

from batchgen.model import session
from batchgen.model.status import IN_FLIGHT, OPEN, Event, Status
from batchgen.store.rows import (
    ASSET_COLUMNS,
    FILE_COLUMNS,
    HOOK_COLUMNS,
    JOB_COLUMNS,
    LOCAL_FILE_COLUMNS,
    OCCURRENCE_COLUMNS,
    SESSION_COLUMNS,
    SUBMISSION_COLUMNS,
    among,
    select_lines,
)
from batchgen.store.sheets import ASKED_FOR, OF_SHEET, literal, of_jobs, stands
from batchgen.store.statement import Statement
from batchgen.store.tables import (
    assets,
    events,
    files,
    hooks,
    jobs,
    limits,
    lines,
    local_files,
    occurrences,
    open_sessions,
    runs,
    submissions,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, CompoundSelect, Select


#: Sessions are held by a stage of their own.
_RENDERED = jobs.c.kind != literal_column(f"'{session.KIND}'")


def _in(status: Status) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Ask for a run's jobs in one state; wants ``run``."""
    return jobs.c.run == bindparam("run"), stands(status)


#: Among equal times the database would choose by itself, and not alike in each process: no rehearsal could be repeated.
_SOONEST = (jobs.c.due_at, jobs.c.pk)


def _by_due(status: Status) -> Select[Any]:
    # Who holds a session sees how it goes; nobody else asks.
    watched = (_RENDERED,) if status is Status.RENDERING else ()
    return select(*JOB_COLUMNS).where(*_in(status), *watched).order_by(*_SOONEST).limit(bindparam("limit"))


#: The unit of amounts that name none.
CREDITS = "credits"

#: What is in a list, given as JSON text: one text for lists of any length. PostgreSQL says it as ``any(:asked)``.
ASKED = select(func.json_each(bindparam("asked")).table_valued("value", name="asked").c.value)


def _planned(waits: int) -> Select[Any]:
    where = (*_in(Status.PLANNED), jobs.c.waits == literal_column(str(waits)), jobs.c.seq > bindparam("after"))
    return select(*JOB_COLUMNS).where(*where).order_by(jobs.c.seq).limit(bindparam("limit"))


#: Wants ``run``, ``after``, ``limit``.
FRESH = Statement(_planned(0).where(jobs.c.submission.is_(None), _RENDERED))

#: Those that wait for uploads. Wants ``run``, ``after``, ``limit``.
WAITING = Statement(_planned(1))

#: Wants ``path``.
LOCAL_FILE = Statement(select(*LOCAL_FILE_COLUMNS).where(local_files.c.path == bindparam("path")))

#: Wants ``sha256``.
LOCAL_FILES = Statement(select(*LOCAL_FILE_COLUMNS).where(local_files.c.sha256 == bindparam("sha256")))

#: Wants ``realm``, ``api`` and ``sha256``.
ASSET = Statement(
    select(*ASSET_COLUMNS).where(*(assets.c[name] == bindparam(name) for name in ("realm", "api", "sha256"))),
)

#: Wants ``realm``.
ASSET_IDS = Statement(
    select(assets.c.asset_id).where(assets.c.realm == bindparam("realm"), assets.c.asset_id.is_not(None)),
)

#: Wants ``run``.
TO_REPEAT = Statement(
    select(jobs.c.submission)
    .where(*_in(Status.PLANNED), jobs.c.submission.is_not(None), _RENDERED)
    .group_by(jobs.c.submission)
    .order_by(func.min(jobs.c.seq)),
)

#: Wants ``pk``.
SUBMISSION = Statement(select(*SUBMISSION_COLUMNS).where(submissions.c.pk == bindparam("pk")))

#: Wants ``asked``: ids.
MEMBERS = Statement(select(*JOB_COLUMNS).where(jobs.c.id.in_(ASKED)))

#: Wants ``asked``: jobs.
JOBS = Statement(select(*JOB_COLUMNS).where(jobs.c.pk.in_(ASKED)).order_by(jobs.c.pk))

#: State → its jobs, soonest due first. Each wants ``run`` and ``limit``.
IN_STATE = {status: Statement(_by_due(status)) for status in Status}

#: The same with ``due``: only those due by then.
DUE = {status: Statement(_by_due(status).where(jobs.c.due_at <= bindparam("due"))) for status in Status}

#: Rendering jobs that are due, in the order in which they were sent. Wants ``run``, ``due`` and ``limit``.
OLDEST_DUE = Statement(
    select(*JOB_COLUMNS)
    # No plain column: the index of due times would be used, and all that are due sorted.
    .where(*_in(Status.RENDERING), _RENDERED, func.coalesce(jobs.c.due_at, 0.0) <= bindparam("due"))
    .order_by(jobs.c.seq)
    .limit(bindparam("limit"))
)

#: Wants ``run``.
NEXT_DUE = Statement(select(func.min(jobs.c.due_at)).where(*_in(Status.RENDERING), _RENDERED))

#: Wants ``run`` and ``asked``: ids at the server.
RENDERING_AS = Statement(
    select(*JOB_COLUMNS).where(*_in(Status.RENDERING), jobs.c.remote_id.in_(ASKED)).order_by(jobs.c.pk)
)

#: Wants ``run``.
UNSURE = Statement(
    select(*SUBMISSION_COLUMNS)
    .where(submissions.c.pk.in_(select(jobs.c.submission).where(*_in(Status.UNSURE)).distinct()))
    .order_by(submissions.c.look_at, submissions.c.pk),
)

#: Of every run: whoever was sending is gone.
INTERRUPTED = Statement(select(*JOB_COLUMNS).where(stands(Status.SENDING)))

#: Open jobs by state. Wants ``run``.
TALLY = Statement(union_all(*(select(literal(status), func.count()).where(*_in(status)) for status in sorted(OPEN))))

#: Wants ``job`` and ``role``.
INTENDED_PATH = Statement(
    select(files.c.path).where(files.c.job == bindparam("job"), files.c.role == bindparam("role"))
)

#: In the order of ``KeepFile``. Wants ``job``.
FILES_OF = Statement(select(*FILE_COLUMNS).where(files.c.job == bindparam("job")))

#: Wants nothing.
PATHS = Statement(select(files.c.path, files.c.size))

#: Wants ``realm``.
LIMITS = Statement(select(limits.c.name, limits.c.value, limits.c.at).where(limits.c.realm == bindparam("realm")))

#: Wants ``realm``.
HOOKS = Statement(select(*HOOK_COLUMNS).where(hooks.c.realm == bindparam("realm")).order_by(hooks.c.at))

#: Wants ``sheet`` and ``edition``, as do the others about a sheet.
LINES = Statement(select_lines().where(*OF_SHEET).order_by(lines.c.seq))

#: In the order of ``Standing``, but for what is read from the last columns.
_STANDINGS = (
    select(
        *(lines.c.row, jobs.c.pk, jobs.c.id, jobs.c.kind, jobs.c.language, jobs.c.status, jobs.c.round, jobs.c.run),
        func.coalesce(jobs.c.error, jobs.c.error_code),
    )
    .join_from(lines, jobs, jobs.c.pk == lines.c.job)
    .where(*OF_SHEET)
    .order_by(lines.c.seq)
)
STANDINGS = Statement(_STANDINGS)

#: The same with ``asked``: places.
STANDINGS_AT = Statement(_STANDINGS.where(lines.c.seq.in_(ASKED)))

PLACES = Statement(select(lines.c.job, lines.c.row).where(*OF_SHEET).order_by(lines.c.seq))

#: A sheet's rows go up.
REPEATED = Statement(
    select(lines.c.job, func.min(lines.c.row)).where(*OF_SHEET).group_by(lines.c.job).having(func.count() > 1)
)

#: In the order of ``Unsent``. Wants ``run``.
UNSENT = Statement(
    select(jobs.c.pk, jobs.c.id, jobs.c.kind, jobs.c.content, jobs.c.length_s).where(*_in(Status.PLANNED))
)

#: Wants ``asked``: jobs.
LINES_OF = Statement(select_lines().where(lines.c.job.in_(ASKED)).order_by(lines.c.sheet, lines.c.seq))

#: The same with ``row``.
LINES_AT = Statement(select_lines().where(*OF_SHEET, lines.c.row == bindparam("row")).order_by(lines.c.seq))

#: The same with ``asked``: jobs.
LINES_IN = Statement(select_lines().where(*OF_SHEET, lines.c.job.in_(ASKED)).order_by(lines.c.seq))

#: Jobs by their id, whole or its beginning, or by their id at the server. A range and no LIKE: it is a seek, and needs
#: no escaping. Wants ``name`` and ``last``.
NAMED = Statement(
    select(jobs.c.pk).where(
        or_(jobs.c.id.between(bindparam("name"), bindparam("last")), jobs.c.remote_id == bindparam("name"))
    )
)

#: Wants ``asked``: ids at the server, of jobs or of batches.
OWNERS = Statement(
    union_all(*(select(theirs, jobs.c.pk).where(theirs.in_(ASKED)) for theirs in (jobs.c.remote_id, jobs.c.batch_id)))
)


def _each(states: Iterable[Status], where: ColumnElement[bool], *what: Any) -> CompoundSelect[Any]:
    """Ask for a sheet's jobs in some states, each by the index of its own: those that are done are not walked over."""
    return union_all(*(select(*what).where(stands(status), where, ASKED_FOR) for status in sorted(states)))


_MADE = {Status.RENDERED, Status.DONE}
_UNIT = func.coalesce(jobs.c.unit, CREDITS)
_SAME = bindparam("unit") == _UNIT
#: The same with ``unit``.
#: A session that failed has cost what it has; a render that failed has no credits.
SPENT = Statement(of_jobs(func.sum(jobs.c.credits)).where(among(_MADE | {Status.FAILED}), _SAME))
UNPRICED = Statement(of_jobs(func.count()).where(among(IN_FLIGHT | _MADE), _SAME, jobs.c.credits.is_(None)))
HELD = Statement(_each(IN_FLIGHT, _SAME, jobs.c.pk, jobs.c.credits))
FOREIGN = Statement(_each(IN_FLIGHT | {Status.RENDERED}, bindparam("unit") != _UNIT, jobs.c.pk))

#: State → a run's sessions that are in it. Each wants ``run`` and ``limit``.
SESSIONS_IN = {
    status: Statement(
        select(*JOB_COLUMNS).where(*_in(status), ~_RENDERED).order_by(jobs.c.seq).limit(bindparam("limit"))
    )
    for status in Status
}

#: Wants ``realm``.
OPEN_SESSIONS = Statement(select(*SESSION_COLUMNS).where(open_sessions.c.realm == bindparam("realm")))

#: Wants ``job`` and ``round``.
OCCURRENCES = Statement(
    select(*OCCURRENCE_COLUMNS)
    .where(occurrences.c.job == bindparam("job"), occurrences.c.round == bindparam("round"))
    .order_by(occurrences.c.pk)
)

#: Wants nothing.
LAST_SUBMISSION = Statement(select(func.max(submissions.c.pk)))

#: State → a run's jobs that are in it, in the run's order. Each wants ``run``.
MEMBERS_OF = {status: Statement(select(jobs.c.pk).where(*_in(status)).order_by(jobs.c.seq)) for status in Status}

_SORT = (jobs.c.kind, jobs.c.language)

#: State → how many of a run's jobs are in it, of each kind and language. Each wants ``run``.
SORTS = {status: Statement(select(*_SORT, func.count()).where(*_in(status)).group_by(*_SORT)) for status in Status}

_ESTIMATED = jobs.c.expected_high.is_not(None)

#: What was expected and what was charged, by unit, in the order of ``Outlay``. Wants ``run``.
OUTLAYS = Statement(
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

#: Jobs that are looked at for render times. What was never sent tells none, however much of it there is.
LATEST = 2000
_LATEST = (
    select(jobs.c.pk, jobs.c.submitted_at)
    .join_from(jobs, runs, runs.c.pk == jobs.c.run)
    .where(runs.c.realm == bindparam("realm"), jobs.c.kind == bindparam("kind"), stands(Status.DONE))
    .order_by(jobs.c.pk.desc())
    .limit(LATEST)
    .subquery()
)
_READY = (
    select(func.max(events.c.at))
    .where(events.c.job == _LATEST.c.pk, events.c.event == Event.READY.value)
    .correlate(_LATEST)
    .scalar_subquery()
)
#: Seconds from acceptance to readiness, the latest first. Wants ``realm``, ``kind``, ``limit``.
RENDER_TIMES = Statement(
    select(_READY - _LATEST.c.submitted_at)
    .where(_LATEST.c.submitted_at.is_not(None))
    .order_by(_LATEST.c.pk.desc())
    .limit(bindparam("limit"))
)
