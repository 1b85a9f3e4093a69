"""PLANNED → SENDING → RENDERING: the stage that spends money.

Rule: a submission is on disk, whole and durable, before its request leaves. Rule: what came back is on disk before
anything is done with it. Rule: a submission is sent again only from PLANNED, exactly as it was.
"""

from __future__ import annotations

import asyncio
import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.model import session
from batchgen.model.errors import NoReply, NotSent
from batchgen.model.exchange import Accepted, HeldBack, Hold, NoAnswer, Outcome, Refused
from batchgen.model.status import Status
from batchgen.pipeline.happened import Waiting
from batchgen.pipeline.pacing.pace import is_wait
from batchgen.pipeline.retry import backoff
from batchgen.pipeline.sending.ahead import Ahead
from batchgen.pipeline.sending.filing import file_again, file_new, waiting_in
from batchgen.pipeline.sending.given import Given
from batchgen.pipeline.settle import settle, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.model.exchange import Request
    from batchgen.model.job import Job, Submission
    from batchgen.pipeline.context import Context
    from batchgen.pipeline.pacing.concurrency import Concurrency
    from batchgen.pipeline.sending.filing import Filed

#: Requests that create, under way at once. The server needs up to half a minute for one (see the client's timeouts);
#: and where it is quick, there is something to do while the disk takes what came back.
AT_ONCE = 100


@dataclass(frozen=True, slots=True, order=True)
class _Repeat:
    at: float  #: By the clock's ticks.
    submission: int
    tries: int = 0


