"""How long renders take in this account: what was seen of late, and what earlier runs remembered. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.nature import NATURES
from batchgen.pipeline.seen import Seen
from batchgen.store.interface import LearnLimit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchgen.model.job import Job
    from batchgen.pipeline.usual import Usual

#: Seconds from acceptance to the first look: some renders are that quick, and a batch's items have their ids by then.
#: Where those of a kind are known to be quicker, it comes sooner; but no sooner than this.
FIRST_LOOK_S, SOONEST_S = 0.1, 0.05
#: The part of the time of the quick ones in which none of their kind was ready.
QUICKEST = 0.6
#: A job is far beyond the usual when it takes this many times as long as nineteen of twenty, and at least so long.
BEYOND, BEYOND_S = 3.0, 1800.0
#: Jobs whose lengths are kept at hand.
AT_HAND = 10_000


class RenderTimes:
    """The render times of an account, by kind of job and, where that is known beforehand, by the length of the video.

    ``reckon`` gives the seconds that a job's video will last; None: nobody knows.
    """

    def __init__(self, remembered: Mapping[str, float], reckon: Callable[[Job], float | None] = lambda _: None) -> None:
        self._remembered = remembered
        self._reckon = reckon
        self._lengths: dict[int, float | None] = {}
        self._kinds: dict[str, Seen] = {}

    def lasts(self, job: Job) -> float | None:
        """Give the seconds that a job's video will last; None: nobody knows."""
        if job.pk not in self._lengths:
            if len(self._lengths) >= AT_HAND:
                self._lengths.clear()
            self._lengths[job.pk] = self._reckon(job)
        return self._lengths[job.pk]

    def note(self, job: Job, seconds: float, *, beside: int = 0) -> bool:
        """Take note of a render that ended ``beside`` others; tell whether what is usual is worth remembering anew."""
        return self._kind(job.kind).note(seconds, self._reckon(job), beside)

    def usual(self, job: Job) -> Usual | None:
        """Give what is usual for a job, once that is known."""
        seen = self._kind(job.kind)
        length_s = self.lasts(job) if seen.grows else None
        return seen.usual_at(length_s) if length_s else seen.usual()

    def usual_of(self, kind: str) -> Usual | None:
        """Give what is usual for a kind, whatever the lengths of the videos."""
        return self._kind(kind).usual()

    def quickest(self, job: Job) -> float:
        """Give the seconds before which no render like this job's is ready, as far as anybody knows."""
        usual = self.usual(job)
        return QUICKEST * usual.early if usual else (NATURES[job.kind].renders_s or (0.0,))[0]

    def first_look(self, kind: str) -> float:
        """Give the seconds from the acceptance of a job of this kind to the first look at it."""
        usual = self.usual_of(kind)
        return min(FIRST_LOOK_S, max(SOONEST_S, QUICKEST * usual.early)) if usual else FIRST_LOOK_S

    def late(self, job: Job) -> float:
        """Give the seconds by which nineteen of twenty renders like this job's are ready, as far as anybody knows."""
        usual, by_documents = self.usual(job), NATURES[job.kind].late_s or BEYOND_S
        if usual is None:
            return by_documents
        # How much longer those take that are far longer than all that were seen is a guess, made low for looks.
        guessed = self._kind(job.kind).is_beyond(self.lasts(job))
        return max(usual.late, by_documents) if guessed else usual.late

    def beyond(self, job: Job) -> float:
        """Give the seconds after which a job's render is worth a word."""
        return max(BEYOND_S, BEYOND * self.late(job))

    def lesson(self, kind: str, realm: str, at: float) -> Iterator[LearnLimit]:
        """Give what is usual for a kind, to be remembered."""
        for name, value in self._kind(kind).facts():
            yield LearnLimit(realm=realm, name=name, value=value, at=at)

    def _kind(self, kind: str) -> Seen:
        if kind not in self._kinds:
            self._kinds[kind] = Seen(kind, self._remembered)
        return self._kinds[kind]
