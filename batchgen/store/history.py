"""The life of one job, put together from what was only ever added to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from batchgen.model.history import Attempt, History, Kept, Passed
from batchgen.model.status import Event, Status
from batchgen.store.rows import (
    JOB_COLUMNS,
    OCCURRENCE_COLUMNS,
    SUBMISSION_COLUMNS,
    job_from,
    occurrence_from,
    submission_from,
)
from batchgen.store.tables import attempts, events, files, jobs, occurrences, submissions

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


def history(connection: Connection, pk: int) -> History:
    """See Store.history."""
    job = job_from(connection.execute(select(*JOB_COLUMNS).where(jobs.c.pk == pk)).one())
    moves = connection.execute(select(events).where(events.c.job == pk).order_by(events.c.pk)).all()
    # Each sending noted its key, so the submissions of earlier rounds are known as well as the last.
    keys = {move.detail for move in moves if move.event == Event.SEND.value}
    asked = select(*SUBMISSION_COLUMNS).where(submissions.c.key.in_(keys)).order_by(submissions.c.pk)
    sent = [submission_from(row) for row in connection.execute(asked)]
    mine = attempts.c.submission.in_([one.pk for one in sent])
    tried = select(attempts).where(mine).order_by(attempts.c.at, attempts.c.pk)
    kept = connection.execute(select(files).where(files.c.job == pk)).first()
    happened = select(*OCCURRENCE_COLUMNS).where(occurrences.c.job == pk).order_by(occurrences.c.pk)
    return History(
        job=job,
        moves=tuple(map(_passed, moves)),
        submissions=tuple(sent),
        attempts=tuple(map(_attempt, connection.execute(tried))),
        file=None if kept is None else Kept(path=kept.path, size=kept.size, at=kept.at, digest=kept.digest),
        occurrences=tuple(map(occurrence_from, connection.execute(happened))),
    )


def _passed(row: Row[Any]) -> Passed:
    return Passed(at=row.at, event=Event(row.event), status=Status(row.status), detail=row.detail)


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(**{name: getattr(row, name) for name in Attempt._fields})