class Sender:
    """Sends what is planned, as fast as the account lets."""

    def __init__(self, run: Context, *, concurrency: Concurrency) -> None:
        self._run = run
        self._concurrency = concurrency
        self._ahead = Ahead(run, concurrency)
        self._given = Given()
        self._tasks: set[asyncio.Task[None]] = set()
        self._crowded_out = False  #: Whether the last answer was that HeyGen has no place, whoever has them all.
        self._asking: set[int] = set()  #: Submissions that have no reply yet; other tasks wait for the disk alone.
        self._repeats = [_Repeat(run.clock.ticks(), pk) for pk in run.store.to_repeat(run.number)]
        self.accepted_at = 0.0  #: Epoch seconds, when the server last accepted something.

    @property
    def busy(self) -> bool:
        """Whether something is being sent, or will be."""
        return self._under_way or (not self._run.stop.sending and self._run.board[Status.PLANNED] > 0)

    @property
    def can_go_on(self) -> bool:
        """Whether something is being sent, or will be: not where all places are taken, and one has to end first."""
        return self._under_way or (self.busy and not self._crowded_out and self._ahead.room() > 0)

    @property
    def _under_way(self) -> bool:
        return any(not task.done() for task in self._tasks)

    async def work(self) -> None:
        """Send until told to stop. Failures of the store or the network's end come out of here."""
        try:
            while True:
                self._raise_failures()
                while not self._run.stop.sending and len(self._asking) < AT_ONCE and self._start_next():
                    pass
                await self._run.board.changed(self._nap())
        finally:
            # Replies under way are money: they are waited for, whatever ends this stage.
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def drain(self) -> None:
        """Wait until every reply under way is stored."""
        while self._tasks:
            await asyncio.wait(self._tasks)
            self._raise_failures()

    def again(self, submission: int) -> None:
        """Have a submission sent again: it was looked for, and is not there. Sessions are opened again elsewhere."""
        if self._run.store.submission(submission).kind == session.KIND:
            self._run.board.ring()
            return
        heapq.heappush(self._repeats, _Repeat(self._run.clock.ticks(), submission))
        self._run.board.ring()

    def look_again(self) -> None:
        """Look from the beginning next time: jobs that were passed over have become ready."""
        self._ahead.look_again()

    def _raise_failures(self) -> None:
        for task in [task for task in self._tasks if task.done()]:
            self._tasks.discard(task)
            task.result()

    def _nap(self) -> float | None:
        if self._run.stop.sending:
            return None
        waits = [self._run.pace.wait(creates=True)]
        if self._repeats:
            waits.append(self._repeats[0].at - self._run.clock.ticks())
        # What is due and was not started wants room, and the bell rings when there is some.
        return min((wait for wait in waits if wait > 0), default=None)

    def _start_next(self) -> bool:
        """Start one more send if there is something to send, its turn has come, and there is room for it."""
        # The turn comes first: what waits for it is not under way, and a crash leaves no doubt about it.
        if self._run.pace.wait(creates=True) > 0:
            return False
        room = self._ahead.room()
        self._run.board.full = room == 0 and self._concurrency.in_force
        if self._repeats and self._repeats[0].at <= self._run.clock.ticks():
            return room > 0 and self._repeat(self._repeats[0])
        jobs = self._take(room)
        if jobs:
            self._spawn(self._run.store.next_submission(), 0, jobs, again=False)
        return bool(jobs)

    def _repeat(self, repeat: _Repeat) -> bool:
        """Send a submission once more, exactly as it was, if there is room for it in the budget."""
        jobs = waiting_in(self._run, repeat.submission)
        if not self._affordable(jobs, at_least=len(jobs), last=True):
            return False
        heapq.heappop(self._repeats)
        self._spawn(repeat.submission, repeat.tries, jobs, again=True)
        return True

    def _affordable(self, jobs: Sequence[Job], *, at_least: int = 1, last: bool = False) -> int:
        """Set aside what the budget has room for; stop the run if it has none, and nothing will give any back."""
        budget = self._run.budget
        count = budget.affordable(jobs)
        if count >= at_least:
            budget.hold(jobs[:count])
            return count
        # What was held back may cost less than what comes next: it has its turn before the budget is called used up.
        waiting = bool(self._repeats) and not last
        settles = self._run.options.wait and self._run.board.unsettled
        if not settles and not self._tasks and not waiting:
            self._run.stop.over_budget(budget.no_room_for(jobs[0]))
        return 0

    def _spawn(self, pk: int, tries: int, jobs: Sequence[Job], *, again: bool) -> None:
        self._run.pace.take(creates=True)
        self._ahead.leave(jobs)
        self._asking.add(pk)
        task = asyncio.create_task(self._submit(pk, tries, jobs, again=again))
        self._tasks.add(task)
        task.add_done_callback(lambda _: self._make_room(pk))

    def _make_room(self, submission: int) -> None:
        self._asking.discard(submission)
        self._run.board.ring()

    def _take(self, room: int) -> Sequence[Job]:
        """Take the next jobs that go together, as far as the budget has room for them."""
        together = self._ahead.next(room)
        return self._ahead.take(self._affordable(together)) if together else ()

    async def _submit(self, pk: int, tries: int, taken: Sequence[Job], *, again: bool) -> None:
        try:
            filed = await (file_again(self._run, pk) if again else file_new(self._run, pk, taken))
        finally:
            self._ahead.left(taken)
        if filed.jobs:
            await self._deliver(filed, tries)
        else:
            self._ahead.reread()

    async def _deliver(self, filed: Filed, tries: int) -> None:
        submission, jobs = filed.submission, filed.jobs
        sent_at, began = self._run.clock.now(), self._run.clock.ticks()
        outcome = await self._ask(submission, filed.request)
        self._make_room(submission.pk)
        changes = settle(
            outcome,
            submission,
            jobs,
            sent_at=sent_at,
            now=self._run.clock.now(),
            first_poll=min(self._run.renders.first_look(submission.kind), self._run.options.poll_interval),
            took_s=self._run.clock.ticks() - began,
        )
        if self._unwelcome(submission, outcome):
            self._ahead.unbatch(submission.kind)
            changes = [changes[0], *split(jobs, self._run.clock.now())]
        await self._run.logbook.write(changes, durable=True)
        await self._follow(submission, outcome, jobs, tries, began)

    async def _ask(self, submission: Submission, request: Request) -> Outcome:
        try:
            reply = await self._run.caller.once(request)
        except NotSent as error:
            return HeldBack(hold=Hold.NOT_SENT, message=str(error))
        except NoReply as error:
            return NoAnswer(code="no_reply", message=str(error))
        dialect = self._run.dialects[submission.api]
        outcome = dialect.read_create(reply, jobs=len(submission.jobs), batched=submission.batched)
        return self._given.checked(submission, outcome)

    def _unwelcome(self, submission: Submission, outcome: Outcome) -> bool:
        """Whether a batch was certainly not accepted, and would not be if it were sent again as it is."""
        return (
            submission.batched
            and len(submission.jobs) > 1
            and isinstance(outcome, HeldBack)
            and outcome.hold is Hold.CONCURRENCY
        )

    async def _follow(
        self, submission: Submission, outcome: Outcome, jobs: Sequence[Job], tries: int, began: float
    ) -> None:
        """Learn from an outcome, and see to it that what was held back is sent again."""
        if not (isinstance(outcome, HeldBack) and is_wait(outcome.hold)):
            self._run.pace.served(creates=True, left_at=began)
        match outcome:
            case Accepted():
                self.accepted_at = self._run.clock.now()
                self._crowded_out = False
                self._concurrency.accepted(len(jobs), self._run.board.taken)
                if submission.batched:
                    self._ahead.welcome(submission.kind)
            case HeldBack():
                await self._held_back(submission, outcome, tries, began)
            case Refused() if len(submission.jobs) > 1:
                if outcome.code in {"http_404", "http_405", "not_found"}:
                    self._ahead.unbatch(submission.kind)
                self._ahead.reread()
            case _:
                pass

    async def _held_back(self, submission: Submission, outcome: HeldBack, tries: int, began: float) -> None:
        if outcome.hold.pauses:
            # However long it lasts: nothing is sent until then, and what renders is looked at and fetched.
            self._run.stop.pause(outcome.hold, outcome.message or outcome.code)
            return
        if outcome.hold is Hold.CONCURRENCY:
            self._run.board.full = self._crowded_out = True
            self._concurrency.refused(self._run.board.taken)
            learned = self._run.limits.learn_places(self._run.options.api, self._concurrency.learned)
            await self._run.logbook.write(learned)
        if self._unwelcome(submission, outcome):
            self._ahead.reread()
            return
        wait = outcome.retry_after
        if is_wait(outcome.hold) or wait:
            wait = self._run.pace.hold(outcome.hold, wait, outcome.message, creates=True, left_at=began)
            await self._run.logbook.write(self._run.limits.learn_rates(self._run.options.api, self._run.pace))
        else:
            wait = backoff(tries + 1)
            self._run.tell(Waiting(hold=outcome.hold, seconds=wait, message=outcome.message))
        repeat = _Repeat(self._run.clock.ticks() + wait, submission.pk, tries + 1)
        heapq.heappush(self._repeats, repeat)
