"""The jobs that a run works on. A status stands in the SQL itself: only so is the index of that state used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, literal_column, select, union_all

from batchgen.model import session
from batchgen.model.status import OPEN, Status
from batchgen.store.asking import ASKED, among, literal, stands, stands_in_run
from batchgen.store.connected import Connected
from batchgen.store.rows import (
    JOB_COLUMNS,
    OCCURRENCE_COLUMNS,
    SUBMISSION_COLUMNS,
    job_from,
    occurrence_from,
    submission_from,
)
from batchgen.store.statement import Statement
from batchgen.store.tables import attempts, jobs, occurrences, submissions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from batchgen.model.job import Job, Submission
    from batchgen.model.session import Occurrence


#: Sessions are held by a stage of their own.
_RENDERED = jobs.c.kind != literal_column(f"'{session.KIND}'")

#: Among equal times the database would choose by itself, and not alike in each process: no rehearsal could be repeated.
_SOONEST = (jobs.c.due_at, jobs.c.pk)


def _by_due(status: Status) -> Select[Any]:
    # Who holds a session sees how it goes; nobody else asks.
    watched = (_RENDERED,) if status is Status.RENDERING else ()
    return select(*JOB_COLUMNS).where(*stands_in_run(status), *watched).order_by(*_SOONEST).limit(bindparam("limit"))


def _planned(waits: int) -> Select[Any]:
    where = (
        *stands_in_run(Status.PLANNED),
        jobs.c.waits == literal_column(str(waits)),
        jobs.c.seq > bindparam("after"),
    )
    return select(*JOB_COLUMNS).where(*where).order_by(jobs.c.seq).limit(bindparam("limit"))


#: Wants ``run``, ``after``, ``limit``.
_FRESH = Statement(_planned(0).where(jobs.c.submission.is_(None), _RENDERED))

#: Those that wait for uploads. Wants ``run``, ``after``, ``limit``.
_WAITING = Statement(_planned(1))

#: Wants ``run``.
_TO_REPEAT = Statement(
    select(jobs.c.submission)
    .where(*stands_in_run(Status.PLANNED), jobs.c.submission.is_not(None), _RENDERED)
    .group_by(jobs.c.submission)
    .order_by(func.min(jobs.c.seq)),
)

#: Wants ``pk``.
_SUBMISSION = Statement(select(*SUBMISSION_COLUMNS).where(submissions.c.pk == bindparam("pk")))

#: Wants ``asked``: ids.
_MEMBERS = Statement(select(*JOB_COLUMNS).where(jobs.c.id.in_(ASKED)))

#: Wants ``asked``: ids of jobs, with ``submission`` and ``run``.
_WANTED_OF = Statement(
    select(func.count()).where(
        jobs.c.id.in_(ASKED),
        jobs.c.submission == bindparam("submission"),
        *stands_in_run(Status.PLANNED),
    )
)

#: The same: those that wait in it, or are in doubt, and are another run's.
_OTHERS_OF = Statement(
    select(jobs.c.pk).where(
        jobs.c.id.in_(ASKED),
        jobs.c.submission == bindparam("submission"),
        func.coalesce(jobs.c.run, 0) != bindparam("run"),
        among({Status.PLANNED, Status.UNSURE}),
    )
)

#: Wants ``pk``.
_GIVEN_IDS = Statement(
    select(attempts.c.remote_ids).where(
        attempts.c.submission == bindparam("pk"), attempts.c.purpose == "person", attempts.c.outcome == "adopted"
    )
)

#: Wants ``asked``: jobs.
_JOBS = Statement(select(*JOB_COLUMNS).where(jobs.c.pk.in_(ASKED)).order_by(jobs.c.pk))

#: State → its jobs, soonest due first. Each wants ``run`` and ``limit``.
_IN_STATE = {status: Statement(_by_due(status)) for status in Status}

#: The same with ``due``: only those due by then.
_DUE = {status: Statement(_by_due(status).where(jobs.c.due_at <= bindparam("due"))) for status in Status}

#: Rendering jobs that are due, in the order in which they were sent. Wants ``run``, ``due`` and ``limit``.
_OLDEST_DUE = Statement(
    select(*JOB_COLUMNS)
    # No plain column: the index of due times would be used, and all that are due sorted.
    .where(*stands_in_run(Status.RENDERING), _RENDERED, func.coalesce(jobs.c.due_at, 0.0) <= bindparam("due"))
    .order_by(jobs.c.seq)
    .limit(bindparam("limit"))
)

#: Wants ``run``.
_NEXT_DUE = Statement(select(func.min(jobs.c.due_at)).where(*stands_in_run(Status.RENDERING), _RENDERED))

#: Wants ``run`` and ``asked``: ids at the server.
_RENDERING_AS = Statement(
    select(*JOB_COLUMNS)
    # No plain column: all that render in the run would be walked over, and not these looked up.
    .where(jobs.c.remote_id.in_(ASKED), stands(Status.RENDERING), func.coalesce(jobs.c.run, 0) == bindparam("run"))
    .order_by(jobs.c.pk)
)

#: Wants ``run``.
_UNSURE = Statement(
    select(*SUBMISSION_COLUMNS)
    .where(submissions.c.pk.in_(select(jobs.c.submission).where(*stands_in_run(Status.UNSURE)).distinct()))
    .order_by(submissions.c.look_at, submissions.c.pk),
)

#: Of every run: whoever was sending is gone.
_INTERRUPTED = Statement(select(*JOB_COLUMNS).where(stands(Status.SENDING)))

#: Open jobs by state. Wants ``run``.
_TALLY = Statement(
    union_all(*(select(literal(status), func.count()).where(*stands_in_run(status)) for status in sorted(OPEN)))
)

#: State → a run's sessions that are in it. Each wants ``run`` and ``limit``.
_SESSIONS_IN = {
    status: Statement(
        select(*JOB_COLUMNS).where(*stands_in_run(status), ~_RENDERED).order_by(jobs.c.seq).limit(bindparam("limit"))
    )
    for status in Status
}

#: Wants ``job`` and ``round``.
_OCCURRENCES = Statement(
    select(*OCCURRENCE_COLUMNS)
    .where(occurrences.c.job == bindparam("job"), occurrences.c.round == bindparam("round"))
    .order_by(occurrences.c.pk)
)

#: State → a run's jobs that are in it, in the run's order. Each wants ``run``.
_MEMBERS_OF = {
    status: Statement(select(jobs.c.pk).where(*stands_in_run(status)).order_by(jobs.c.seq)) for status in Status
}


class Work(Connected):
    """See ``Work`` of the interface."""

    def fresh(self, run: int, limit: int, *, after: int = 0) -> list[Job]:
        """See Store.fresh."""
        return [job_from(row) for row in self._all(_FRESH, run=run, after=after, limit=limit)]

    def waiting(self, run: int, limit: int, *, after: int = 0) -> list[Job]:
        """See Store.waiting."""
        return [job_from(row) for row in self._all(_WAITING, run=run, after=after, limit=limit)]

    def to_repeat(self, run: int) -> list[int]:
        """See Store.to_repeat."""
        return [int(row[0]) for row in self._all(_TO_REPEAT, run=run)]

    def submission(self, pk: int) -> Submission:
        """See Store.submission."""
        return submission_from(self._all(_SUBMISSION, pk=pk)[0])

    def members(self, submission: int) -> list[Job]:
        """See Store.members."""
        ids = self.submission(submission).jobs
        found = {job.id: job for job in map(job_from, self._all(_MEMBERS, asked=json.dumps(ids)))}
        return [found[job_id] for job_id in ids]

    def wanted_of(self, submission: int, run: int) -> int:
        """See Store.wanted_of."""
        asked = json.dumps(self.submission(submission).jobs)
        return int(self._scalar(_WANTED_OF, asked=asked, submission=submission, run=run))

    def others_of(self, submission: Submission, run: int) -> list[int]:
        """See Store.others_of."""
        asked = json.dumps(submission.jobs)
        return [int(row[0]) for row in self._all(_OTHERS_OF, asked=asked, submission=submission.pk, run=run)]

    def given_ids(self, submission: int) -> set[str]:
        """See Store.given_ids."""
        return {ids for (ids,) in self._all(_GIVEN_IDS, pk=submission)}

    def jobs(self, pks: Sequence[int]) -> list[Job]:
        """See Store.jobs."""
        return [job_from(row) for row in self._all(_JOBS, asked=json.dumps(list(pks)))]

    def in_state(self, run: int, status: Status, limit: int, *, due: float | None = None) -> list[Job]:
        """See Store.in_state."""
        if due is None:
            return [job_from(row) for row in self._all(_IN_STATE[status], run=run, limit=limit)]
        return [job_from(row) for row in self._all(_DUE[status], run=run, limit=limit, due=due)]

    def oldest_due(self, run: int, limit: int, *, due: float) -> list[Job]:
        """See Store.oldest_due."""
        return [job_from(row) for row in self._all(_OLDEST_DUE, run=run, limit=limit, due=due)]

    def members_of(self, run: int, status: Status) -> list[int]:
        """See Store.members_of."""
        return [int(row[0]) for row in self._all(_MEMBERS_OF[status], run=run)]

    def next_due(self, run: int) -> float | None:
        """See Store.next_due."""
        value = self._scalar(_NEXT_DUE, run=run)
        return None if value is None else float(value)

    def rendering_as(self, run: int, remote_ids: Sequence[str]) -> list[Job]:
        """See Store.rendering_as."""
        asked = json.dumps(list(remote_ids))
        return [job_from(row) for row in self._all(_RENDERING_AS, run=run, asked=asked)]

    def unsure(self, run: int) -> list[Submission]:
        """See Store.unsure."""
        return [submission_from(row) for row in self._all(_UNSURE, run=run)]

    def interrupted(self) -> list[Job]:
        """See Store.interrupted."""
        return [job_from(row) for row in self._all(_INTERRUPTED)]

    def tally(self, run: int) -> dict[Status, int]:
        """See Store.tally."""
        return self._tally(_TALLY, run=run)

    def sessions_in(self, run: int, status: Status, limit: int = 1_000_000) -> list[Job]:
        """See Store.sessions_in."""
        return [job_from(row) for row in self._all(_SESSIONS_IN[status], run=run, limit=limit)]

    def occurrences(self, job: int, round_: int) -> list[Occurrence]:
        """See Store.occurrences."""
        return [occurrence_from(row) for row in self._all(_OCCURRENCES, job=job, round=round_)]
