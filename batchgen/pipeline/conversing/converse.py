"""PLANNED → SENDING → RENDERING → RENDERED → DONE of sessions: opened, talked in, recorded and closed, each in one go.

Rule: what opens a session costs money, so it is filed and asked for as any other submission is. Rule: a session is
noted as open with its id and before anything is done with it, and until it is known to be closed. Rule: one that
another process opened, or that was found after its reply was lost, is closed and never talked in.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from batchgen.model.errors import DiskError, NoReply, NotSent
from batchgen.model.exchange import Accepted, HeldBack, Hold, NoAnswer, Refused
from batchgen.model.job import changed
from batchgen.model.session import KeepSession, NoteOccurrence, Occurrence, Opening, OpenSession
from batchgen.model.status import IN_FLIGHT, Status
from batchgen.pipeline.conversing.left_open import LeftOpen
from batchgen.pipeline.conversing.settle_session import settle_session
from batchgen.pipeline.conversing.telephone import Telephone
from batchgen.pipeline.fetching.fetch import claim_path
from batchgen.pipeline.happened import Received, Started, Stumbled, Waiting
from batchgen.pipeline.pacing.pace import is_wait
from batchgen.pipeline.retry import as_asked, backoff
from batchgen.pipeline.sending.filing import file_again, file_new
from batchgen.pipeline.settle import settle
from batchgen.store.interface import KeepFile

if TYPE_CHECKING:
    from pathlib import Path

    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context
    from batchgen.pipeline.pacing.concurrency import Concurrency
    from batchgen.pipeline.sending.filing import Filed
    from batchgen.session.interface import Held, Hosting

#: What an account's limit of sessions at once is remembered by: HeyGen counts them apart from renders.
PLACES = "sessions"


class Converser:
    """Holds the sessions of a run, a few at a time."""

    def __init__(self, run: Context, *, hosting: Hosting | None, concurrency: Concurrency) -> None:
        self._run, self._hosting, self._concurrency = run, hosting, concurrency
        self._left = LeftOpen(run)
        self._held: dict[int, asyncio.Task[bool]] = {}
        self._hurry = asyncio.Event()
        self._not_before = 0.0  #: By the clock's ticks.
        self._tries = 0
        # Most runs have none, and are asked nothing about them.
        self._any = bool(self._left.of_before) or any(
            run.store.sessions_in(run.number, status, 1) for status in sorted({Status.PLANNED} | IN_FLIGHT)
        )

    @property
    def busy(self) -> bool:
        """Whether a session is held, or will be."""
        return self._any and bool(self._held or self._left.of_before or self._planned() or self._strange())

    async def work(self) -> None:
        """Hold sessions until told to stop. Those that are held then are closed first, whatever ends this stage."""
        try:
            if self._any:
                await self._left.close_those_of_before()
            while True:
                self._raise_failures()
                if not self._any or not await self._act():
                    await self._run.board.changed(self._nap())
        finally:
            self._hurry.set()
            await asyncio.gather(*self._held.values(), return_exceptions=True)

    async def drain(self) -> None:
        """Have every session closed, and wait until that is stored."""
        self._hurry.set()
        while self._held:
            await asyncio.wait(self._held.values())
            self._raise_failures()

    async def _act(self) -> bool:
        """Do one thing, if there is something to do now."""
        if self._run.stop.everything:
            self._hurry.set()
            return False
        if strange := self._strange():
            await self._left.close(strange)
            return True
        return self._start_next()

    def _planned(self) -> list[Job]:
        if self._run.stop.sending:
            return []
        # One that is neither taken nor on its way to be is found among so many.
        found = self._run.store.sessions_in(self._run.number, Status.PLANNED, len(self._held) + 1)
        return [job for job in found if job.pk not in self._held]

    def _strange(self) -> list[Job]:
        """Give sessions that are open and were not opened here: they were found, or somebody gave their ids."""
        found = self._run.store.sessions_in(self._run.number, Status.RENDERING)
        return [job for job in found if job.pk not in self._held]

    def _raise_failures(self) -> None:
        for pk in [pk for pk, task in self._held.items() if task.done()]:
            if self._held.pop(pk).result():
                self._not_before = 0.0  # There is room for one more now.

    def _nap(self) -> float | None:
        if not self._any or self._run.stop.sending or not self._planned():
            return None
        waits = (self._run.pace.wait(creates=True), self._not_before - self._run.clock.ticks())
        return min((wait for wait in waits if wait > 0), default=None)

    def _start_next(self) -> bool:
        """Open one more session if there is one, its turn has come, and there is room for it."""
        if self._run.pace.wait(creates=True) > 0 or self._not_before > self._run.clock.ticks():
            return False
        planned = self._planned()
        places = 0 if self._hosting is None else self._hosting.at_once - len(self._held)
        if not planned or min(places, self._concurrency.room(len(self._held))) <= 0 or not self._afford(planned[0]):
            return False
        job = planned[0]
        self._run.pace.take(creates=True)
        self._held[job.pk] = task = asyncio.create_task(self._session(job))
        task.add_done_callback(lambda _: self._run.board.ring())
        return True

    def _afford(self, job: Job) -> bool:
        budget = self._run.budget
        if budget.affordable([job]):
            budget.hold([job])
            return True
        if not self._held and not self._run.board.unsettled:
            self._run.stop.over_budget(
                f"The next session may cost {budget.most(job):g} {budget.list.unit}, and {max(0.0, budget.left):g} "
                f"of --max-credits {budget.limit:g} are left: nothing more is opened. Raise it to go on.",
            )
        return False

    async def _session(self, job: Job) -> bool:
        """Take one session from its request to its end; tell whether there was one, whose place is free now."""
        run = self._run
        again = job.submission
        filed = file_new(run, run.store.next_submission(), [job]) if again is None else file_again(run, again)
        found = await filed
        opening = await self._open(found) if found.jobs else None
        if opening is None:
            return False
        opened = changed(found.jobs[0], status=Status.RENDERING, remote_id=opening.session_id)
        run.board.live += 1
        try:
            await self._hold(opened, opening)
        finally:
            run.board.live -= 1
        return True

    async def _open(self, filed: Filed) -> Opening | None:
        """Send the request that opens it, and write what came back before anything is done with that."""
        run, submission, job = self._run, filed.submission, filed.jobs[0]
        dialect = run.dialects[submission.api]
        sent_at, began = run.clock.now(), run.clock.ticks()
        found: Opening | HeldBack | Refused | NoAnswer
        try:
            found = dialect.sessions.read_open(await run.caller.once(filed.request))
        except NotSent as error:
            found = HeldBack(hold=Hold.NOT_SENT, message=str(error))
        except NoReply as error:
            found = NoAnswer(code="no_reply", message=str(error))
        now = run.clock.now()
        outcome = Accepted(remote_ids=(found.session_id,)) if isinstance(found, Opening) else found
        took = run.clock.ticks() - began
        changes = settle(outcome, submission, [job], sent_at=sent_at, now=now, first_poll=0.0, took_s=took)
        if isinstance(found, Opening):
            opened = OpenSession(session_id=found.session_id, realm=run.realm, job=job.pk, at=now)
            changes += [KeepSession(session=opened), _noted(job, Occurrence(at=now, what="opened"))]
        await run.logbook.write(changes, durable=True)
        await self._follow(outcome, began)
        return found if isinstance(found, Opening) else None

    async def _follow(self, outcome: Accepted | HeldBack | Refused | NoAnswer, began: float) -> None:
        run = self._run
        if isinstance(outcome, HeldBack):
            await self._held_back(outcome, began)
            return
        run.pace.served(creates=True, left_at=began)
        self._tries = 0
        if isinstance(outcome, Accepted):
            self._concurrency.accepted(1, len(self._held))

    async def _held_back(self, outcome: HeldBack, began: float) -> None:
        """Wait as long as is asked for; where the account's places are taken, until one may be free."""
        run = self._run
        if outcome.hold.pauses:
            run.stop.pause(outcome.hold, outcome.message or outcome.code)
            return
        if outcome.hold is not Hold.CONCURRENCY and is_wait(outcome.hold):
            run.pace.hold(outcome.hold, outcome.retry_after, outcome.message, creates=True, left_at=began)
            return
        if outcome.hold is Hold.CONCURRENCY:
            others = len(self._held) - 1
            self._concurrency.refused(others)
            if others:
                await run.logbook.write(run.limits.learn_places(PLACES, self._concurrency.learned))
        self._tries += 1
        wait = as_asked(outcome.retry_after, otherwise=backoff(self._tries))
        self._not_before = run.clock.ticks() + wait
        run.tell(Waiting(hold=outcome.hold, seconds=wait, message=outcome.message))

    async def _hold(self, job: Job, opening: Opening) -> None:
        run, hosting = self._run, self._hosting
        if hosting is None:
            raise AssertionError("nothing is opened without a host")  # pragma: no cover - see _start_next
        path = await claim_path(run, job) if run.options.download else None
        if path is not None:
            # What an earlier round may have recorded there is not the film of this one.
            await run.logbook.write([KeepFile(job=job.pk, path=str(path), size=None, at=run.clock.now())])
        sessions = run.dialects[job.api or run.options.api].sessions
        line = Telephone(opening.session_id, sessions=sessions, caller=run.caller, pace=run.pace)
        note = partial(self._note, job)
        try:
            held = await hosting.hold(opening, job.content, line=line, note=note, record=path, hurry=self._hurry)
            if path is not None:
                self._write_minutes(job, path, held)
        except DiskError as error:
            run.stop.broken(f"{error} Make room or name another folder, and run the command again.")
            await self._left.close([job], reason=str(error))
            return
        await self._conclude(job, held)

    async def _note(self, job: Job, occurrence: Occurrence) -> None:
        await self._run.logbook.write([_noted(job, occurrence)])
        if occurrence.what == "connected":
            self._run.tell(Started(job=job.pk, at=occurrence.at))

    def _write_minutes(self, job: Job, path: Path, held: Held) -> None:
        if self._hosting is None or (held.recording is None and not held.said):
            return
        known = {
            "session_id": job.remote_id,
            "avatar_id": job.content["avatar_id"],
            "seconds": round(held.lasted_s, 3),
            "lines": len(job.content["lines"]),
            "said": held.said,
            "error": held.reason or None,
        }
        happened = self._run.store.occurrences(job.pk, job.round)
        self._hosting.minutes(path.with_suffix(".json"), known, happened)

    async def _conclude(self, job: Job, held: Held) -> None:
        now, run = self._run.clock.now(), self._run
        credits = run.budget.real(job, held.lasted_s)  # noqa: A001 - what they are
        await run.logbook.write(settle_session(job, held, credits=credits, now=now), durable=True)
        if not held.closed:
            run.tell(Stumbled(what=f"closing session {job.remote_id}", reason="the next run tries it again"))
        if held.recording is not None:
            run.tell(Received(job=job.pk, size=held.recording.size, path=held.recording.path))


def _noted(job: Job, occurrence: Occurrence) -> NoteOccurrence:
    return NoteOccurrence(job=job.pk, round=job.round, occurrence=occurrence)
