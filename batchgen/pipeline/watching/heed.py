"""Finds the jobs that events speak of: by the server's id, else by the token that a job carries in its callback id.

An event may come before the reply that brings the id it speaks of. So what no job answers to is kept for a while, and
tried again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchgen.model.exchange import Stage
from batchgen.model.naming import TOKEN, token
from batchgen.model.status import Status
from batchgen.store.interface import UpdateSubmission

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batchgen.model.exchange import Progress
    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context

    #: Until when it is kept, in epoch seconds, and what was said.
    _Told = tuple[float, Progress]

#: Seconds for which an event is kept that no job answers to, and how many such events: an account may have others.
KEPT_S, KEPT = 600.0, 5000
#: Rendering jobs among which tokens are looked for.
MANY = 20_000
#: Seconds between two times at which the tokens of jobs are reckoned anew.
INDEX_S = 1.0


@dataclass(slots=True)
class Heeded:
    """What events came to."""

    facts: list[tuple[Job, Progress]] = field(default_factory=list)  #: Jobs, and what was said of them.
    ask: list[Job] = field(default_factory=list)  #: Jobs that something happened to, and the server has to say what.
    look: list[UpdateSubmission] = field(default_factory=list)  #: Unsure submissions that are worth a look.

    def __bool__(self) -> bool:
        """Tell whether they came to anything."""
        return bool(self.facts or self.ask or self.look)


class Heed:
    """Takes up what was told."""

    def __init__(self, run: Context) -> None:
        self._run = run
        self._kept: list[_Told] = []
        self._again_at = 0.0  #: Epoch seconds; before then nobody is looked for a second time.
        self._tokens: dict[str, int] = {}  #: Token → job, of jobs of batches whose ids were not known.
        self._tokens_at = 0.0

    @property
    def next_at(self) -> float | None:
        """When what was kept is to be tried again, in epoch seconds."""
        return self._again_at if self._kept else None

    def take(self) -> Heeded:
        """Give what was told since this was last asked for, by the jobs it is about."""
        now = self._run.clock.now()
        told = [(now + KEPT_S, said) for said in self._run.hints.take()]
        again = now >= self._again_at
        if again:
            told, self._kept = [*(one for one in self._kept if one[0] > now), *told], []
        if not told:
            return Heeded()
        heeded, strange = self._sort(told, now)
        if strange:
            self._kept = [*self._kept, *strange][-KEPT:]
            heeded.look += self._doubts(strange, now)
            if again:
                self._again_at = now + self._run.options.poll_interval
                # An event that nobody answers to may be about a job of a batch.
                heeded.ask += self._nameless()
        return heeded

    def _sort(self, told: Sequence[_Told], now: float) -> tuple[Heeded, list[_Told]]:
        heeded, seen = Heeded(), set[int]()
        strange: list[_Told] = []
        known = self._by_id([said for _, said in told])
        named = self._by_token([said for _, said in told if said.remote_id not in known], now)
        for one in told:
            said = one[1]
            job = known.get(said.remote_id or "") or named.get(said.callback_id or "")
            if job is None:
                strange.append(one)
            elif job.pk not in seen:
                # Of two events about one job the first counts: the second is late, or another's.
                seen.add(job.pk)
                self._heed(heeded, job, said, now)
        return heeded, strange

    def _heed(self, heeded: Heeded, job: Job, said: Progress, now: float) -> None:
        if said.stage is Stage.BROKEN or (said.stage is Stage.READY and said.video_url):
            self._run.hints.rendered(now - (job.submitted_at or now))
            heeded.facts.append((job, said))
        else:
            heeded.ask.append(job)

    def _by_id(self, told: Sequence[Progress]) -> Mapping[str, Job]:
        ids = [said.remote_id for said in told if said.remote_id]
        found = self._run.store.rendering_as(self._run.number, ids) if ids else []
        return {job.remote_id: job for job in found if job.remote_id}

    def _by_token(self, told: Sequence[Progress], now: float) -> Mapping[str, Job]:
        """Find jobs of batches, whose ids are not known yet. One that is known by another id is not meant."""
        tokens = {said.callback_id for said in told if said.callback_id and TOKEN.fullmatch(said.callback_id)}
        if tokens - self._tokens.keys() and now - self._tokens_at >= INDEX_S:
            self._tokens = {token(job.id, job.round): job.pk for job in self._nameless()}
            self._tokens_at = now
        pks = {self._tokens[name]: name for name in tokens & self._tokens.keys()}
        found = self._run.store.jobs(list(pks)) if pks else []
        return {pks[job.pk]: job for job in found if job.status is Status.RENDERING and not job.remote_id}

    def _nameless(self) -> list[Job]:
        """Give jobs of batches whose ids are not known yet."""
        rendering = self._run.store.in_state(self._run.number, Status.RENDERING, MANY)
        return [job for job in rendering if job.batch_id and not job.remote_id]

    def _doubts(self, told: Sequence[_Told], now: float) -> Iterator[UpdateSubmission]:
        """Look at once for unsure submissions that were heard of: they were accepted, and a list will say as what."""
        tokens = {said.callback_id for _, said in told if said.callback_id}
        for submission in self._run.store.unsure(self._run.number) if tokens else ():
            if tokens.intersection(submission.tokens):
                yield UpdateSubmission(submission=submission.pk, facts={"look_at": now})
