"""What becomes of unsure jobs after a look: found ones are taken in, and the others as is decided of them.

Rule: what is concluded is on disk before anything follows from it. Sending again is the sender's business: it is told
the submission, once its jobs are known to be absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model import session
from batchgen.model.exchange import Progress, Stage
from batchgen.model.history import Attempt
from batchgen.model.session import KeepSession, OpenSession
from batchgen.model.status import Event, Status
from batchgen.pipeline.happened import LeftUnsure, Looked
from batchgen.pipeline.reconciling.batch_of import batch_of
from batchgen.pipeline.reconciling.decide import Evidence, LeaveOpen, LookLater, SendAgain, decide
from batchgen.pipeline.reconciling.search import Search, Way
from batchgen.pipeline.sending.protect import is_protected, is_whole, still_in
from batchgen.pipeline.settle import adopt, called
from batchgen.store.interface import Change, Move, UpdateSubmission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from batchgen.model.job import Job, Submission
    from batchgen.pipeline.context import Context
    from batchgen.pipeline.reconciling.search import Found


class Conclusions:
    """Draws what follows from looks, and remembers which jobs wait for a person."""

    def __init__(
        self,
        run: Context,
        search: Search,
        *,
        send_again: Callable[[int], None],
        accepted_since: Callable[[float], bool],
    ) -> None:
        self._run = run
        self._search = search
        self._send_again = send_again
        self._accepted_since = accepted_since
        self._aside: dict[int, int] = {}  #: Submission → its jobs, of those that hold no place any more.
        self.left: dict[int, int] = {}  #: Submission → its jobs, of those that wait for a person.

    async def draw(
        self,
        submission: Submission,
        missing: Mapping[str, Job],
        found: Found,
        at: float,
        took_s: float,
    ) -> None:
        """Take in what a look found of a submission, and decide about the rest of it.

        ``missing`` are the jobs that were looked for, by their tokens; ``at`` is when the look began, in epoch seconds.
        """
        mine = {name: job for name, job in missing.items() if job.submission == submission.pk}
        rows = {name: found.rows[name] for name in mine if name in found.rows}
        rows |= await self._by_their_batch(submission, mine, rows)
        adopted = {name: job for name, job in mine.items() if name in rows}
        lost = [job for name, job in mine.items() if name not in adopted]
        self._run.tell(
            Looked(submission=submission.pk, jobs=len(mine), found=len(adopted), look=submission.looks + 1),
        )
        self._set_aside(submission, 0)
        changes = self._adopted(submission, adopted, rows, at, took_s)
        if lost:
            doubt = found.doubts.get(submission.pk)
            if adopted or len(lost) < len(still_in(self._run.store, submission)):
                doubt = "part of its batch was accepted, so the rest may be too"
            changes += self._lost(submission, lost, at, doubt)
        await self._write(submission, changes)

    async def give_up(self, submission: Submission, missing: Mapping[str, Job], at: float, doubt: str) -> None:
        """Decide without a look, since ``doubt`` says why none is to be had."""
        lost = [job for job in missing.values() if job.submission == submission.pk]
        await self._write(submission, self._lost(submission, lost, at, doubt))

    async def _by_their_batch(
        self, submission: Submission, mine: Mapping[str, Job], rows: Mapping[str, Progress]
    ) -> dict[str, Progress]:
        """Give the batch of those that no list shows, where others of it are found: it tells what became of them."""
        rest = [name for name in mine if name not in rows]
        if not rest or not submission.batched:
            return {}
        places = {called(row): mine[name].item or 0 for name, row in rows.items()}
        for job in self._run.store.members(submission.pk):
            if job.remote_id and job.submission == submission.pk:
                places[job.remote_id] = job.item or 0
        batch_id = await batch_of(self._run, submission, places)
        return {name: Progress(stage=Stage.QUEUED, batch_id=batch_id) for name in rest} if batch_id else {}

    async def _write(self, submission: Submission, changes: Sequence[Change]) -> None:
        await self._run.logbook.write(changes, durable=True)
        if any(isinstance(change, Move) and change.event is Event.ABSENT for change in changes):
            self._send_again(submission.pk)

    def _adopted(
        self,
        submission: Submission,
        adopted: Mapping[str, Job],
        found: Mapping[str, Progress],
        at: float,
        took_s: float,
    ) -> list[Change]:
        look = Attempt(
            submission=submission.pk,
            purpose="look",
            at=at,
            took_s=took_s,
            outcome="found" if adopted else "empty",
            remote_ids=" ".join(dict.fromkeys(called(found[name]) for name in adopted)),
        )
        now = self._run.clock.now()
        moves = [adopt(job, found[name], now, self._run.options.poll_interval) for name, job in adopted.items()]
        if submission.kind != session.KIND:
            return [look, *moves]
        return [look, *(self._opened(job, called(found[name]), now) for name, job in adopted.items()), *moves]

    def _opened(self, job: Job, session_id: str, now: float) -> KeepSession:
        """Note a session that was found as open: it is to be closed, and nobody will talk in it."""
        found = OpenSession(session_id=session_id, realm=self._run.realm, job=job.pk, at=now)
        return KeepSession(session=found)

    def _lost(self, submission: Submission, lost: Sequence[Job], began_at: float, doubt: str | None) -> list[Change]:
        """Write what is decided about jobs that a look did not find."""
        evidence = self._evidence(submission, began_at, doubt)
        looks = submission.looks + 1
        match decide(submission, lost, evidence, self._run.options):
            case LookLater() as later:
                if later.aside:
                    self._set_aside(submission, self._own(lost))
                facts = {"look_at": later.look_at, "unsure_since": later.unsure_since}
                known = {name: value for name, value in facts.items() if value is not None}
                return [UpdateSubmission(submission=submission.pk, facts={"looks": looks, **known})]
            case LeaveOpen() as left:
                self._set_aside(submission, self._own(lost))
                self.left[submission.pk] = self._own(lost)
                self._run.tell(LeftUnsure(submission=submission.pk, jobs=len(lost), reason=left.reason))
                return [UpdateSubmission(submission=submission.pk, facts={"looks": looks, "look_at": left.look_at})]
            case SendAgain() as again:
                self._set_aside(submission, 0)
                moves = [_absent(job, evidence.now, doubt or f"not found in {looks} looks") for job in lost]
                settled = {"unsure_since": None} if again.proven else {}
                return [UpdateSubmission(submission=submission.pk, facts={"looks": looks, **settled}), *moves]

    def _own(self, jobs: Iterable[Job]) -> int:
        """Count the jobs that are this run's."""
        return sum(job.pk not in self._run.board.outsiders for job in jobs)

    def _evidence(self, submission: Submission, began_at: float, doubt: str | None) -> Evidence:
        run, now = self._run, self._run.clock.now()
        keyed = is_protected(submission, run.dialects[submission.api], now, account=run.account)
        return Evidence(
            began_at=began_at,
            now=now,
            protected=keyed and is_whole(run.store, submission),
            findable=self._search.way(submission) is not Way.NONE,
            shown=self._search.would_show(submission),
            may_yet_show=self._may_yet_show(),
            ours=submission.may_be_known_to(run.account),
            accepting=self._accepted_since(submission.unsure_since or 0.0),
            doubt=doubt,
        )

    def _may_yet_show(self) -> bool:
        """Whether other jobs of the run may yet appear in the list, and so prove that it shows them."""
        board, run = self._run.board, self._run
        under_way = board[Status.SENDING] + board[Status.RENDERING] > 0
        coming = board[Status.PLANNED] > 0 and not run.stop.sending
        # What was accepted a moment ago is in the list in a moment.
        return under_way or coming or self._accepted_since(run.clock.now() - run.options.settle_for(keyed=False))

    def _set_aside(self, submission: Submission, jobs: int) -> None:
        """Let others have the places of jobs that nobody can tell of, or they would wait for one another."""
        self._aside[submission.pk] = jobs
        self._run.board.set_aside = sum(self._aside.values())


def _absent(job: Job, at: float, detail: str) -> Move:
    return Move(job=job.pk, old=job.status, event=Event.ABSENT, at=at, facts={"credits": None}, detail=detail)
