"""How long renders take in this account: what was seen of late, and what earlier runs remembered. Pure."""

from __future__ import annotations

from bisect import insort
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.model.nature import NATURES
from batchgen.store.interface import LearnLimit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Renders of a kind that must have been seen before they say what is usual.
FEW = 5
#: Renders that are kept of each kind: the last ones.
KEPT = 200
#: Seconds from acceptance to the first look: some renders are that quick, and a batch's items have their ids by then.
#: Where those of a kind are known to be quicker, it comes sooner; but no sooner than this.
FIRST_LOOK_S, SOONEST_S = 0.25, 0.05
#: The part of the time of the quick ones in which none of their kind was ready.
QUICKEST = 0.6
#: A job is far beyond the usual when it takes this many times as long as nineteen of twenty, and at least so long.
BEYOND, BEYOND_S = 3.0, 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What is usual for a kind, in seconds."""

    early: float  #: One of ten is ready by then.
    middle: float  #: Half of them are.
    late: float  #: Nineteen of twenty are.


class RenderTimes:
    """The render times of an account, by kind of job."""

    def __init__(self, remembered: Mapping[str, float]) -> None:
        self._remembered = remembered
        self._recent: dict[str, deque[float]] = {}
        self._sorted: dict[str, list[float]] = {}
        self._seen: dict[str, int] = {}

    def note(self, kind: str, seconds: float) -> bool:
        """Take note of a render; tell whether what is usual has become worth remembering anew."""
        recent, ordered = self._recent.setdefault(kind, deque()), self._sorted.setdefault(kind, [])
        recent.append(seconds)
        insort(ordered, seconds)
        if len(recent) > KEPT:
            ordered.remove(recent.popleft())
        self._seen[kind] = seen = self._seen.get(kind, 0) + 1
        return seen in {FEW, 4 * FEW} or seen % KEPT == 0

    def usual(self, kind: str) -> Usual | None:
        """Give what is usual for a kind, once that is known."""
        ordered = self._sorted.get(kind, ())
        if len(ordered) >= FEW:
            last = len(ordered) - 1
            return Usual(early=ordered[last // 10], middle=ordered[last // 2], late=ordered[round(last * 0.95)])
        known = [self._remembered.get(_name(kind, part)) for part in Usual.__dataclass_fields__]
        early, middle, late = known
        return None if early is None or middle is None or late is None else Usual(early=early, middle=middle, late=late)

    def quickest(self, kind: str) -> float:
        """Give the seconds before which no render of this kind is ready, as far as anybody knows."""
        usual = self.usual(kind)
        return QUICKEST * usual.early if usual else (NATURES[kind].renders_s or (0.0,))[0]

    def first_look(self, kind: str) -> float:
        """Give the seconds from the acceptance of a job of this kind to the first look at it."""
        usual = self.usual(kind)
        return min(FIRST_LOOK_S, max(SOONEST_S, QUICKEST * usual.early)) if usual else FIRST_LOOK_S

    def late(self, kind: str) -> float:
        """Give the seconds by which nineteen of twenty renders of this kind are ready, as far as anybody knows."""
        usual = self.usual(kind)
        return usual.late if usual else NATURES[kind].late_s or BEYOND_S

    def beyond(self, kind: str) -> float:
        """Give the seconds after which a render of this kind is worth a word."""
        return max(BEYOND_S, BEYOND * self.late(kind))

    def lesson(self, kind: str, realm: str, at: float) -> Iterator[LearnLimit]:
        """Give what is usual for a kind, to be remembered."""
        usual = self.usual(kind)
        for part in Usual.__dataclass_fields__ if usual else ():
            yield LearnLimit(realm=realm, name=_name(kind, part), value=getattr(usual, part), at=at)


def _name(kind: str, part: str) -> str:
    return f"render.{kind}.{part}"
