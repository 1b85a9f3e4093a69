"""How many videos of a run stand where, how fast it goes, and how long it will take."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from batchgen.cli.forecast import Forecast, duration
from batchgen.model.status import OPEN, Event, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchgen.pipeline.happened import Began, Moved, Started, Woke

#: Two words for one state: accepted and waiting for its turn at HeyGen, or being made there.
QUEUED, RENDERING = "queued", "rendering"
#: The words of the display, and the states they sum up.
WORDS: tuple[tuple[str, tuple[Status, ...]], ...] = (
    ("to send", (Status.PLANNED,)),
    ("sending", (Status.SENDING,)),
    ("unsure", (Status.UNSURE,)),
    (QUEUED, ()),
    (RENDERING, ()),
    ("downloading", (Status.RENDERED,)),
    ("done", (Status.DONE,)),
    ("failed", (Status.FAILED,)),
)


class Standing:
    """Keeps count of a run's videos."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.counts: Counter[Status] = Counter()
        self._rendering: set[int] = set()  #: Jobs that were said to be rendering.
        self._forecast = Forecast()
        self._now = now

    def began(self, fact: Began) -> None:
        """Begin with what an earlier run left."""
        self.counts = Counter(fact.counts)
        self._forecast.begin(usual_s=fact.usual_s, places=fact.places)

    def started(self, fact: Started) -> None:
        """Take note that a video is being made."""
        self._rendering.add(fact.job)
        self._forecast.started(fact.job, fact.at)

    def woke(self, fact: Woke) -> None:
        """Take note that time passed which nobody saw."""
        self._forecast.woke(fact.at)

    def moved(self, fact: Moved) -> None:
        """Take note of a move."""
        self.counts[fact.old] -= 1
        self.counts[fact.new] += 1
        if fact.event is Event.ACCEPTED:
            self._forecast.accepted(fact.job, fact.at)
        elif fact.old is Status.RENDERING:
            self._forecast.rendered(fact.job, fact.at)
        if fact.old is Status.RENDERING:
            self._rendering.discard(fact.job)
        if fact.new not in OPEN:
            self._forecast.ended(fact.at)

    @property
    def total(self) -> int:
        """How many videos the run works on."""
        return sum(self.counts.values())

    @property
    def ended(self) -> int:
        """How many of them ended, one way or the other."""
        return self.total - sum(self.counts[status] for status in OPEN)

    def states(self) -> list[tuple[str, int]]:
        """Give how many videos stand where, without those states that have none."""
        at_heygen = {QUEUED: self._queued, RENDERING: len(self._rendering)}
        counted = ((word, at_heygen.get(word) or sum(self.counts[state] for state in states)) for word, states in WORDS)
        return [(word, count) for word, count in counted if count]

    @property
    def _queued(self) -> int:
        return self.counts[Status.RENDERING] - len(self._rendering)

    def pace(self) -> list[str]:
        """Say how fast it goes and how long it will take, as far as that is known."""
        now = self._now()
        rate = self._forecast.rate(now)
        left = self._forecast.left(
            now,
            to_send=self.counts[Status.PLANNED],
            queued=self._queued,
            under_way=self.counts[Status.SENDING] + len(self._rendering),
            to_save=self.counts[Status.RENDERED],
        )
        told = [] if rate is None else [_rate(rate)]
        return told if left is None else [*told, f"about {duration(left)} left"]


def _rate(rate: float) -> str:
    if rate >= 1:
        return f"{rate:.1f} a second"
    return f"{60 * rate:.1f} a minute" if rate >= 1 / 60 else f"{3600 * rate:.1f} an hour"
