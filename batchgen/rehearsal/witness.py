"""Watches a rehearsed run, and sums up what a real one would have come to."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from batchgen.model.naming import TOKEN
from batchgen.model.status import Event, Status
from batchgen.pipeline.happened import Asked, Happening, Moved, Stalled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchgen.sandbox import World


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """What became of requests whose reply was lost. Counted in videos."""

    lost: int  #: How often a video was in doubt.
    found_again: int  #: Found in the account, and taken over.
    sent_again: int  #: Not found, and sent once more under the same key.
    sent_twice: int  #: Accepted twice by the server: paid twice.
    unsure: int  #: Still in doubt at the end.


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What a run would come to. Times are seconds of the run."""

    jobs: Mapping[str, int]  #: State → videos, of those that the run works on.
    left_out: int  #: Videos of the manifests that it leaves alone, such as those that are done.
    seconds: float
    first_done_s: float | None
    half_done_s: float | None
    requests: Mapping[str, int]  #: Purpose → requests.
    credits: float
    unpriced: int  #: Videos that are not in it: nobody knows what they cost.
    throttled: int  #: Replies that said "too many".
    in_flight_peak: int  #: Videos that rendered at once, at the most.
    no_answer: NoAnswer
    failures: Mapping[str, int]  #: Code → videos.
    stalled: int  #: Videos that took far longer than is usual.
    trouble: Mapping[str, int]  #: What the server did wrong on purpose, by the names of the faults.
    bytes: int  #: Of videos that would be on disk.
    stopped: str | None  #: Why it would stop before its end.
    exit_code: int

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain values."""
        return asdict(self)


class Witness:
    """Hears the facts of a run."""

    def __init__(self, began: float) -> None:
        self.requests: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.done_at: list[float] = []  #: Seconds into the run, of each video that was saved.
        self.lost = self.found_again = self.sent_again = self.stalled = 0
        self._began = began

    def hear(self, fact: Happening) -> None:
        """Take note of a fact."""
        match fact:
            case Asked():
                self.requests[fact.purpose.value] += 1
            case Moved():
                self._moved(fact)
            case Stalled():
                self.stalled += 1
            case _:
                pass

    def _moved(self, fact: Moved) -> None:
        if fact.new is Status.DONE:
            self.done_at.append(fact.at - self._began)
        elif fact.new is Status.FAILED:
            self.failures[fact.detail or "no reason"] += 1
        elif fact.event is Event.NO_ANSWER:
            self.lost += 1
        elif fact.event is Event.ABSENT:
            self.sent_again += 1
        elif fact.old is Status.UNSURE and fact.event is Event.ACCEPTED:
            self.found_again += 1

    def half_done(self, jobs: int) -> float | None:
        """Give when half of the videos were there."""
        middle = (jobs + 1) // 2
        return round(self.done_at[middle - 1], 1) if 0 < middle <= len(self.done_at) else None


def bought_twice(world: World) -> int:
    """Count the videos that the server accepted more than once, by what they carry: by its own books, not by ours."""
    marks = Counter(mark for job in world.studio.everything for mark in _marks(job.title, job.order.callback_id))
    return sum(count - 1 for count in marks.values())


def _marks(*carriers: str | None) -> Sequence[str]:
    return list(dict.fromkeys(TOKEN.findall(" ".join(filter(None, carriers)))))
