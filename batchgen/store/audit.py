"""What was bought, told from the attempts alone: they are only ever added to, so they can be held against a bill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_, select

from batchgen.store.sheets import of_jobs
from batchgen.store.statement import Statement
from batchgen.store.tables import attempts, jobs

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement


def _jobs_with(outcome: str, *where: ColumnElement[bool]) -> ColumnElement[Any]:
    """Count the jobs that had an attempt which came to this."""
    return func.count(case((and_(attempts.c.outcome == outcome, *where), jobs.c.pk)).distinct())


def _brought(theirs: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether an attempt brought this id: of a batch, a part may be found, and a part belong to other sheets."""
    return func.instr(" " + attempts.c.remote_ids + " ", " " + theirs + " ") > 0


_ITS_ID = or_(_brought(jobs.c.remote_id), _brought(jobs.c.batch_id))

#: By the attempts of the submission that each job was last part of; in the order of ``Audit``, but for its last. Wants
#: ``asked``: sheets.
BOUGHT = Statement(
    of_jobs(
        _jobs_with("accepted"),
        _jobs_with("found", _ITS_ID),
        _jobs_with("adopted", _ITS_ID),
    ).join(attempts, attempts.c.submission == jobs.c.submission)
)

_ids = func.count(attempts.c.remote_ids.distinct())

#: How often a submission was accepted, each time as something else, where that is more than once. A server that honours
#: keys accepts a repeat as what it accepted before: the same id, and nothing is bought. Wants ``asked``: sheets.
TWICE = Statement(
    select(_ids)
    .where(
        attempts.c.outcome == "accepted",
        attempts.c.submission.in_(of_jobs(jobs.c.submission).where(jobs.c.submission.is_not(None))),
    )
    .group_by(attempts.c.submission)
    .having(_ids > 1)
)
