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
from batchgen.model.errors import NoReply, NotSent, TransportError
from batchgen.model.nature import family
from batchgen.model.status import Status
from batchgen.pipeline.absence import STEP_S, Absence
from batchgen.pipeline.happened import Stumbled
from batchgen.pipeline.reconciling.conclude import Conclusions
from batchgen.pipeline.reconciling.search import Search, Way
from batchgen.store.interface import UpdateSubmission

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batchgen.model.job import Job, Submission
    from batchgen.pipeline.context import Context

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
        self._search = Search(run)
        self._conclusions = Conclusions(run, self._search, send_again=send_again, accepted_since=accepted_since)
        self._absence = Absence(run.clock, step_s=STEP_S)
        self._failing: dict[_List, float] = {}  #: Lists that cannot be read → since when.

    @property
    def left(self) -> Mapping[int, int]:
        """Submission → its jobs, of those that wait for a person."""
        return self._conclusions.left

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
            await self._conclusions.draw(one, missing, found, at, self._run.clock.ticks() - began)

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
            await self._conclusions.give_up(one, missing, now, doubt)

    def _patience(self, error: ApiError | TransportError) -> float:
        """Give for how long a list may fail in this way: what is refused outright will be refused again.

        So is a list that is not there, whoever says so: of one job a gateway's 404 proves nothing, and a list has an
        address of its own, which is there or is not.
        """
        if _is_endless(error) or (isinstance(error, ApiError) and (error.status == 404 or not error.transient)):
            return self._run.options.settle_for(keyed=False)
        return self._run.options.patience


def _is_due(submission: Submission, now: float) -> bool:
    """Whether it is time to look. No look is put off for long, so one that seems to be comes from another clock."""
    look_at = submission.look_at or 0.0
    return look_at <= now or look_at > now + LONGEST_S


def _is_endless(error: ApiError | TransportError) -> bool:
    """Whether a list was read, page after page, and never came to an end: that is no trouble of the network."""
    return not isinstance(error, ApiError | NotSent | NoReply)
