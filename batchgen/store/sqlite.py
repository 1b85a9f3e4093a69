"""The memory of all runs, in a SQLite file.

Reading happens where it is asked for, on connections of its own; writing goes through the one writer.
"""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Select, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import DBAPIError

from batchgen.model.status import IN_FLIGHT, Status
from batchgen.store import queries
from batchgen.store.audit import audit
from batchgen.store.engine import Engines, open_engines, state_url, store_error
from batchgen.store.enlist import enlist, revive, stream
from batchgen.store.history import history
from batchgen.store.planning import SqlPlanning
from batchgen.store.rows import (
    JOB_COLUMNS,
    among,
    job_from,
    line_from,
    past_run_from,
    pk_of,
    select_lines,
    select_lines_of,
    sheet_from,
    submission_from,
)
from batchgen.store.schema import prepare
from batchgen.store.tables import jobs, limits, lines, runs, sheets, submissions
from batchgen.store.writer import InlineWriter, ThreadWriter, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import Column, Connection, Executable, Row, Subquery

    from batchgen.model.history import History
    from batchgen.model.job import Job, Submission
    from batchgen.store.interface import Audit, Change, Line, PastRun, Planning, Sheet


class SqliteStore:
    """See ``Store``."""

    def __init__(self, engines: Engines, writer: Writer) -> None:
        self._engines = engines
        self._writer = writer
        self._reading = engines.reader.connect()
        self._reading_alone = Lock()  # Results are written from a thread of their own.
        self._last_submission = int(self._scalar(select(func.max(submissions.c.pk))) or 0)

    @classmethod
    def open(cls, state: str, *, threaded: bool = True) -> Self:
        """Open a state file, making or upgrading it. Raises ``StoreError``."""
        engines = open_engines(state_url(state))
        prepare(engines)
        return cls(engines, ThreadWriter(engines) if threaded else InlineWriter(engines))

    def plan(self, work: Callable[[Planning], Any]) -> Any:
        """See Store.plan."""
        return self._write(lambda connection: work(SqlPlanning(connection)))

    def begin_run(
        self, *, command: str, sheets: Sequence[int], realm: str, api: str, at: float, selection: str | None = None
    ) -> int:
        """See Store.begin_run."""
        values = {"command": command, "sheets": json.dumps(list(sheets)), "realm": realm, "api": api, "started_at": at}
        statement = insert(runs).values(values | {"selection": selection})
        return int(self._write(lambda connection: pk_of(connection.execute(statement))))

    def enlist(self, run: int, sheet: int, keep: Callable[[Line], bool] | None, limit: int | None) -> int:
        """See Store.enlist."""
        return int(self._write(lambda connection: enlist(connection, run, self._sheet(sheet), keep, limit)))

    def revive(self, sheet: int, keep: Callable[[Line], bool] | None, at: float) -> set[int]:
        """See Store.revive."""
        return set(self._write(lambda connection: revive(connection, self._sheet(sheet), keep, at)))

    def end_run(self, run: int, *, outcome: str, summary: Mapping[str, Any], at: float) -> None:
        """See Store.end_run."""
        values = {"outcome": outcome, "summary": json.dumps(summary), "ended_at": at}
        self._write(lambda connection: connection.execute(update(runs).where(runs.c.pk == run).values(values)))

    async def apply(self, changes: Sequence[Change], *, durable: bool = False) -> None:
        """See Store.apply."""
        if changes:
            await self._writer.write(changes, durable=durable)

    def next_submission(self) -> int:
        """See Store.next_submission."""
        self._last_submission += 1
        return self._last_submission

    def fresh(self, run: int, limit: int, *, after: int = 0) -> list[Job]:
        """See Store.fresh."""
        return [job_from(row) for row in self._all(queries.FRESH, run=run, after=after, limit=limit)]

    def to_repeat(self, run: int) -> list[int]:
        """See Store.to_repeat."""
        return [int(row[0]) for row in self._all(queries.TO_REPEAT, run=run)]

    def submission(self, pk: int) -> Submission:
        """See Store.submission."""
        return submission_from(self._all(queries.SUBMISSION, pk=pk)[0])

    def members(self, submission: int) -> list[Job]:
        """See Store.members."""
        ids = self.submission(submission).jobs
        found = {job.id: job for job in map(job_from, self._all(queries.MEMBERS, ids=ids))}
        return [found[job_id] for job_id in ids]

    def jobs(self, pks: Sequence[int]) -> list[Job]:
        """See Store.jobs."""
        return [job_from(row) for row in self._all(select(*JOB_COLUMNS).where(jobs.c.pk.in_(pks)))]

    def in_state(self, run: int, status: Status, limit: int, *, due: float | None = None) -> list[Job]:
        """See Store.in_state."""
        if due is None:
            return [job_from(row) for row in self._all(queries.IN_STATE[status], run=run, limit=limit)]
        return [job_from(row) for row in self._all(queries.DUE[status], run=run, limit=limit, due=due)]

    def next_due(self, run: int) -> float | None:
        """See Store.next_due."""
        value = self._scalar(queries.NEXT_DUE, run=run)
        return None if value is None else float(value)

    def unsure(self, run: int) -> list[Submission]:
        """See Store.unsure."""
        return [submission_from(row) for row in self._all(queries.UNSURE, run=run)]

    def interrupted(self) -> list[Job]:
        """See Store.interrupted."""
        return [job_from(row) for row in self._all(queries.INTERRUPTED)]

    def tally(self, run: int) -> dict[Status, int]:
        """See Store.tally."""
        return self._tally(queries.TALLY, run=run)

    def last_run(self, realm: str) -> PastRun | None:
        """See Store.last_run."""
        found = self._all(select(runs).where(runs.c.realm == realm).order_by(runs.c.pk.desc()).limit(1))
        return past_run_from(found[0]) if found else None

    def sheets(self) -> list[Sheet]:
        """See Store.sheets."""
        return [sheet_from(row) for row in self._all(select(sheets).order_by(sheets.c.planned_at.desc()))]

    def lines(self, sheet: int) -> Iterator[Line]:
        """See Store.lines."""
        query = select_lines(sheet, self._sheet(sheet).edition)
        with self._engines.reader.connect() as connection:
            for chunk in stream(connection, query):
                yield from map(line_from, chunk)

    def lines_of(self, jobs: Sequence[int]) -> list[Line]:
        """See Store.lines_of."""
        return [line_from(row) for row in self._all(select_lines_of(jobs))]

    def lines_at(self, sheet: int, row: int) -> list[Line]:
        """See Store.lines_at."""
        query = select_lines(sheet, self._sheet(sheet).edition).where(lines.c.row == row)
        return [line_from(found) for found in self._all(query)]

    def lines_in(self, sheet: int, jobs: Sequence[int]) -> list[Line]:
        """See Store.lines_in."""
        query = select_lines(sheet, self._sheet(sheet).edition).where(lines.c.job.in_(jobs))
        return [line_from(found) for found in self._all(query)]

    def named(self, name: str) -> list[int]:
        """See Store.named."""
        # A range and no LIKE: it is a seek, and needs no escaping.
        begins = jobs.c.id.between(name, name + "\uffff")
        return [int(row[0]) for row in self._all(select(jobs.c.pk).where(or_(begins, jobs.c.remote_id == name)))]

    def owners(self, remote_ids: Sequence[str]) -> dict[str, int]:
        """See Store.owners."""
        known = select(jobs.c.remote_id, jobs.c.pk).where(jobs.c.remote_id.in_(bindparam("ids", expanding=True)))
        chunks = (list(remote_ids[start : start + 500]) for start in range(0, len(remote_ids), 500))
        return {found.remote_id: found.pk for chunk in chunks for found in self._all(known, ids=chunk)}

    def history(self, job: int) -> History:
        """See Store.history."""
        with self._engines.reader.connect() as connection:
            return history(connection, job)

    def sheet_tally(self, sheet: int) -> dict[Status, int]:
        """See Store.sheet_tally."""
        return self._tally(self._counted(sheet, jobs.c.status))

    def commitments(self, sheets: Sequence[int]) -> tuple[float, dict[int, float]]:
        """See Store.commitments."""
        spent = 0.0
        held: dict[int, float] = {}
        for sheet in sheets:
            wanted = self._wanted(sheet)
            mine = select(jobs.c.pk, jobs.c.credits).join_from(wanted, jobs, jobs.c.pk == wanted.c.job)
            made = select(func.sum(jobs.c.credits)).join_from(wanted, jobs, jobs.c.pk == wanted.c.job)
            spent += float(self._scalar(made.where(among({Status.RENDERED, Status.DONE}))) or 0.0)
            held |= {int(row.pk): float(row.credits or 0.0) for row in self._all(mine.where(among(IN_FLIGHT)))}
        return spent, held

    def audit(self, sheet: int) -> Audit:
        """See Store.audit."""
        wanted = self._wanted(sheet)
        with self._engines.reader.connect() as connection:
            return audit(connection, wanted)

    def census(self, sheet: int) -> list[tuple[str, str | None, Status, int]]:
        """See Store.census."""
        found = map(tuple, self._all(self._counted(sheet, jobs.c.kind, jobs.c.language, jobs.c.status)))
        return [(kind, language, Status(status), int(n)) for kind, language, status, n in found]

    def _counted(self, sheet: int, *by: Column[Any]) -> Select[Any]:
        """Ask how many jobs of a sheet there are of each sort. A job that several lines share counts once."""
        wanted = self._wanted(sheet)
        return select(*by, func.count()).join_from(wanted, jobs, jobs.c.pk == wanted.c.job).group_by(*by)

    def _wanted(self, sheet: int) -> Subquery:
        edition = self._sheet(sheet).edition
        return select(lines.c.job).where(lines.c.sheet == sheet, lines.c.edition == edition).distinct().subquery()

    def intended_path(self, job: int) -> str | None:
        """See Store.intended_path."""
        value = self._scalar(queries.INTENDED_PATH, job=job)
        return None if value is None else str(value)

    def limits(self, realm: str) -> dict[str, float]:
        """See Store.limits."""
        query = select(limits.c.name, limits.c.value).where(limits.c.realm == realm)
        return {row.name: row.value for row in self._all(query)}

    def close(self) -> None:
        """See Store.close."""
        self._writer.close()
        self._reading.close()
        self._engines.dispose()

    def _sheet(self, pk: int) -> Sheet:
        return sheet_from(self._all(select(sheets).where(sheets.c.pk == pk))[0])

    def _tally(self, query: Executable, **wanted: Any) -> dict[Status, int]:
        counted = {Status(status): int(n) for status, n in map(tuple, self._all(query, **wanted))}
        return {status: counted.get(status, 0) for status in Status}

    def _scalar(self, query: Executable, **wanted: Any) -> Any:
        rows = self._all(query, **wanted)
        return rows[0][0] if rows else None

    def _all(self, query: Executable, **wanted: Any) -> Sequence[Row[Any]]:
        try:
            with self._reading_alone, self._reading.begin():
                return self._reading.execute(query, wanted).all()
        except DBAPIError as error:
            raise store_error(self._engines.path, error) from error

    def _write(self, work: Callable[[Connection], Any]) -> Any:
        """Write outside a run's stages: planning, and a run's beginning and end."""
        try:
            with self._engines.writer.begin() as connection:
                return work(connection)
        except DBAPIError as error:
            raise store_error(self._engines.path, error) from error
