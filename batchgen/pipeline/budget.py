"""Holds a budget: what is in flight counts at the most it may cost, until its real length is known.

Rule: a request leaves only if the budget would not be crossed even if everything in flight cost the most it may.

A job's ``credits`` are what it takes of the budget: set aside when it is sent, settled when its length is known, and
given back when it turns out that nothing was accepted, or that its render failed, which HeyGen does not charge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.status import IN_FLIGHT, Event, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchgen.model.job import Job
    from batchgen.pipeline.cost import Prices
    from batchgen.store.interface import Move

#: Events after which a job takes nothing of a budget.
FREE = frozenset({Event.HELD_BACK, Event.REFUSED, Event.ABSENT, Event.BROKEN})


class Budget:
    """The credits that some manifests may cost in all, what earlier runs spent on them included."""

    def __init__(self, limit: float | None, prices: Prices, *, spent: float, held: Mapping[int, float]) -> None:
        self.limit = limit
        self.prices = prices
        self.spent = spent  #: Credits of what is made.
        self._held = dict(held)  #: Job → credits set aside, of those in flight.

    @property
    def held(self) -> float:
        """Credits set aside for what is in flight."""
        return sum(self._held.values())

    @property
    def left(self) -> float:
        """What may still be set aside."""
        return float("inf") if self.limit is None else self.limit - self.spent - self.held

    def most(self, job: Job) -> float:
        """Give what a job may cost."""
        return self.prices.most(job.kind, job.content)

    def affordable(self, jobs: Iterable[Job]) -> int:
        """Give how many of these jobs, from the first, there is room for."""
        left, count = self.left + 1e-9, 0
        for job in jobs:
            left -= self.most(job)
            if left < 0:
                break
            count += 1
        return count

    def hold(self, jobs: Iterable[Job]) -> None:
        """Set aside what jobs may cost."""
        self._held |= {job.pk: self.most(job) for job in jobs}

    def note(self, move: Move, new: Status) -> None:
        """Follow a job that moved."""
        if move.event is Event.LINK_EXPIRED:
            # It is made, and asked about once more: what it took is in flight again until then.
            self._held[move.job] = move.facts.get("credits") or 0.0
            self.spent -= self._held[move.job]
        if new in IN_FLIGHT:
            return
        held = self._held.pop(move.job, 0.0)
        if move.event is Event.READY:
            self.spent += move.facts.get("credits", held) or 0.0
