"""What a manifest's lines mean for a run: what is new, changed, done, failed, doubled, and why. Pure.

A sheet may have a million lines, so what each means is kept in a letter, and told in full when it is asked for.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Self

from batchgen.model.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from batchgen.store.interface import Standing

#: What a line can mean, in the order in which it is told.
VERDICTS = ("new", "changed", "waiting", "under_way", "done", "failed", "cancelled", "duplicate")
NEW, CHANGED, WAITING, UNDER_WAY, DONE, FAILED, CANCELLED, DUPLICATE = range(len(VERDICTS))

#: A job and its row.
Place = tuple[int, int]

#: A kind, a language and a state.
Sort = tuple[str, "str | None", Status]


@dataclass(frozen=True, slots=True)
class Past:
    """The lines of a sheet's last edition, in order."""

    jobs: array[int] = field(default_factory=partial(array, "q"))
    rows: array[int] = field(default_factory=partial(array, "q"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A line, and what it means."""

    at: Standing
    verdict: str  #: new, changed, waiting, under_way, done, failed, cancelled or duplicate.
    why: str
    was: Standing | None = None  #: What it asked for before, where that was something else.


_MEANT = {
    Status.SENDING: (UNDER_WAY, "its request was under way when an earlier run ended: it may have been accepted"),
    Status.UNSURE: (UNDER_WAY, "it may have been accepted: its reply was lost"),
    Status.RENDERING: (UNDER_WAY, "sent before, and rendering"),
    Status.RENDERED: (UNDER_WAY, "rendered before, and not saved yet"),
    Status.DONE: (DONE, "made before"),
    Status.CANCELLED: (CANCELLED, "taken back before it was sent"),
}


@dataclass(slots=True)
class Survey:
    """What each line of a sheet means to a run."""

    run: int
    first: Mapping[int, int] = field(default_factory=dict)  #: Job that several lines ask for → the first row of them.
    was: Mapping[int, Place] = field(default_factory=dict)  #: Line → what it asked for before.
    verdicts: bytearray = field(default_factory=bytearray)  #: A place in ``VERDICTS`` for each line.
    census: Counter[Sort] = field(default_factory=Counter)  #: Its jobs, each once.

    @classmethod
    def of_new(cls, run: int, sorts: Mapping[tuple[str, str | None], int]) -> Self:
        """Judge lines that are all new, counted by kind and language: none need be looked at."""
        census = Counter({(kind, language, Status.PLANNED): count for (kind, language), count in sorts.items()})
        return cls(run, verdicts=bytearray([NEW]) * census.total(), census=census)

    def look(self, lines: Iterable[Standing]) -> None:
        """Judge every line, before the run takes any of them up."""
        seen: set[int] = set()
        for place, line in enumerate(lines):
            if line.pk in self.first:
                if line.pk in seen:
                    self.verdicts.append(DUPLICATE)
                    continue
                seen.add(line.pk)
            self.census[line.kind, line.language, line.status] += 1
            self.verdicts.append(self._verdict(place, line))

    def counts(self) -> dict[str, int]:
        """Count the lines by what they mean."""
        return {word: self.verdicts.count(number) for number, word in enumerate(VERDICTS)}

    def places(self, verdict: str, most: int) -> list[int]:
        """Give the first lines that mean one thing."""
        found: list[int] = []
        at = self.verdicts.find(VERDICTS.index(verdict))
        while at >= 0 and len(found) < most:
            found.append(at)
            at = self.verdicts.find(VERDICTS.index(verdict), at + 1)
        return found

    def judged(self, place: int, line: Standing, was: Standing | None) -> Judged:
        """Give a line with what it means; ``was`` is what it asked for before, where that was something else."""
        verdict = VERDICTS[self.verdicts[place]]
        return Judged(at=line, verdict=verdict, why=self._why(verdict, line, was), was=was)

    def _verdict(self, place: int, line: Standing) -> int:
        if line.status is not Status.PLANNED:
            return FAILED if line.status is Status.FAILED else _MEANT[line.status][0]
        if place in self.was:
            return CHANGED
        return NEW if not line.retried and line.run in (None, self.run) else WAITING

    def _why(self, verdict: str, line: Standing, was: Standing | None) -> str:
        match verdict:
            case "duplicate":
                return f"renders the same as row {self.first[line.pk]}: one video for both"
            case "failed":
                return f"failed before: {line.error or 'no reason was given'}"
            case "changed" if was is not None:
                return f"row {was.row} asked for another video before, which is {was.status.word}"
            case "waiting" if line.retried:
                return "it failed or was taken back, and is to be tried again"
            case "waiting":
                return "an earlier run had it and did not send it"
            case "new":
                return "never sent before"
            case _:
                return _MEANT[line.status][1]


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

    Lines that stayed hold the others in place: what is gone and what is new after the same one are paired in order.
    So rows that were put in or taken out above make no row below look changed. ``lines`` are gone through twice.
    """
    there, known = _Jobs(job for job, _ in lines()), _Jobs(before.jobs)
    gone: defaultdict[int, deque[Place]] = defaultdict(deque)
    stayed = 0
    for job, row in zip(before.jobs, before.rows, strict=True):
        if job in there:
            stayed = job
        else:
            gone[stayed].append((job, row))
    pairs: dict[int, Place] = {}
    stayed = 0
    for place, (job, _) in enumerate(lines() if gone else ()):
        if job in known:
            stayed = job
        elif gone[stayed]:
            pairs[place] = gone[stayed].popleft()
    return pairs
