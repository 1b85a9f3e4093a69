"""Jobs that an earlier batchgen named otherwise: they keep their names, and are found by those of today as well.

A job's id is in results, in the names of files and in tokens, so it is never changed. But what today is the same video
(see ``model/meaning.py``) was another one once: a job that is not found by what its row says today is bought again.
"""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select, union, update

from batchgen.model.naming import earlier_names, may_differ
from batchgen.model.status import Status
from batchgen.store.asking import ASKED
from batchgen.store.statement import Statement
from batchgen.store.tables import jobs, lines, runs, sheets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

_ANY = Statement(select(jobs.c.pk).where(jobs.c.today.is_not(None)).limit(1))
# Of several, one that is done comes last, and so is taken.
_KNOWN = Statement(
    select(jobs.c.today, jobs.c.id)
    .where(jobs.c.today.in_(ASKED), jobs.c.today.is_not(None))
    .order_by(jobs.c.status == int(Status.DONE), jobs.c.pk.desc()),
)
# An id that was a number with zeros too many made another job of its row.
_NUMBERED = select(lines.c.job).where(or_(*(lines.c.cells.op("GLOB")(one) for one in ('*"0[0-9]*', '*[0-9].0*"*'))))
_THERE = Statement(select(jobs.c.id).where(jobs.c.id.in_(ASKED)))


def has_renamed(driver: Any) -> bool:
    """Tell whether there is any such job."""
    return _ANY.scalar(driver) is not None


def earlier_ids(driver: Any, ids: Sequence[str]) -> dict[str, str]:
    """Give the ids that jobs have from an earlier batchgen, by those that today's gives them and that no job has."""
    known = dict(_KNOWN.all(driver, asked=json.dumps(ids)))
    there = {job_id for (job_id,) in _THERE.all(driver, asked=json.dumps(list(known)))} if known else set()
    return {today: job_id for today, job_id in known.items() if today not in there}


def note_names(connection: Connection) -> None:
    """Note with each job of an earlier batchgen what it is named today, where that is another name."""
    numbered = set(connection.execute(_NUMBERED).scalars())
    realms = list(connection.execute(union(select(sheets.c.realm), select(runs.c.realm))).scalars())
    named = [
        {"b_pk": job.pk, "today": today}
        for job in connection.execute(select(jobs.c.pk, jobs.c.id, jobs.c.kind, jobs.c.content))
        if (job.pk in numbered or may_differ(job.content)) and (today := _today(connection, realms, job))
    ]
    if named:
        connection.execute(update(jobs).where(jobs.c.pk == bindparam("b_pk")).values(today=bindparam("today")), named)


def _today(connection: Connection, realms: Sequence[str], job: Any) -> str | None:
    """Name a job as today, if its id is what an earlier batchgen made of its content."""
    # Most rows have no id of their own; what it is stands in the row alone.
    for apart in chain([None], _cells(connection, job.pk)):
        for realm in realms:
            if today := dict(earlier_names(realm, job.kind, job.content, [apart])).get(job.id):
                return today
    return None


def _cells(connection: Connection, job: int) -> Iterator[str]:
    """Give what stands in the rows that ask for a job."""
    for cells in connection.execute(select(lines.c.cells).where(lines.c.job == job)).scalars():
        yield from json.loads(cells)
