"""Takes the lines of a sheet into a run: all that are open, or those that were asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal_column,
    select,
    union_all,
    update,
)

from batchgen.model.job import FORGOTTEN
from batchgen.model.status import OPEN, Event, Status, before
from batchgen.store.asking import among
from batchgen.store.lines import line_from, select_lines
from batchgen.store.rows import pk_of
from batchgen.store.statement import Statement
from batchgen.store.tables import events, jobs, lines, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, CompoundSelect, Connection, Row

    from batchgen.store.facts import RunFacts
    from batchgen.store.interface import Line, Sheet

#: Lines that are read at a time.
CHUNK = 2000

_MINE = (lines.c.sheet == bindparam("sheet"), lines.c.edition == bindparam("edition"))
#: Where a job first stands in the sheet.
_FIRST = select(func.min(lines.c.seq)).where(lines.c.job == jobs.c.pk, *_MINE).correlate(jobs).scalar_subquery()


def _open(what: ColumnElement[Any], *where: ColumnElement[bool]) -> CompoundSelect[Any]:
    """Ask for open jobs, each state by the index of its own: those that are done are not walked over."""
    states: Iterator[ColumnElement[Any]] = (literal_column(str(int(status))) for status in sorted(OPEN))
    return union_all(*(select(what).where(jobs.c.status == status, *where) for status in states))


_OF_SHEET = exists(select(lines.c.job).where(lines.c.job == jobs.c.pk, *_MINE).correlate(jobs))

#: What a run has taken up is open when it takes up more.
_LASTS = _open(func.max(jobs.c.seq).label("seq"), jobs.c.run == bindparam("run")).subquery()
_LAST = Statement(select(func.max(_LASTS.c.seq)))


# What was never sent looks for its uploads anew: it may be sent to another generation of the API this time.
_uploads_first = and_(jobs.c.assets.is_not(None), jobs.c.status == int(Status.PLANNED), jobs.c.submission.is_(None))
_STARTED = select(runs.c.started_at).where(runs.c.pk == bindparam("run")).scalar_subquery()
# What an earlier run sent later than this one began was sent by a clock that was set back since: for how long it has
# rendered cannot be told, and is counted anew. What this very run sent may be taken up by it once more.
_sent_later = and_(jobs.c.submitted_at > _STARTED, jobs.c.run.is_distinct_from(bindparam("run")))
# A run begins with a look at everything, whatever clock an earlier one went by.
_begun: dict[str, Any] = {
    "due_at": 0.0,
    "submitted_at": case((_sent_later, _STARTED), else_=jobs.c.submitted_at),
    "waits": case((_uploads_first, 1), else_=jobs.c.waits),
    "assets": case((_uploads_first, "{}"), else_=jobs.c.assets),
}
_take = Statement(
    update(jobs)
    .where(jobs.c.pk == bindparam("b_pk"), among(OPEN))
    .values(run=bindparam("run"), seq=bindparam("seq"), **_begun),
)
#: An open job of a sheet that is not taken up. Where planning took up all of them, in order, nothing is left to do.
_LEFT = Statement(_open(jobs.c.pk, jobs.c.run.is_distinct_from(bindparam("run")), _OF_SHEET).limit(1))
_take_all = Statement(
    update(jobs)
    .where(jobs.c.pk.in_(_open(jobs.c.pk, _OF_SHEET)))
    .values(run=bindparam("run"), seq=bindparam("start") + _FIRST, **_begun),
)

_revive = Statement(
    update(jobs)
    .where(jobs.c.pk == bindparam("b_pk"))
    .values(
        status=int(Status.PLANNED),
        # A new round is a new purchase: a new submission, and with it a new key.
        round=jobs.c.round + 1,
        **FORGOTTEN,
        waits=case((jobs.c.assets.is_not(None), 1), else_=0),
        assets=case((jobs.c.assets.is_not(None), "{}"), else_=None),
    ),
)
_EVENT = Statement(insert(events), ["job", "at", "event", "status", "detail"])


def stream(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Row[Any]]]:
    """Read a long answer a chunk at a time."""
    yield from connection.execution_options(yield_per=CHUNK).execute(query).partitions()


def begin(connection: Connection, facts: RunFacts, sheets: Sequence[int]) -> int:
    """Note that a run begins and give its number."""
    values: dict[str, Any] = {
        "command": facts.command,
        "sheets": json.dumps(list(sheets)),
        "realm": facts.realm,
        "api": facts.api,
    }
    values |= {"started_at": facts.at, "selection": facts.selection, "plan": facts.plan}
    return pk_of(connection.execute(insert(runs).values(values)))


def enlist(
    connection: Connection,
    run: int,
    sheet: Sheet,
    keep: Callable[[Line], bool] | None,
    limit: int | None,
) -> int:
    """See Store.enlist."""
    driver = connection.connection.driver_connection
    start = int(_LAST.scalar(driver, run=run) or 0)
    if keep is not None or limit is not None:
        # A limit counts lines that are done as well: the first ten stay the first ten.
        found = chosen(connection, sheet.pk, sheet.edition, keep, limit, statuses=OPEN if limit is None else None)
        taken = {line.job.pk: None for line in found}
        rows = [{"b_pk": pk, "run": run, "seq": start + n} for n, pk in enumerate(taken, 1)]
        if rows:
            _take.write(driver, rows)
        return len(taken)
    mine = {"run": run, "sheet": sheet.pk, "edition": sheet.edition}
    if _LEFT.scalar(driver, **mine):
        _take_all.write(driver, [{**mine, "start": start}])
    return sheet.lines


def revive(connection: Connection, sheet: Sheet, keep: Callable[[Line], bool] | None, at: float) -> set[int]:
    """See Store.revive."""
    found = chosen(connection, sheet.pk, sheet.edition, keep, None, statuses=before(Event.RETRY))
    pks = {line.job.pk for line in found}
    if pks:
        driver = connection.connection.driver_connection
        _revive.write(driver, [{"b_pk": pk} for pk in pks])
        planned = int(Status.PLANNED)
        event = {"at": at, "event": Event.RETRY.value, "status": planned, "detail": ""}
        _EVENT.write(driver, [{"job": pk, **event} for pk in pks])
    return pks


def chosen(
    connection: Connection,
    sheet: int,
    edition: int,
    keep: Callable[[Line], bool] | None,
    limit: int | None,
    *,
    statuses: Iterable[Status] | None = None,
) -> Iterator[Line]:
    """Give the lines that are asked for, no more than ``limit`` jobs of them.

    Where only jobs in some ``statuses`` are wanted, the others are not read: of a million that are done, a few failed.
    """
    seen: set[int] = set()
    mine = [lines.c.sheet == sheet, lines.c.edition == edition]
    if statuses is not None:
        mine.append(among(statuses))
    for chunk in stream(connection, select_lines().where(*mine).order_by(lines.c.seq)):
        for line in map(line_from, chunk):
            if keep is not None and not keep(line):
                continue
            if limit is not None and line.job.pk not in seen and len(seen) >= limit:
                return
            seen.add(line.job.pk)
            yield line
