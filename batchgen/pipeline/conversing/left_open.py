"""Closes sessions that nobody is in: of a process that was killed, or found in the account after a reply was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.heygen.errors import ApiError
from batchgen.model.errors import TransportError
from batchgen.model.session import KIND, Denied, DropSession, Taken
from batchgen.model.status import Status
from batchgen.pipeline.conversing.settle_session import AGAIN, broken
from batchgen.pipeline.conversing.telephone import Telephone
from batchgen.pipeline.happened import Stumbled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.model.job import Job
    from batchgen.model.session import OpenSession
    from batchgen.pipeline.context import Context
    from batchgen.store.interface import Change

_LEFT = "batchgen was stopped while this session was open. It is closed now; it cannot be gone on with."
#: How often closing one is tried.
TRIES = 3


class LeftOpen:
    """Closes them, and has their rows fail: opening another is a purchase, and so a person's to ask for."""

    def __init__(self, run: Context) -> None:
        self._run = run
        #: Those that earlier processes left, in whatever run.
        self.of_before: list[OpenSession] = run.store.open_sessions(run.realm)

    async def close_those_of_before(self) -> None:
        """Close what earlier processes left open."""
        if not self.of_before:
            return
        listed = await self._listed()
        for one in self.of_before:
            closed = (listed is not None and one.session_id not in listed) or await self._stop(one.session_id)
            jobs = [job for job in self._run.store.jobs([one.job]) if _is_in(job, one.session_id)]
            await self._write(jobs, closed=closed, session_id=one.session_id, reason=_LEFT)
        self.of_before = []
        self._run.board.ring()

    async def close(self, jobs: Sequence[Job], *, reason: str = "") -> None:
        """Close sessions of this run that nobody is in."""
        for job in jobs:
            session_id = job.remote_id or ""
            closed = await self._stop(session_id)
            found = (
                "The reply that opened this session was lost. It was found in the account and is closed now; nothing "
                "was said in it."
            )
            await self._write([job], closed=closed, session_id=session_id, reason=reason or found)

    async def _listed(self) -> frozenset[str] | None:
        """Give the sessions that are open in the account; None where that cannot be told."""
        run = self._run
        sessions, ids, cursor = run.dialects[run.options.api].sessions, set[str](), None
        try:
            while True:
                page = await run.caller.read(sessions.listing(cursor), sessions.read_listing)
                ids |= {row.remote_id for row in page.rows if row.remote_id}
                if page.next_token is None or page.next_token == cursor:
                    return frozenset(ids)
                cursor = page.next_token
        except (ApiError, TransportError):
            return None

    async def _stop(self, session_id: str) -> bool:
        run = self._run
        sessions = run.dialects[run.options.api].sessions
        line = Telephone(session_id, sessions=sessions, caller=run.caller, pace=run.pace)
        said: Taken | Denied = Denied(code="", message="")
        for attempt in range(TRIES):
            await run.clock.sleep(float(attempt))
            said = await line.stop()
            if isinstance(said, Taken) or (said.state is not None and said.state.over):
                return True
        reason = said.message if isinstance(said, Denied) else ""
        run.tell(Stumbled(what=f"closing session {session_id}", reason=reason or "it is not known to be closed"))
        return False

    def _lasted(self, job: Job, now: float) -> float:
        """Give for how many seconds a session was open at the most: its idle limit ends it where nobody does."""
        opened = job.submitted_at or now
        happened = self._run.store.occurrences(job.pk, job.round)
        last = max([opened, *(one.at for one in happened)])
        return min(now, last + float(job.content["idle_timeout"])) - opened

    async def _write(self, jobs: Sequence[Job], *, closed: bool, session_id: str, reason: str) -> None:
        run, now = self._run, self._run.clock.now()
        changes: list[Change] = [DropSession(session_id=session_id)] if closed else []
        for job in jobs:
            said = sum(one.what == "said" for one in run.store.occurrences(job.pk, job.round))
            told = f"{reason} {said} of {len(job.content['lines'])} lines were said. {AGAIN}"
            known = {"credits": run.budget.real(job, self._lasted(job, now))}
            changes.append(broken(job, "left_open", told, now, known))
        if not changes:
            return
        mine = {pk for job in jobs for pk in run.store.members_of(run.number, Status.RENDERING) if pk == job.pk}
        if mine or not jobs:
            await run.logbook.write(changes, durable=True)
        else:
            # Of another run: its board is not this one's.
            await run.store.apply(changes, durable=True)


def _is_in(job: Job, session_id: str) -> bool:
    return job.kind == KIND and job.status is Status.RENDERING and job.remote_id == session_id
