"""Holds a budget: what is in flight counts at the most it may cost, until its real length is known.

Rule: a request leaves only if the budget would not be crossed even if everything in flight cost the most it may.

A job's ``credits`` are what it takes of the budget: set aside when it is sent, settled when its length is known, and
given back when it turns out that nothing was accepted, or that its render failed, which HeyGen does not charge. They
are amounts in the job's ``unit``; what was bought in another unit than the run's is no part of its budget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.status import IN_FLIGHT, Event, Status
from batchgen.pipeline.money.cost import essence
from batchgen.pipeline.money.length import length
from batchgen.pipeline.money.quote import MOST, told

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from batchgen.model.job import Job
    from batchgen.pipeline.money.cost import PriceList, Prices, Range
    from batchgen.store.interface import Move

#: Events that change what is set aside, or spent: not those by which a job comes to be in flight, or stays so.
FOLLOWED = frozenset(Event) - {Event.SEND, Event.ACCEPTED, Event.NO_ANSWER, Event.SAVED}


class Budget:
    """What some manifests may cost in all, in one unit, what earlier runs spent on them included."""

    def __init__(
        self,
        limit: float | None,
        prices: Prices,
        *,
        api: str,
        unit: str | None = None,
        spent: float = 0.0,
        held: Mapping[int, float] | None = None,
        foreign: Iterable[int] = (),
    ) -> None:
        self.limit = limit
        self.list = prices.pick(api, unit)  #: What new jobs are reckoned by.
        self.spent = spent  #: Of what is made.
        self._prices = prices
        self._held = dict(held or {})  #: Job → what is set aside, of those in flight.
        #: What is set aside for what is in flight. Kept, since each job that is to be sent asks, and there may be many.
        self.held: float = sum(self._held.values())
        self._foreign = set(foreign)  #: Jobs that were bought in another unit.
        self._alike: dict[Hashable, tuple[float | None, Range | None]] = {}  #: What jobs that are alike may cost.
        self._picked: dict[tuple[str, str], PriceList] = {}

    @property
    def left(self) -> float:
        """What may still be set aside."""
        return float("inf") if self.limit is None else self.limit - self.spent - self.held

    def most(self, job: Job) -> float | None:
        """Give what a job may cost; None where no price of it is known."""
        return self._reckon(job)[0]

    def expected(self, job: Job) -> Range | None:
        """Give what a job will probably cost; None where its length or its price is not known."""
        return self._reckon(job)[1]

    def real(self, job: Job, duration_s: float | None) -> float | None:
        """Give what a job of this length costs, by the list it was sent under; None where that is not known."""
        account = (job.api or self.list.api, job.unit or self.list.unit)
        mine = self._picked.get(account)
        if mine is None:
            mine = self._picked[account] = self._prices.pick(*account)
        return mine.real(job.kind, job.content, told(job), duration_s)

    def lasts(self, job: Job) -> float | None:
        """Give how many seconds a job's video will probably last; None where that is not known before it is made."""
        span = length(job.kind, job.content, self.list.speech, told(job))
        return (span.low + span.high) / 2 if span else None

    def affordable(self, jobs: Sequence[Job]) -> int:
        """Give how many of these jobs, from the first, there is room for: for one of unknown cost only without end."""
        if self.limit is None:
            return len(jobs)
        left, count = self.left + 1e-9, 0
        for job in jobs:
            most = self.most(job)
            left -= float("inf") if most is None else most
            if left < 0:
                break
            count += 1
        return count

    def no_room_for(self, job: Job) -> str:
        """Say why a job is not sent."""
        most = self.most(job)
        if most is None:
            return (
                f"No page tells what HeyGen takes for {job.kind}, so --max-credits cannot hold it: nothing more is "
                f"sent. Write what you pay as {job.kind} under [prices.{self.list.name}] in batchgen.toml, or run it "
                "without --max-credits."
            )
        return (
            f"The next video may cost {most:g} {self.list.unit}, and {max(0.0, self.left):g} of --max-credits "
            f"{self.limit:g} are left: nothing more is sent. Raise it to go on."
        )

    def hold(self, jobs: Iterable[Job]) -> None:
        """Set aside what jobs may cost."""
        for job in jobs:
            self._keep(job.pk, self.most(job) or 0.0)
        self._foreign.difference_update(job.pk for job in jobs)

    def _reckon(self, job: Job) -> tuple[float | None, Range | None]:
        """Give the most that a job may cost, and what it will probably cost."""
        known = told(job)
        alike = essence(job.kind, job.content, known)
        found = None if alike is None else self._alike.get(alike)
        if found is None:
            found = (self.list.most(job.kind, job.content, known), self.list.expected(job.kind, job.content, known))
            if alike is not None and len(self._alike) < MOST:
                self._alike[alike] = found
        return found

    def settle(self, job: Job, real: float | None) -> None:
        """Put right what a made video was counted at, now that its length is known."""
        if job.pk not in self._foreign:
            self.spent += (real or 0.0) - (job.credits or 0.0)

    def note(self, move: Move, new: Status) -> None:
        """Follow a job that moved."""
        if move.job in self._foreign:
            return
        if move.event is Event.LINK_EXPIRED:
            # It is made, and asked about once more: what it took is in flight again until then.
            made = move.facts.get("credits") or 0.0
            self._keep(move.job, made)
            self.spent -= made
        if new in IN_FLIGHT:
            return
        held = self._free(move.job)
        if move.event is Event.READY:
            self.spent += move.facts.get("credits", held) or 0.0
        elif move.event is Event.BROKEN:
            self.spent += move.facts.get("credits") or 0.0  # A session costs for as long as it was open.

    def _keep(self, job: int, amount: float) -> None:
        self.held += amount - self._held.get(job, 0.0)
        self._held[job] = amount

    def _free(self, job: int) -> float:
        amount = self._held.pop(job, 0.0)
        # Where nothing is left, nothing is left of what was rounded on the way either.
        self.held = self.held - amount if self._held else 0.0
        return amount
