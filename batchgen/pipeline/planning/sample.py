"""Chooses a few jobs that stand for all: what goes wrong with a sheet goes wrong with some of these. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batchgen.model.status import OPEN, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from batchgen.model.job import Job

#: Where a content holds what is spoken or asked for: a scene's voice, a template's text variables, a prompt.
_SPOKEN = {"script", "content", "prompt"}


def spread(jobs: Iterable[Job], count: int) -> set[int]:
    """Choose open jobs that differ, by their ``pk``: those under way, and others until there are ``count``.

    First one of each kind and language, with the longest text there is; then those with the shortest; then some that
    lie evenly between the first row and the last. The same rows give the same choice.
    """
    under_way: set[int] = set()
    sorts: dict[tuple[str, str | None], _Sort] = {}
    for job in jobs:
        if job.status is Status.PLANNED:
            sorts.setdefault((job.kind, job.language), _Sort(room=count)).add(job)
        elif job.status in OPEN:
            under_way.add(job.pk)
    chosen = dict.fromkeys(under_way)
    for pk in _in_turn([sorts[key] for key in _kinds_first(sorts)]):
        if len(chosen) >= count:
            break
        chosen[pk] = None
    return set(chosen)


@dataclass(slots=True)
class _Sort:
    """The jobs of one kind and language: its extremes, and some from all along its rows."""

    room: int
    longest: tuple[int, int] = (-1, 0)  #: Letters, and the job.
    shortest: tuple[int, int] = (2**62, 0)
    along: list[int] = field(default_factory=list)
    stride: int = 1
    seen: int = 0

    def add(self, job: Job) -> None:
        letters = _letters(job.content)
        if letters > self.longest[0]:
            self.longest = (letters, job.pk)
        if letters < self.shortest[0]:
            self.shortest = (letters, job.pk)
        if self.seen % self.stride == 0:
            self.along.append(job.pk)
        self.seen += 1
        if len(self.along) > 2 * self.room:
            # Twice as far apart from here on, and so what was kept: however long the sheet, as many are kept.
            self.along, self.stride = self.along[::2], self.stride * 2

    def in_turn(self) -> Iterator[int]:
        yield self.longest[1]
        yield self.shortest[1]
        step = max(1, len(self.along) // self.room)
        for start in range(step):
            yield from self.along[start::step]


def _kinds_first(sorts: Mapping[tuple[str, str | None], _Sort]) -> list[tuple[str, str | None]]:
    """Put one sort of each kind before a second of any, the most frequent first."""
    rank: dict[tuple[str, str | None], int] = {}
    counts: dict[str, int] = {}
    for key in sorted(sorts, key=lambda key: (-sorts[key].seen, key[0], key[1] or "")):
        rank[key] = counts[key[0]] = counts.get(key[0], -1) + 1
    return sorted(rank, key=lambda key: rank[key])


def _in_turn(sorts: list[_Sort]) -> Iterator[int]:
    """Give one of each sort, then another of each, until all that was kept is given."""
    waiting = [sort.in_turn() for sort in sorts]
    while waiting:
        for one in list(waiting):
            pk = next(one, None)
            if pk is None:
                waiting.remove(one)
            else:
                yield pk


def _letters(value: Any, *, spoken: bool = False) -> int:
    if isinstance(value, str):
        return len(value) if spoken else 0
    if isinstance(value, dict):
        return sum(_letters(part, spoken=name in _SPOKEN) for name, part in value.items())
    return sum(_letters(part) for part in value) if isinstance(value, list) else 0
