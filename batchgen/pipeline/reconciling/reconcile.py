"""Settles what is UNSURE: looks for it in the account, adopts what is there, and says what certainly is not.

Rule: nothing is sent from here. A job leaves UNSURE because its token was found in a list (``accepted``), or because
looking for it came back empty for the whole settling time (``absent``); sending it again is the sender's business,
and is done as the same request with the same key.

When no key protects a repeat (the endpoint has none, or its window has passed), looking alone decides, and takes
minutes instead of seconds. What cannot be looked for and has no key, and what the server answers with the same
failure for ever, waits for a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.heygen.errors import ApiError
from batchgen.model import session
from batchgen.model.errors import NoReply, NotSent, TransportError
from batchgen.model.exchange import Progress, Stage
from batchgen.model.history import Attempt
from batchgen.model.nature import family
from batchgen.model.session import KeepSession, OpenSession
from batchgen.model.status import Event, Status
from batchgen.pipeline.absence import STEP_S, Absence
from batchgen.pipeline.happened import LeftUnsure, Looked, Stumbled
from batchgen.pipeline.reconciling.batch_of import batch_of
from batchgen.pipeline.reconciling.decide import Evidence, LeaveOpen, LookLater, SendAgain, decide
from batchgen.pipeline.reconciling.search import Search, Way
from batchgen.pipeline.sending.protect import is_protected
from batchgen.pipeline.settle import adopt, called
from batchgen.store.interface import Change, Move, UpdateSubmission

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batchgen.model.job import Job, Submission
    from batchgen.pipeline.context import Context
    from batchgen.pipeline.reconciling.search import Found

    #: A list that is searched: the generation, whose ids it shows, and what is known again in it.
    _List = tuple[str, str, Way]

#: Longer than any look is put off.
LONGEST_S = 600.0
#: Seconds that a look is put off, for those that got lost at about the same time to be found by the same pass.
GATHER_S = 0.25
#: Seconds until a list is read again that could not be read; and one that was read, and never came to an end.
AGAIN_S, ENDLESS_S = 10.0, 60.0


class Reconciler:
    """Looks for unsure jobs until each is settled, or a person has to."""

    def __init__(
        self, run: Context, *, send_again: Callable[[int], None], accepted_since: Callable[[float], bool]
    ) -> None:
        self._run = run
        self._send_again = send_again
        self._accepted_since = accepted_since
        self._search = Search(run)
        self._absence = Absence(run.clock, step_s=STEP_S)
        self._failing: dict[_List, float] = {}  #: Lists that cannot be read → since when.
        self._aside: dict[int, int] = {}  #: Submission → its jobs, of those that hold no place any more.
        self.left: dict[int, int] = {}  #: Submission → its jobs, of those that wait for a person.

    @property
    def busy(self) -> bool:
        """Whether some job's fate can still be found out."""
        return self._run.board[Status.UNSURE] > sum(self.left.values())

    async def work(self) -> None:
        """Look, whenever a look is due."""
        while True:
            waiting = self._waiting()
            now = self._run.clock.now()
            due = [one for one in waiting if _is_due(one, now)]
            if any(_is_due(one, now - GATHER_S) for one in due) and not self._run.stop.everything:
                for group in self._by_list(due):
                    if self._absence.is_over():
                        await self._begin_anew()
                        break
                    await self._look(group)
            else:
                nap = min((one.look_at or 0) + GATHER_S - now for one in waiting) if waiting else None
                self._absence.naps(nap)
                await self._run.board.changed(nap)

    async def _begin_anew(self) -> None:
        """Look for the whole settling time again: by the clock it may have passed, and for the server it may not."""
        facts = {"unsure_since": self._run.clock.now()}
        await self._run.logbook.write([UpdateSubmission(submission=one.pk, facts=facts) for one in self._waiting()])

    def _by_list(self, submissions: Sequence[Submission]) -> list[list[Submission]]:
        """Group submissions that one pass over a list serves."""
        groups: dict[_List, list[Submission]] = {}
        for one in submissions:
            groups.setdefault(self._list_of(one), []).append(one)
        return list(groups.values())

    def _list_of(self, submission: Submission) -> _List:
        return submission.api, family(submission.kind), self._search.way(submission)

    def _waiting(self) -> list[Submission]:
        if not self.busy:
            return []
        return [one for one in self._run.store.unsure(self._run.number) if one.pk not in self.left]

    async def _look(self, group: Sequence[Submission]) -> None:
        """Look for all unsure jobs of one list in one pass."""
        missing = {
            one.tokens[job.item or 0]: job
            for one in group
            for job in self._run.store.members(one.pk)
            # One that was tried anew since is part of another submission, at another place.
            if job.status is Status.UNSURE and job.submission == one.pk
        }
        began, at = self._run.clock.ticks(), self._run.clock.now()
        try:
            found = await self._search.find(group, missing)
        except (ApiError, TransportError) as error:
            await self._cannot_look(group, missing, error)
            return
        self._failing.pop(self._list_of(group[0]), None)
        for one in group:
            await self._conclude(one, missing, found, at, self._run.clock.ticks() - began)

    async def _cannot_look(
        self, group: Sequence[Submission], missing: Mapping[str, Job], error: ApiError | TransportError
    ) -> None:
        """Look later; where a list cannot be read for long, decide without it: a run has an end."""
        if isinstance(error, ApiError) and error.hold is not None and error.hold.pauses:
            self._run.stop.pause(error.hold, error.message or error.code)
        now = self._run.clock.now()
        since, patience = self._failing.setdefault(self._list_of(group[0]), now), self._patience(error)
        if since <= now < since + patience:
            reason = f"{error} (after {patience / 60:.2g} min of this, it is decided without the list)"
            self._run.tell(Stumbled(what="looking for unsure jobs", reason=reason))
            # A look that failed is no look: it proves nothing, and is not counted.
            look_at = now + (ENDLESS_S if _is_endless(error) else AGAIN_S)
            later = [UpdateSubmission(submission=one.pk, facts={"look_at": look_at}) for one in group]
            await self._run.logbook.write(later)
            return
        doubt = f"the account's list cannot be read ({error}), so nobody can tell whether it is there"
        for one in group:
            lost = [job for job in missing.values() if job.submission == one.pk]
            await self._write(one, self._lost(one, lost, now, doubt))

    def _patience(self, error: ApiError | TransportError) -> float:
        """Give for how long a list may fail in this way: what is refused outright will be refused again."""
        if _is_endless(error) or (isinstance(error, ApiError) and not error.transient):
            return self._run.options.settle_for(keyed=False)
        return self._run.options.patience

    async def _conclude(
        self,
        submission: Submission,
        missing: Mapping[str, Job],
        found: Found,
        at: float,
        took_s: float,
    ) -> None:
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
            if adopted or len(lost) < len(submission.jobs):
                doubt = "part of its batch was accepted, so the rest may be too"
            changes += self._lost(submission, lost, at, doubt)
        await self._write(submission, changes)

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
                    self._set_aside(submission, len(lost))
                facts = {"look_at": later.look_at, "unsure_since": later.unsure_since}
                known = {name: value for name, value in facts.items() if value is not None}
                return [UpdateSubmission(submission=submission.pk, facts={"looks": looks, **known})]
            case LeaveOpen() as left:
                self._set_aside(submission, len(lost))
                self.left[submission.pk] = len(lost)
                self._run.tell(LeftUnsure(submission=submission.pk, jobs=len(lost), reason=left.reason))
                return [UpdateSubmission(submission=submission.pk, facts={"looks": looks, "look_at": left.look_at})]
            case SendAgain() as again:
                self._set_aside(submission, 0)
                moves = [_absent(job, evidence.now, doubt or f"not found in {looks} looks") for job in lost]
                settled = {"unsure_since": None} if again.proven else {}
                return [UpdateSubmission(submission=submission.pk, facts={"looks": looks, **settled}), *moves]

    def _evidence(self, submission: Submission, began_at: float, doubt: str | None) -> Evidence:
        run, now = self._run, self._run.clock.now()
        return Evidence(
            began_at=began_at,
            now=now,
            protected=is_protected(submission, run.dialects[submission.api], now, account=run.account),
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


def _is_due(submission: Submission, now: float) -> bool:
    """Whether it is time to look. No look is put off for long, so one that seems to be comes from another clock."""
    look_at = submission.look_at or 0.0
    return look_at <= now or look_at > now + LONGEST_S


def _is_endless(error: ApiError | TransportError) -> bool:
    """Whether a list was read, page after page, and never came to an end: that is no trouble of the network."""
    return not isinstance(error, ApiError | NotSent | NoReply)


def _absent(job: Job, at: float, detail: str) -> Move:
    return Move(job=job.pk, old=job.status, event=Event.ABSENT, at=at, facts={"credits": None}, detail=detail)
