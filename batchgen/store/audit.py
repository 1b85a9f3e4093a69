"""What was bought, told from the attempts alone: they are only ever added to, so they can be held against a bill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Subquery, func, select

from batchgen.model.spending import Audit
from batchgen.store.tables import attempts, jobs

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select


def audit(connection: Connection, wanted: Subquery) -> Audit:
    """Sum up what is known of the jobs in ``wanted``, by the submissions they were last part of."""
    sent = select(jobs.c.submission).join_from(wanted, jobs, jobs.c.pk == wanted.c.job)
    mine = sent.where(jobs.c.submission.is_not(None)).distinct()
    took = select(attempts.c.submission).where(attempts.c.outcome == "accepted", attempts.c.submission.in_(mine))
    accepted = select(func.count()).select_from(jobs).where(jobs.c.submission.in_(took))
    return Audit(
        accepted=int(connection.execute(accepted).scalar_one()),
        found=_ids(connection, mine, "found"),
        adopted=_ids(connection, mine, "adopted"),
        twice=sum(int(row[0]) - 1 for row in connection.execute(_twice(mine))),
    )


def _ids(connection: Connection, mine: Select[Any], outcome: str) -> int:
    """Count the ids that attempts with this outcome brought."""
    brought = select(attempts.c.remote_ids).where(attempts.c.outcome == outcome, attempts.c.submission.in_(mine))
    return sum(len(row[0].split()) for row in connection.execute(brought))


def _twice(mine: Select[Any]) -> Select[Any]:
    """Ask for submissions that were accepted more than once, each time as something else.

    A server that honours keys accepts a repeat as what it accepted before: the same id, and nothing is bought.
    """
    ids = func.count(attempts.c.remote_ids.distinct())
    return (
        select(ids)
        .where(attempts.c.outcome == "accepted", attempts.c.submission.in_(mine))
        .group_by(attempts.c.submission)
        .having(ids > 1)
    )
