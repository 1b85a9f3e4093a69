"""What a status means for a job: the changes to write, what is learned of renders, and when the next look is due."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from batchgen.model.exchange import Stage
from batchgen.model.job import changed
from batchgen.model.naming import token
from batchgen.model.status import Event
from batchgen.pipeline.happened import Stalled, Started
from batchgen.pipeline.settle import LINK_ONLY, saved
from batchgen.pipeline.watching.attention import Attention
from batchgen.pipeline.watching.denials import DENIED, GONE, Denials
from batchgen.pipeline.watching.lists import PAGE
from batchgen.pipeline.watching.marks import marks
from batchgen.store.interface import Change, Learn, Move

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from batchgen.model.exchange import Progress
    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context
    from batchgen.pipeline.watching.ask import Asker
    from batchgen.pipeline.watching.links import Links

#: The part of a job's age that passes before the next look, where another job waits for its place: together, since one
#: request tells of all of them, and alone.
PROMPT, PROMPT_ALONE = 0.05, 0.02
#: The same for the last jobs of a run, so many that they fit into one request.
PROMPT_AT_THE_END, FINAL = 0.1, 100
#: The same where they are the last of many more, as a part of the time for which they were watched.
LATE_AT_THE_END_OF_MANY = 0.06
#: What stands in the results of a video that failed without a word.
NO_REASON = "HeyGen says that it failed, and not why."
#: Where each job wants a request of its own, one of so many is looked at early: so a sheet of failures is seen at once.
SCOUTS = 64


def told_of(jobs: Sequence[Job], progress: Sequence[Progress]) -> Iterator[tuple[Job, Progress | None]]:
    """Give each job with what was said of it; None: nothing was."""
    by_id = {one.remote_id: one for one in progress if one.remote_id}
    by_item = {one.item: one for one in progress if one.item is not None}
    by_mark = marks(progress) if not by_item and not all(job.remote_id for job in jobs) else {}
    for job in jobs:
        if job.remote_id:
            yield job, by_id.get(job.remote_id)
        else:
            yield job, by_item.get(job.item or 0) or by_mark.get(token(job.id, job.round))


class Observer:
    """Takes in what was said of jobs. Times are epoch seconds."""

    def __init__(self, run: Context, asker: Asker, links: Links) -> None:
        self._run = run
        self._asker = asker
        self._links = links
        self._denials = Denials(run)
        self.attention = Attention(run.renders, interval=run.options.poll_interval, began=run.clock.now())

    def note(self, told: Iterable[tuple[Job, Progress | None]]) -> tuple[list[Change], Counter[Stage]]:
        """Give the changes that follow from what was said of jobs, and how many of these were at each stage.

        Of a job that nothing was said of, only the next look is noted.
        """
        changes, learned = list[Change](), set[str]()
        stages, now = Counter[Stage](), self._run.clock.now()
        for job, said in told:
            if said is None:
                changes.append(Learn(job=job.pk, facts=self.next_look(job, now)))
                continue
            stages[said.stage] += 1
            if self._follow(job, said.stage, now):
                learned.add(job.kind)
            changes += self._meaning(job, said, now)
        # Once for all that were told of together: only the last of it holds.
        for kind in sorted(learned):
            changes += self._run.renders.lesson(kind, self._run.realm, now)
        return changes, stages

    def _follow(self, job: Job, stage: Stage, now: float) -> bool:
        """Follow a job from the server's queue to its end; tell whether render times are to be remembered anew."""
        match stage:
            case Stage.QUEUED:
                self.attention.queued(job, now)
            case Stage.WORKING if self.attention.rendering(job, now):
                self._run.tell(Started(job=job.pk, at=now))
            case Stage.READY if job not in self._links:
                took = self.attention.ended(job, now)
                return took is not None and self._run.renders.note(job, took, beside=self.attention.under_way)
            case Stage.BROKEN:
                self.attention.ended(job, now)
        if stage in {Stage.QUEUED, Stage.WORKING}:
            self._alarm(job, stage, now)
        return False

    def _alarm(self, job: Job, stage: Stage, now: float) -> None:
        waited = self.attention.stalled(job, now)
        if waited is not None:
            self._run.tell(
                Stalled(
                    job=job.pk,
                    kind=job.kind,
                    remote_id=job.remote_id or job.batch_id or "",
                    waited_s=waited,
                    usual_s=self._run.renders.late(job),
                    queued=stage is Stage.QUEUED,
                )
            )

    def _meaning(self, job: Job, said: Progress, now: float) -> list[Change]:
        found: dict[str, Any] = {}
        if said.remote_id and not job.remote_id:
            # An id is on disk before anything else happens with it.
            found = {"remote_id": said.remote_id}
            job = changed(job, remote_id=said.remote_id)
        if said.stage is not Stage.UNKNOWN:
            self._denials.over(job)
        match said.stage:
            case Stage.READY if said.video_url or self._links.in_vain(job):
                ready = self._ready(job, said, found, now)
                # Where nothing but its link was asked for, that is written with it.
                is_all = said.video_url and not self._run.options.download
                return [ready, saved(job, now, LINK_ONLY)] if is_all else [ready]
            case Stage.READY:
                due_at = self._links.want(job, now)
                return [Learn(job=job.pk, facts={**found, "due_at": due_at, "polls": job.polls + 1})]
            case Stage.BROKEN:
                # Of what an earlier run sent it tells what the account lacked then.
                if said.hold is not None and (job.submitted_at or 0.0) >= self.attention.began:
                    self._run.stop.pause(said.hold, said.error or said.error_code or "", failed=True)
                return [self._broken(job, now, found, said.error_code, said.error)]
            case Stage.UNKNOWN if self._denials.is_gone(job, now):
                return [self._broken(job, now, found, DENIED, GONE)]
            case _:
                return [Learn(job=job.pk, facts={**found, **self.next_look(job, now)})]

    def _ready(self, job: Job, said: Progress, found: Mapping[str, Any], now: float) -> Move:
        facts = {
            **found,
            "video_url": said.video_url,
            "duration_s": said.duration_s,
            "credits": self._run.budget.real(job, said.duration_s),
            "due_at": now,
        }
        return Move(job=job.pk, old=job.status, event=Event.READY, at=now, facts=facts, detail=job.remote_id or "")

    def _broken(self, job: Job, now: float, found: Mapping[str, Any], code: str | None, text: str | None) -> Move:
        # Failed jobs are not charged, as HeyGen's enterprise page says.
        text = text or (None if code else NO_REASON)
        facts = {**found, "error_code": code, "error": text, "finished_at": now, "credits": None}
        return Move(job=job.pk, old=job.status, event=Event.BROKEN, at=now, facts=facts, detail=code or text or "")

    def next_look(self, job: Job, now: float) -> dict[str, Any]:
        """Give what is to be noted of a job's next look."""
        interval = self._run.options.poll_interval
        if (quick := self.quick_s(job, now)) < interval:
            return {"due_at": now + quick, "polls": job.polls + 1}
        alone = self._asker.at_once(job) == 1
        if self.is_at_the_end_of_many and not alone:
            wait = LATE_AT_THE_END_OF_MANY * self.watched_s(job, now)
            return {"due_at": now + max(wait, interval), "polls": job.polls + 1}
        wait = self.attention.until_next_look(job, now)
        wait = min(wait, self.attention.until_prompt_look(job, now, self._part_of_age(alone=alone)))
        if alone:
            return {"due_at": now + max(wait, interval), "polls": job.polls + 1}
        # Jobs of like age are looked at in the same moment, so that they share a request.
        grid = interval * 2 ** int(math.log2(max(1.0, wait / interval)))
        # Where pages stand in for bulk status, ends are seen late as it is: no look comes later than it was to.
        to = round if self._asker.lists.in_bulk(job) else math.floor
        due_at = to((now + wait) / grid) * grid if grid > 0 else now + wait
        return {"due_at": max(due_at, now + interval), "polls": job.polls + 1}

    def quick_s(self, job: Job, now: float) -> float:
        """See ``Attention``; a job that takes a request of its own is worth no look so soon."""
        return math.inf if self._asker.at_once(job) == 1 else self.attention.quick_s(job, now)

    def too_early(self, job: Job, now: float) -> float | None:
        """Give when a job is worth a request of its own, if that is not yet."""
        listed = self._asker.at_once(job) > 1
        if (job.seq or 0) < PAGE if listed else (job.seq or 0) % SCOUTS == 0 or self.attention.is_shortest(job):
            return None
        hurried = self._part_of_age(alone=True) < math.inf
        worth_it = self.attention.worth_it_at(job, now, hurried=hurried)
        return worth_it if worth_it > now + 2 * self._run.options.poll_interval else None

    def _part_of_age(self, *, alone: bool) -> float:
        """Give the part of a job's age that may pass before the next look."""
        if self._run.board.crowded:
            # Each second that an end is not seen, a place of the account stands empty.
            return PROMPT_ALONE if alone else PROMPT
        few = self._run.board.open <= FINAL
        return PROMPT_AT_THE_END if few and (alone or self.is_near_the_end) else math.inf

    @property
    def is_near_the_end(self) -> bool:
        """Whether the last jobs of the run are under way, and none of them waits in the server's queue."""
        return self._run.board.open <= FINAL and not self.attention.queueing

    def watched_s(self, job: Job, now: float) -> float:
        """Give for how many seconds this run has watched a job."""
        return now - max(job.submitted_at or now, self.attention.began)

    @property
    def is_at_the_end_of_many(self) -> bool:
        """Whether the last of more jobs than one request can tell of are under way."""
        return self.is_near_the_end and not self._run.board.crowded and self._run.board.begun > FINAL
