"""Which lines of a sheet are lines of its last edition that were changed. Pure.

A sheet may have a million lines: a job is remembered in a bit, and only what is gone is kept as it was.
"""

from __future__ import annotations

from array import array
from collections import defaultdict, deque
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

#: A job and its row.
Place = tuple[int, int]

#: Where a row stands: a job that stayed, and whether the row has it (else it comes after it).
_Spot = tuple[int, bool]


@dataclass(frozen=True, slots=True)
class Past:
    """The lines of a sheet's last edition, in order."""

    jobs: array[int] = field(default_factory=partial(array, "q"))
    rows: array[int] = field(default_factory=partial(array, "q"))


class _Jobs:
    """A set of jobs, a bit each: their numbers lie close together."""

    def __init__(self, jobs: Iterable[int]) -> None:
        self._bits = bits = bytearray()
        for job in jobs:
            if job >> 3 >= len(bits):
                bits.extend(bytes((job >> 3) + 4096 - len(bits)))
            bits[job >> 3] |= 1 << (job & 7)

    def __contains__(self, job: int) -> bool:
        return job >> 3 < len(self._bits) and bool(self._bits[job >> 3] >> (job & 7) & 1)


def changed(lines: Callable[[], Iterable[Place]], before: Past) -> dict[int, Place]:
    """Pair lines that ask for something new with those of the last edition that are gone: the same line, changed.

    Lines that stayed hold the others in place. Rows of which none stayed are paired in order between these, and their
    lines in order; else a line is paired within its row. So neither rows that were put in or taken out above nor a
    language more in each row make another row look changed. ``lines`` are gone through twice.
    """
    there, known = _Jobs(job for job, _ in lines()), _Jobs(before.jobs)
    gone: defaultdict[_Spot, deque[list[Place]]] = defaultdict(deque)
    for spot, others in _rows(zip(before.jobs, before.rows, strict=True), there):
        gone[spot].append([line for _, line in others])
    pairs: dict[int, Place] = {}
    for spot, others in _rows(lines(), known) if gone else ():
        if gone.get(spot):
            pairs |= {place: was for (place, _), was in zip(others, gone[spot].popleft(), strict=False)}
    return pairs


def _rows(lines: Iterable[Place], stayed: _Jobs) -> Iterator[tuple[_Spot, list[tuple[int, Place]]]]:
    """Give where each row stands, and those of its lines that did not stay, with their places among all."""
    last = 0
    for _, row in groupby(enumerate(lines), key=lambda line: line[1][1]):
        others, kept = [], []
        for place, line in row:
            if line[0] in stayed:
                kept.append(line[0])
            else:
                others.append((place, line))
        if others:
            yield ((kept[0], True) if kept else (last, False)), others
        last = kept[-1] if kept else last
