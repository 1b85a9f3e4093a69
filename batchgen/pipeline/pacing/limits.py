"""What an account was found to let: read when a run begins, kept when it changes, and told to whoever listens.

What is a day old is doubted: a plan may have been changed since. It is begun with, and more is tried soon.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.pipeline.happened import LimitLearned
from batchgen.pipeline.pacing.concurrency import Concurrency
from batchgen.pipeline.pacing.rate import LearnedRate
from batchgen.store.interface import LearnLimit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.pipeline.clock import Clock
    from batchgen.pipeline.happened import Listener
    from batchgen.pipeline.pacing.pace import Pace
    from batchgen.store.interface import Store

#: What is older than so many seconds may not hold any more.
OLD_S = 86_400.0
#: By such a part a rate has to change to be kept anew; and by such a part a limit, to be told anew.
KEPT, TOLD = 0.05, 0.2
#: Jobs at once; requests a second that create; requests a second of any sort.
JOBS, CREATING, REQUESTS = "concurrency", "rate.creating", "rate"


def home(realm: str, account: str) -> str:
    """Give the name under which an account's limits are kept: accounts in one state file share none."""
    return f"{realm} {account}" if account else realm


@dataclass(frozen=True, slots=True)
class _Known:
    value: float
    at: float  #: Epoch seconds.


class Limits:
    """The limits of one account. Times are epoch seconds."""

    def __init__(self, store: Store, *, realm: str, account: str, clock: Clock, tell: Listener) -> None:
        self._home = home(realm, account)
        self._clock, self._tell = clock, tell
        self._kept = {name: _Known(value, at) for name, (value, at) in store.learned(self._home).items()}
        self._told: Mapping[str, float] = {name: known.value for name, known in self._kept.items()}

    def concurrency(self, name: str, given: int | None) -> Concurrency:
        """Give the places to begin with; ``name`` is the generation, or what else has places of its own."""
        known = self._kept.get(f"{name}.{JOBS}")
        return Concurrency(given, known.value if known else None, doubted=known is not None and self._is_old(known))

    def rate(self, api: str, sort: str, given: float | None = None) -> LearnedRate:
        """Give the rate to begin with: where a person gave one, nothing of what earlier runs learned slows it down."""
        known = self._kept.get(f"{api}.{sort}")
        if given is not None or known is None or known.value <= 0:
            return LearnedRate()
        return LearnedRate(known.value, doubted=self._is_old(known))

    def learn_places(self, name: str, places: int | None) -> list[LearnLimit]:
        """Take note of how many jobs there may be at once; give what is to be written."""
        return [] if places is None else self._learn(f"{name}.{JOBS}", float(places), least=0.0)

    def learn_rates(self, api: str, pace: Pace) -> list[LearnLimit]:
        """Take note of what was learned of rates; give what is to be written."""
        rates = ((CREATING, pace.creating), (REQUESTS, pace.any))
        found = [(f"{api}.{sort}", learned.settled) for sort, learned in rates]
        return [change for name, rate in found for change in self._learn(name, rate, least=KEPT)]

    def begun_with(self, api: str, pace: Pace) -> dict[str, float]:
        """Give the rates that earlier runs learned and this one begins with, as they were learned."""
        rates = ((CREATING, pace.creating), (REQUESTS, pace.any))
        return {f"{api}.{sort}": learned.settled for sort, learned in rates if learned.settled}

    def _learn(self, name: str, value: float | None, *, least: float) -> list[LearnLimit]:
        kept, now = self._kept.get(name), self._clock.now()
        if value is None:
            return []
        if kept is not None and not self._is_old(kept) and abs(value - kept.value) <= least * kept.value:
            return []
        self._kept[name] = _Known(value, now)
        before = self._told.get(name, 0.0)
        if value > 0 and abs(value - before) > TOLD * before:
            self._told = {**self._told, name: value}
            self._tell(LimitLearned(name=name, value=value))
        return [LearnLimit(realm=self._home, name=name, value=value, at=now)]

    def _is_old(self, known: _Known) -> bool:
        return self._clock.now() - known.at > OLD_S
