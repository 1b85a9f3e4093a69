"""What a manifest's lines mean for a run: what is new, changed, done, failed, doubled, and why. Pure.

A sheet may have a million lines, so what each means is kept in a letter, and told in full when it is asked for.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from batchgen.model.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchgen.pipeline.planning.editions import Place
    from batchgen.store.interface import Standing

#: What a line can mean, in the order in which it is told.
VERDICTS = ("new", "changed", "waiting", "under_way", "done", "failed", "cancelled", "duplicate")
NEW, CHANGED, WAITING, UNDER_WAY, DONE, FAILED, CANCELLED, DUPLICATE = range(len(VERDICTS))

#: A kind, a language and a state.
Sort = tuple[str, "str | None", Status]


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
