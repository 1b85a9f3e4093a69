"""The memory of all runs, in a SQLite file.

Reading happens where it is asked for, on connections of its own; writing goes through the one writer.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import func, select, update

from batchgen.store.account import Account
from batchgen.store.engine import Engines, open_engines, state_url
from batchgen.store.enlist import begin, enlist, revive
from batchgen.store.facts import PastRun, RunFacts
from batchgen.store.lines import Lines
from batchgen.store.luggage import Luggage
from batchgen.store.planning import SqlPlanning, unchanged
from batchgen.store.schema import prepare
from batchgen.store.spending import Spending
from batchgen.store.statement import Statement
from batchgen.store.tables import jobs, runs, sheets, submissions
from batchgen.store.work import Work
from batchgen.store.writer import InlineWriter, ThreadWriter, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Row

    from batchgen.store.changes import Change
    from batchgen.store.facts import Line, Planned
    from batchgen.store.interface import Planning

_LAST_SUBMISSION = Statement(select(func.max(submissions.c.pk)))


class SqliteStore(Work, Lines, Spending, Luggage, Account):
    """See ``Store``."""

    def __init__(self, engines: Engines, writer: Writer) -> None:
        super().__init__(engines)
        self._writer = writer
        self._last_submission = int(self._scalar(_LAST_SUBMISSION) or 0)

    @classmethod
    def open(cls, state: str, *, threaded: bool = True, scratch: bool = False, home: Path | None = None) -> Self:
        """Open a state file, making or upgrading it. Raises ``StoreError``.

        ``scratch`` is for a file that nobody needs afterwards; it has no thread either. ``home`` is where the file lies
        that it is a copy of.
        """
        engines = open_engines(state_url(state), lasting=not scratch)
        with ExitStack() as opened:
            opened.callback(engines.dispose)
            prepare(engines, home=home)
            opened.pop_all()
        return cls(engines, InlineWriter(engines) if scratch or not threaded else ThreadWriter(engines))

    def plan(self, work: Callable[[Planning], Any], *, run: int | RunFacts | None = None) -> Any:
        """See Store.plan."""

        def planned(connection: Connection) -> Any:
            planning = SqlPlanning(connection, run)
            came_to = work(planning)
            planning.end()
            return came_to

        return self._write(planned)

    def unchanged(self, paths: Sequence[str], mark: str, *, at: float) -> list[Planned] | None:
        """See Store.unchanged."""
        found: list[Planned] | None = self._write(
            lambda connection: unchanged(connection.connection.driver_connection, paths, mark, at)
        )
        return found

    def begin_run(
        self,
        *,
        command: str,
        sheets: Sequence[int],
        realm: str,
        api: str,
        at: float,
        selection: str | None = None,
        plan: str | None = None,
    ) -> int:
        """See Store.begin_run."""
        facts = RunFacts(command=command, realm=realm, api=api, at=at, selection=selection, plan=plan)
        return int(self._write(lambda connection: begin(connection, facts, sheets)))

    def taken(self, *, selection: str | None = None, plan: str | None = None) -> set[int]:
        """See Store.taken."""
        like = [column == value for column, value in ((runs.c.selection, selection), (runs.c.plan, plan)) if value]
        mine = select(jobs.c.pk).join(runs, runs.c.pk == jobs.c.run).where(*like)
        with self._engines.reader.connect() as connection:
            return set(connection.execute(mine).scalars()) if like else set()

    def enlist(self, run: int, sheet: int, keep: Callable[[Line], bool] | None, limit: int | None) -> int:
        """See Store.enlist."""
        return int(self._write(lambda connection: enlist(connection, run, self._sheet(sheet), keep, limit)))

    def revive(self, sheet: int, keep: Callable[[Line], bool] | None, at: float) -> set[int]:
        """See Store.revive."""
        return set(self._write(lambda connection: revive(connection, self._sheet(sheet), keep, at)))

    def end_run(
        self, run: int, *, outcome: str, summary: Mapping[str, Any], at: float, written: Mapping[int, str]
    ) -> None:
        """See Store.end_run."""
        values = {"outcome": outcome, "summary": json.dumps(summary), "ended_at": at}

        def end(connection: Connection) -> None:
            connection.execute(update(runs).where(runs.c.pk == run).values(values))
            for pk, mark in written.items():
                connection.execute(update(sheets).where(sheets.c.pk == pk).values(written=mark))

        self._write(end)

    def last_run(self, realm: str) -> PastRun | None:
        """See Store.last_run."""
        latest = select(runs).where(runs.c.realm == realm).order_by(runs.c.pk.desc()).limit(1)
        with self._engines.reader.connect() as connection:
            found = connection.execute(latest).first()
        return _past_run_from(found) if found else None

    async def apply(self, changes: Sequence[Change], *, durable: bool = False) -> None:
        """See Store.apply."""
        if changes:
            await self._writer.write(changes, durable=durable)

    def next_submission(self) -> int:
        """See Store.next_submission."""
        self._last_submission += 1
        return self._last_submission

    def close(self) -> None:
        """See Store.close."""
        self._writer.close()
        super().close()


def _past_run_from(row: Row[Any]) -> PastRun:
    """Read a run."""
    sheets = tuple(json.loads(row.sheets))
    return PastRun(number=row.pk, sheets=sheets, api=row.api, selection=row.selection, plan=row.plan)
