"""An account of the sandbox's world whose limits are known to it alone, and what a run against it came to."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchgen.sandbox import Options as WorldOptions
from batchgen.sandbox import World, plans, trouble
from batchgen.sandbox.wire import Answer, Call, Family
from benchmarks.setting import EMPTY

if TYPE_CHECKING:
    from batchgen.rehearsal.machine import Time
    from benchmarks.setting import Setting


@dataclass
class Told:
    """What a run in the lab came to. Times are seconds of its own clock."""

    makespan: float = 0.0
    ideal: float = 0.0
    requests: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)  #: 429s by what they were about.
    avoidable: int = 0  #: Those of them about jobs at once that told nothing new, see Memory.
    refused_at: list[float] = field(default_factory=list)
    served_at: list[float] = field(default_factory=list)  #: Requests that were not refused.
    created_at: list[float] = field(default_factory=list)  #: Those of them that made something.
    lateness: list[tuple[float, float]] = field(default_factory=list)  #: How late an end was seen; the render's time.
    done: int = 0


@dataclass
class Memory:
    """What a client would know that remembers all it was told of jobs at once, and takes it for valid.

    Refused beside ``few`` jobs, it knows that no more are let, until one is accepted beside as many. What it would not
    have sent, knowing that, was avoidable, even if it was to find out whether the account has grown.
    """

    few: float = math.inf

    def knows(self, *, beside: int, refused: bool) -> bool:
        """Take in what became of a job that was sent while others were under way; tell whether it was known before."""
        known = refused and beside >= self.few
        if refused:
            self.few = min(self.few, beside)
        elif beside >= self.few:
            self.few = math.inf
        return known


class Account:
    """A sandbox's world with limits that change, and a gate before it."""

    def __init__(self, setting: Setting, time: Time, told: Told) -> None:
        self._setting, self._time, self._told = setting, time, told
        self.world = World(
            now=time.now,
            options=WorldOptions(
                plan=plans.plan("enterprise"),
                seed=setting.seed,
                credits=1e9,
                concurrency=setting.slots[0][1],
                films="tiny",
            ),
        )
        self._rates = (setting.posts_a_second, setting.requests_a_second)
        self._tokens = [max(float(setting.saved), rate) for rate in self._rates]
        self._filled_at = 0.0
        self._memory = Memory()

    def handle(self, call: Call) -> Answer:
        """Answer a call as the account's limits let it."""
        now = self._time.passed
        self.world.studio.account.limit = [limit for since, limit in self._setting.slots if since <= now][-1]
        creates = call.method == "POST"
        if not self._lets_through(creates=creates, now=now):
            self._told.refused["rate"] += 1
            self._told.refused_at.append(now)
            return trouble.throttle(Family.V3, self._setting.retry_after)
        beside = self.world.studio.account.busy(self._time.now())
        answer = self.world.handle(call)
        if creates:
            self._told.avoidable += self._memory.knows(beside=beside, refused=answer.status == 429)
        if call.path in EMPTY and call.path not in self._setting.lists:
            return EMPTY[call.path]()
        if answer.status == 429:
            self._told.refused["concurrency"] += 1
            self._told.refused_at.append(now)
        else:
            self._told.served_at.append(now)
            if creates:
                self._told.created_at.append(now)
        return answer

    def deliver(self, answer: Answer, call: Call, content: bytes) -> Answer:
        """See World.deliver."""
        return self.world.deliver(answer, call, content)

    def _lets_through(self, *, creates: bool, now: float) -> bool:
        passed, self._filled_at = now - self._filled_at, now
        most = float(self._setting.saved)
        self._tokens = [min(max(most, rate), had + passed * rate) for had, rate in self._buckets()]
        posts, any_ = (bool(rate) for rate in self._rates)
        wanted = (float(posts and creates), float(any_))
        if any(had < asked for had, asked in zip(self._tokens, wanted, strict=True)):
            return False
        self._tokens = [had - asked for had, asked in zip(self._tokens, wanted, strict=True)]
        return True

    def _buckets(self) -> list[tuple[float, float]]:
        return list(zip(self._tokens, self._rates, strict=True))
