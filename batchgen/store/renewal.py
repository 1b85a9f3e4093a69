"""Which jobs of a sheet are made once more, where that is asked for: done ones, but none twice for one wish.

A run that is to make done videos once more may be stopped half-way, and the same command goes on with it. What it has
made by then is done as well, and would be bought a third time; so as long as others of its jobs are open, it is left.
So is all that was made by a run that was killed before it could tell of its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from batchgen.model.status import OPEN, Status
from batchgen.store.enlist import chosen
from batchgen.store.tables import jobs, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import Connection

    from batchgen.store.facts import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What a wish for videos once more comes to."""

    asked: int  #: How many jobs it names, done or not.
    renew: tuple[int, ...]  #: Done jobs that get another in their place.
    under_way: frozenset[int]  #: Jobs that an earlier such wish made, and that are open: it is gone on with.
    left: int  #: Done jobs that an earlier such wish made, left as they are since it has not come to its end.


def renewal(
    connection: Connection, sheet: int, edition: int, keep: Callable[[Line], bool] | None, limit: int | None
) -> Renewal:
    """Find what is asked for once more among the lines of a sheet; see ``Planning.again``."""
    in_place = set(connection.execute(select(jobs.c.superseded_by).where(jobs.c.superseded_by.is_not(None))).scalars())
    meant = keep and _also_under_way(keep, in_place)
    found = {line.job.pk: line.job for line in chosen(connection, sheet, edition, meant, limit)}
    under_way = frozenset(pk for pk, job in found.items() if job.status in OPEN and job.id in in_place)
    done = {pk: job.id in in_place for pk, job in found.items() if job.status is Status.DONE}
    cut_off = _cut_off(connection, sheet)
    left = {pk for pk, renewed in done.items() if renewed and (under_way or pk in cut_off)}
    return Renewal(
        asked=len(found),
        renew=tuple(pk for pk in done if pk not in left),
        under_way=under_way,
        left=len(left),
    )


def _cut_off(connection: Connection, sheet: int) -> set[int]:
    """Give the jobs of the last run of a sheet, if that never ended: nobody was told what it had made."""
    of_run = func.json_each(runs.c.sheets).table_valued("value", name="of_run")
    mine = exists(select(of_run.c.value).where(of_run.c.value == sheet))
    last = select(func.max(runs.c.pk)).where(mine).scalar_subquery()
    cut_off = select(jobs.c.pk).join(runs, runs.c.pk == jobs.c.run).where(runs.c.pk == last, runs.c.ended_at.is_(None))
    return set(connection.execute(cut_off).scalars())


def _also_under_way(keep: Callable[[Line], bool], in_place: Collection[str]) -> Callable[[Line], bool]:
    """Keep what was chosen while it was done, as by ``status:done``, and is being made once more now."""

    def kept(line: Line) -> bool:
        job = line.job
        if keep(line):
            return True
        return job.status in OPEN and job.id in in_place and keep(line._replace(job=job._replace(status=Status.DONE)))

    return kept
