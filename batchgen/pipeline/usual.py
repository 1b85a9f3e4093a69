"""What is usual for the renders of a kind, and how it grows with the length of a video. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Parts of a render's time that may go with the length of its video: the one is taken that what was seen fits best.
SHARES = tuple(tenth / 10 for tenth in range(11))
#: A video longer than all that were seen is taken for one that is so many times as long as the longest of them: how
#: times grow is found by few at first, and what is expected too late is seen too late.
FURTHER = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """Seconds from acceptance, or from a render's turn, to the finished video."""

    early: float  #: One of ten is ready by then.
    middle: float  #: Half of them are.
    late: float  #: Nineteen of twenty are.

    @classmethod
    def of(cls, ordered: Sequence[float]) -> Self:
        """Give what is usual of renders that were seen, from the quickest to the slowest."""
        last = len(ordered) - 1
        return cls(early=ordered[last // 10], middle=ordered[last // 2], late=ordered[round(last * 0.95)])

    def renders(self) -> list[float]:
        """Give twenty renders of which this is usual, from the quickest to the slowest."""
        rising = [self.early + (self.middle - self.early) * step / 8 for step in range(8)]
        late = [self.middle + (self.late - self.middle) * step / 9 for step in range(10)]
        return [self.early, *rising, *late, self.late]

    def times(self, factor: float) -> Usual:
        """Give what is usual of renders that take so many times as long."""
        return Usual(early=factor * self.early, middle=factor * self.middle, late=factor * self.late)


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How the time of a render grows with the length of its video. Lengths are seconds of video."""

    length_s: float  #: A length in the middle of those that were seen.
    longest_s: float  #: The greatest of them.
    share: float  #: The part of the time at the middle length that goes with the length; each takes the rest.

    @classmethod
    def of(cls, seen: Sequence[tuple[float, float]]) -> Self:
        """Find the growth by which renders that were seen, each by its length and its time, differ least."""
        lengths = [length for length, _ in seen]
        middle, longest = sorted(lengths)[len(lengths) // 2], max(lengths)
        logs = [math.log(max(seconds, 1e-3)) for _, seconds in seen]

        def spread(share: float) -> float:
            fixed, grown = 1.0 - share, share / middle
            left = [log - math.log(fixed + grown * length) for log, length in zip(logs, lengths, strict=True)]
            mean = sum(left) / len(left)
            return sum((one - mean) ** 2 for one in left)

        return cls(length_s=middle, longest_s=longest, share=min(SHARES, key=spread))

    def factor(self, length_s: float) -> float:
        """Give how many times as long as at the middle length a render takes."""
        known = min(length_s, FURTHER * self.longest_s)
        return 1.0 - self.share + self.share * known / self.length_s

    def lengths(self) -> tuple[float, ...]:
        """Give lengths of which this one is in the middle, from a short one to the longest."""
        return (self.length_s / 2, self.length_s, max(self.longest_s, self.length_s))
