"""The renders of one kind: those that were seen of late, and before them what earlier runs remembered. Pure."""

from __future__ import annotations

from bisect import insort
from collections import deque
from itertools import cycle, islice
from typing import TYPE_CHECKING, TypeVar

from batchgen.pipeline.usual import FURTHER, Growth, Usual

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Renders that must have been seen before they say what is usual.
FEW = 5
#: Renders that are kept: the last ones, or some of all that were under way at once.
KEPT = 200
#: By this part what was seen has to grow, before it is looked through anew for how times go with lengths.
FITTED = 0.1
#: Seconds of the usual render from which on films are told apart by their lengths: looks are no nearer to each other.
WORTH_S = 10.0

#: A render: its seconds, and those of its video, where they were known before it was made.
_Render = tuple[float, float | None]
_Fact = TypeVar("_Fact", Usual, Growth)


class Seen:
    """What was seen. ``remembered`` has the facts of all kinds, by name."""

    def __init__(self, kind: str, remembered: Mapping[str, float]) -> None:
        #: What facts are remembered by: those of all, and those of known lengths as if they were of one length.
        self._of_all, self._at_length = f"render.{kind}.", f"render.{kind}.at_length."
        self._middle = _read(Usual, self._at_length, remembered)
        self._growth = _read(Growth, self._at_length, remembered)
        self.grows = self._growth is not None and self._growth.share > 0.0  #: Whether longer videos take longer.
        # What was remembered counts as some that were seen: the first to end, which are the quick ones, do not undo it.
        self._kept = deque(self._from_memory(_read(Usual, self._of_all, remembered)))
        self._ordered = sorted(seconds for seconds, _ in self._kept)
        self._step = 1  #: One of so many is kept,
        self._most = 0  #: since so many were under way at once: those that end last are the slow ones of all.
        self._count = self._fitted = self._told = 0
        self._measured = sum(length_s is not None for _, length_s in self._kept)

    def note(self, seconds: float, length_s: float | None, beside: int) -> bool:
        """Take note of a render that ended while ``beside`` others went on; tell whether to remember the facts anew."""
        self._count += 1
        self._most = max(self._most, beside)
        if self._count % self._step == 0:
            self._keep(seconds, length_s)
        # Those that end last tell what the first ones could not.
        over = not beside and self._count >= self._told + FEW
        if over or self._count in {FEW, 4 * FEW} or self._count % KEPT == 0:
            self._told = self._count
        return self._told == self._count

    def usual(self) -> Usual | None:
        """Give what is usual whatever the length, once that is known."""
        return Usual.of(self._ordered) if len(self._ordered) >= FEW else None

    def usual_at(self, length_s: float) -> Usual | None:
        """Give what is usual for a video of this length."""
        if self._middle is None or self._growth is None:
            return self.usual()
        return self._middle.times(self._growth.factor(length_s))

    def is_beyond(self, length_s: float | None) -> bool:
        """Whether a video is so much longer than all that were seen that these tell nothing of it."""
        return self._growth is not None and (length_s or 0.0) > FURTHER * self._growth.longest_s

    def facts(self) -> Iterator[tuple[str, float]]:
        """Give what is worth remembering, by name."""
        at_length = self._at_length
        for prefix, fact in (self._of_all, self.usual()), (at_length, self._middle), (at_length, self._growth):
            for part in fact.__dataclass_fields__ if fact else ():
                yield prefix + part, getattr(fact, part)

    def _from_memory(self, of_all: Usual | None) -> Iterator[_Render]:
        if self._middle and self._growth:
            for seconds, length_s in zip(self._middle.renders(), cycle(self._growth.lengths()), strict=False):
                yield seconds * self._growth.factor(length_s), length_s
        elif of_all:
            yield from ((seconds, None) for seconds in of_all.renders())

    def _keep(self, seconds: float, length_s: float | None) -> None:
        self._kept.append((seconds, length_s))
        insort(self._ordered, seconds)
        if len(self._kept) > KEPT and self._step * KEPT < self._most:
            self._thin()
        elif len(self._kept) > KEPT:
            self._ordered.remove(self._kept.popleft()[0])
        if self._ordered[len(self._ordered) // 2] < WORTH_S:
            self.grows = False
        elif length_s:
            self._measured += 1
            if self._measured - self._fitted >= FITTED * min(self._measured, KEPT):
                self._fit()

    def _thin(self) -> None:
        self._step *= 2
        self._kept = deque(islice(self._kept, 0, None, 2))
        self._ordered = sorted(seconds for seconds, _ in self._kept)

    def _fit(self) -> None:
        seen = [(length_s, seconds) for seconds, length_s in self._kept if length_s]
        if len(seen) >= FEW:
            self._fitted = self._measured
            self._growth = growth = Growth.of(seen)
            self.grows = growth.share > 0.0
            self._middle = Usual.of(sorted(seconds / growth.factor(length_s) for length_s, seconds in seen))


def _read(form: type[_Fact], prefix: str, remembered: Mapping[str, float]) -> _Fact | None:
    """Read a fact that was remembered part by part; None where one of them is missing."""
    parts = {part: remembered.get(prefix + part) for part in form.__dataclass_fields__}
    return None if None in parts.values() else form(**parts)  # type: ignore[arg-type]
