"""The memory of all runs, in a SQLite file.

Reading happens where it is asked for, on connections of its own; writing goes through the one writer.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import insert, select, update

from batchgen.model.spending import Commitments
from batchgen.store import catalogue, queries
from batchgen.store.apply import keep_local_files
from batchgen.store.audit import audit
from batchgen.store.engine import Engines, open_engines, state_url
from batchgen.store.enlist import enlist, revive
from batchgen.store.history import history
from batchgen.store.interface import VIDEO
from batchgen.store.planning import SqlPlanning, unchanged
from batchgen.store.rows import (
    asset_from,
    file_from,
    hook_from,
    job_from,
    line_from,
    local_file_from,
    occurrence_from,
    open_session_from,
    outlay_from,
    past_run_from,
    pk_of,
    standing_from,
    submission_from,
    unsent_from,
)
from batchgen.store.schema import prepare
from batchgen.store.sheets import Sheets
from batchgen.store.tables import lines, runs
from batchgen.store.writer import InlineWriter, ThreadWriter, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import Subquery

    from batchgen.model.catalogue import Listing, Shelf
    from batchgen.model.history import History
    from batchgen.model.job import Job, Submission
    from batchgen.model.media import Asset, LocalFile
    from batchgen.model.session import Occurrence, OpenSession
    from batchgen.model.spending import Audit, Outlay
    from batchgen.model.status import Status
    from batchgen.model.webhook import Hook
    from batchgen.store.interface import (
        Change,
        KeepFile,
        Line,
        PastRun,
        Planned,
        Planning,
        Standing,
        Unsent,
    )


class SqliteStore(Sheets):
    """See ``Store``."""

    def __init__(self, engines: Engines, writer: Writer) -> None:
        super().__init__(engines)
        self._writer = writer
        self._last_submission = int(self._scalar(queries.LAST_SUBMISSION) or 0)

    @classmethod
    def open(cls, state: str, *, threaded: bool = True, scratch: bool = False) -> Self:
        """Open a state file, making or upgrading it. Raises ``StoreError``.

        ``scratch`` is for a file that nobody needs afterwards; it has no thread either.
        """
        engines = open_engines(state_url(state), lasting=not scratch)
        prepare(engines)
        return cls(engines, InlineWriter(engines) if scratch or not threaded else ThreadWriter(engines))

    def plan(self, work: Callable[[Planning], Any], *, run: int | None = None) -> Any:
        """See Store.plan."""
        return self._write(lambda connection: work(SqlPlanning(connection, run)))

    def unchanged(self, paths: Sequence[str], mark: str, *, at: float) -> list[Planned] | None:
        """See Store.unchanged."""
        found: list[Planned] | None = self._write(
            lambda connection: unchanged(connection.connection.driver_connection, paths, mark, at)
        )
        return found

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

    def waiting(self, run: int, limit: int, *, after: int = 0) -> list[Job]:
        """See Store.waiting."""
        return [job_from(row) for row in self._all(queries.WAITING, run=run, after=after, limit=limit)]

    def local_file(self, path: str) -> LocalFile | None:
        """See Store.local_file."""
        found = self._all(queries.LOCAL_FILE, path=path)
        return local_file_from(found[0]) if found else None

    def local_files(self, sha256: str) -> list[LocalFile]:
        """See Store.local_files."""
        return [local_file_from(row) for row in self._all(queries.LOCAL_FILES, sha256=sha256)]

    def keep_local_files(self, files: Sequence[LocalFile]) -> None:
        """See Store.keep_local_files."""
        if files:
            self._write(lambda connection: keep_local_files(connection.connection.driver_connection, files))

    def asset(self, realm: str, api: str, sha256: str) -> Asset | None:
        """See Store.asset."""
        found = self._all(queries.ASSET, realm=realm, api=api, sha256=sha256)
        return asset_from(found[0]) if found else None

    def asset_ids(self, realm: str) -> set[str]:
        """See Store.asset_ids."""
        return {str(row[0]) for row in self._all(queries.ASSET_IDS, realm=realm)}

    def to_repeat(self, run: int) -> list[int]:
        """See Store.to_repeat."""
        return [int(row[0]) for row in self._all(queries.TO_REPEAT, run=run)]

    def submission(self, pk: int) -> Submission:
        """See Store.submission."""
        return submission_from(self._all(queries.SUBMISSION, pk=pk)[0])

    def members(self, submission: int) -> list[Job]:
        """See Store.members."""
        ids = self.submission(submission).jobs
        found = {job.id: job for job in map(job_from, self._all(queries.MEMBERS, asked=json.dumps(ids)))}
        return [found[job_id] for job_id in ids]

    def jobs(self, pks: Sequence[int]) -> list[Job]:
        """See Store.jobs."""
        return [job_from(row) for row in self._all(queries.JOBS, asked=json.dumps(list(pks)))]

    def in_state(self, run: int, status: Status, limit: int, *, due: float | None = None) -> list[Job]:
        """See Store.in_state."""
        if due is None:
            return [job_from(row) for row in self._all(queries.IN_STATE[status], run=run, limit=limit)]
        return [job_from(row) for row in self._all(queries.DUE[status], run=run, limit=limit, due=due)]

    def oldest_due(self, run: int, limit: int, *, due: float) -> list[Job]:
        """See Store.oldest_due."""
        return [job_from(row) for row in self._all(queries.OLDEST_DUE, run=run, limit=limit, due=due)]

    def members_of(self, run: int, status: Status) -> list[int]:
        """See Store.members_of."""
        return [int(row[0]) for row in self._all(queries.MEMBERS_OF[status], run=run)]

    def next_due(self, run: int) -> float | None:
        """See Store.next_due."""
        value = self._scalar(queries.NEXT_DUE, run=run)
        return None if value is None else float(value)

    def rendering_as(self, run: int, remote_ids: Sequence[str]) -> list[Job]:
        """See Store.rendering_as."""
        asked = json.dumps(list(remote_ids))
        return [job_from(row) for row in self._all(queries.RENDERING_AS, run=run, asked=asked)]

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
        latest = select(runs).where(runs.c.realm == realm).order_by(runs.c.pk.desc()).limit(1)
        with self._engines.reader.connect() as connection:
            found = connection.execute(latest).first()
        return past_run_from(found) if found else None

    def lines(self, sheet: int) -> Iterator[Line]:
        """See Store.lines."""
        yield from map(line_from, self._stream(queries.LINES, **self._edition(sheet)))

    def standings(self, sheet: int, places: Sequence[int] | None = None) -> Iterator[Standing]:
        """See Store.standings."""
        wanted: dict[str, Any] = self._edition(sheet)
        if places is None:
            yield from map(standing_from, self._stream(queries.STANDINGS, **wanted))
        else:
            asked = json.dumps([place + 1 for place in places])
            yield from map(standing_from, self._all(queries.STANDINGS_AT, asked=asked, **wanted))

    def places(self, sheet: int) -> Iterator[tuple[int, int]]:
        """See Store.places."""
        yield from self._stream(queries.PLACES, **self._edition(sheet))

    def repeated(self, sheet: int) -> dict[int, int]:
        """See Store.repeated."""
        return dict(self._all(queries.REPEATED, **self._edition(sheet)))

    def sorts(self, run: int, status: Status) -> dict[tuple[str, str | None], int]:
        """See Store.sorts."""
        return {(kind, language): int(n) for kind, language, n in self._all(queries.SORTS[status], run=run)}

    def unsent(self, run: int) -> Iterator[Unsent]:
        """See Store.unsent."""
        yield from map(unsent_from, self._stream(queries.UNSENT, run=run))

    def lines_of(self, jobs: Sequence[int]) -> list[Line]:
        """See Store.lines_of."""
        return [line_from(row) for row in self._all(queries.LINES_OF, asked=json.dumps(list(jobs)))]

    def lines_at(self, sheet: int, row: int) -> list[Line]:
        """See Store.lines_at."""
        return [line_from(found) for found in self._all(queries.LINES_AT, row=row, **self._edition(sheet))]

    def lines_in(self, sheet: int, jobs: Sequence[int]) -> list[Line]:
        """See Store.lines_in."""
        wanted = self._edition(sheet) | {"asked": json.dumps(list(jobs))}
        return [line_from(found) for found in self._all(queries.LINES_IN, **wanted)]

    def named(self, name: str) -> list[int]:
        """See Store.named."""
        return [int(row[0]) for row in self._all(queries.NAMED, name=name, last=name + "\uffff")]

    def owners(self, remote_ids: Sequence[str]) -> dict[str, int]:
        """See Store.owners."""
        return dict(self._all(queries.OWNERS, asked=json.dumps(list(remote_ids))))

    def history(self, job: int) -> History:
        """See Store.history."""
        with self._engines.reader.connect() as connection:
            return history(connection, job)

    def commitments(self, sheets: Sequence[int], unit: str = queries.CREDITS, *, made: bool = True) -> Commitments:
        """See Store.commitments."""
        spent, unpriced = 0.0, 0
        held: dict[int, float] = {}
        foreign: set[int] = set()
        for sheet in sheets:
            wanted: dict[str, Any] = {**self._edition(sheet), "unit": unit}
            spent += float(self._scalar(queries.SPENT, **wanted) or 0.0) if made else 0.0
            unpriced += int(self._scalar(queries.UNPRICED, **wanted) or 0) if made else 0
            held |= {int(pk): float(credit or 0.0) for pk, credit in self._all(queries.HELD, **wanted)}
            foreign |= {int(row[0]) for row in self._all(queries.FOREIGN, **wanted)}
        return Commitments(spent=spent, held=held, foreign=frozenset(foreign), unpriced=unpriced)

    def outlays(self, run: int) -> list[Outlay]:
        """See Store.outlays."""
        return [outlay_from(row) for row in self._all(queries.OUTLAYS, run=run)]

    def render_times(self, realm: str, kind: str, limit: int = 200) -> list[float]:
        """See Store.render_times."""
        found = self._all(queries.RENDER_TIMES, realm=realm, kind=kind, limit=limit)
        return [float(row[0]) for row in found if row[0] is not None]

    def audit(self, sheet: int) -> Audit:
        """See Store.audit."""
        wanted = self._wanted(sheet)
        with self._engines.reader.connect() as connection:
            return audit(connection, wanted)

    def _wanted(self, sheet: int) -> Subquery:
        edition = self._sheet(sheet).edition
        return select(lines.c.job).where(lines.c.sheet == sheet, lines.c.edition == edition).distinct().subquery()

    def intended_path(self, job: int, role: str = VIDEO) -> str | None:
        """See Store.intended_path."""
        value = self._scalar(queries.INTENDED_PATH, job=job, role=role)
        return None if value is None else str(value)

    def files_of(self, job: int) -> dict[str, KeepFile]:
        """See Store.files_of."""
        found = (file_from(row) for row in self._all(queries.FILES_OF, job=job))
        return {one.role: one for one in found}

    def paths(self) -> list[tuple[str, bool]]:
        """See Store.paths."""
        return [(str(path), size is not None) for path, size in self._all(queries.PATHS)]

    def limits(self, realm: str) -> dict[str, float]:
        """See Store.limits."""
        return {name: value for name, (value, _) in self.learned(realm).items()}

    def learned(self, realm: str) -> dict[str, tuple[float, float]]:
        """See Store.learned."""
        return {name: (value, at) for name, value, at in self._all(queries.LIMITS, realm=realm)}

    def listing(self, shelf: Shelf) -> Listing | None:
        """See Listings.listing."""
        with self._engines.reader.connect() as connection:
            return catalogue.find(connection, shelf)

    def keep_listing(self, shelf: Shelf, listing: Listing) -> None:
        """See Listings.keep_listing."""
        self._write(lambda connection: catalogue.keep(connection, shelf, listing))

    def hooks(self, realm: str) -> list[Hook]:
        """See Store.hooks."""
        return [hook_from(row) for row in self._all(queries.HOOKS, realm=realm)]

    def sessions_in(self, run: int, status: Status, limit: int = 1_000_000) -> list[Job]:
        """See Store.sessions_in."""
        return [job_from(row) for row in self._all(queries.SESSIONS_IN[status], run=run, limit=limit)]

    def open_sessions(self, realm: str) -> list[OpenSession]:
        """See Store.open_sessions."""
        return [open_session_from(row) for row in self._all(queries.OPEN_SESSIONS, realm=realm)]

    def occurrences(self, job: int, round_: int) -> list[Occurrence]:
        """See Store.occurrences."""
        return [occurrence_from(row) for row in self._all(queries.OCCURRENCES, job=job, round=round_)]

    def close(self) -> None:
        """See Store.close."""
        self._writer.close()
        super().close()
