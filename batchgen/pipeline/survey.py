"""What a manifest's lines mean for a run: what is new, changed, done, failed, doubled, and why. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.model.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batchgen.store.interface import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A line and how its job stands: what of it matters here, and light enough for a million."""

    row: int
    pk: int
    job_id: str
    kind: str
    language: str | None
    status: Status
    retried: bool  #: A person had it tried again.
    enlisted: bool  #: A run has had it before.
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A line, and what it means."""

    at: Standing
    verdict: str  #: new, changed, waiting, under_way, done, failed, cancelled or duplicate.
    why: str
    was: Standing | None = None  #: What it asked for before, where that was something else.


_VERDICTS = {
    Status.SENDING: ("under_way", "its request was under way when an earlier run ended: it may have been accepted"),
    Status.UNSURE: ("under_way", "it may have been accepted: its reply was lost"),
    Status.RENDERING: ("under_way", "sent before, and rendering"),
    Status.RENDERED: ("under_way", "rendered before, and not saved yet"),
    Status.DONE: ("done", "made before"),
    Status.CANCELLED: ("cancelled", "taken back before it was sent"),
}


def standing(line: Line) -> Standing:
    """Give how a line stands."""
    job = line.job
    return Standing(
        row=line.row,
        pk=job.pk,
        job_id=job.id,
        kind=job.kind,
        language=job.language,
        status=job.status,
        retried=job.round > 0,
        enlisted=job.seq is not None,
        error=job.error or job.error_code or "no reason was given",
    )


def judge(lines: Sequence[Standing], before: Sequence[Standing]) -> Iterator[Judged]:
    """Say of each line what it means. ``before`` are the lines of the last edition, in order."""
    others = changed(lines, before)
    first: dict[int, int] = {}
    for place, line in enumerate(lines):
        if line.pk in first:
            why = f"renders the same as row {first[line.pk]}: one video for both"
            yield Judged(at=line, verdict="duplicate", why=why)
        else:
            first[line.pk] = line.row
            yield _judge(line, others.get(place))


def changed(lines: Sequence[Standing], before: Sequence[Standing]) -> Mapping[int, Standing]:
    """Pair lines that ask for something new with those of the last edition that are gone: the same line, changed.

    Lines that stayed hold the others in place: what is gone and what is new after the same one are paired in order.
    So rows that were put in or taken out above make no row below look changed.
    """
    there, known = {line.pk for line in lines}, {line.pk for line in before}
    gone: defaultdict[int, deque[Standing]] = defaultdict(deque)
    stayed = 0
    for line in before:
        if line.pk in there:
            stayed = line.pk
        else:
            gone[stayed].append(line)
    pairs: dict[int, Standing] = {}
    stayed = 0
    for place, line in enumerate(lines):
        if line.pk in known:
            stayed = line.pk
        elif gone[stayed]:
            pairs[place] = gone[stayed].popleft()
    return pairs


def _judge(line: Standing, was: Standing | None) -> Judged:
    if line.status is Status.FAILED:
        verdict, why = "failed", f"failed before: {line.error}"
    elif line.status is not Status.PLANNED:
        verdict, why = _VERDICTS[line.status]
    elif was is not None:
        verdict, why = "changed", f"row {was.row} asked for another video before, which is {was.status.word}"
    elif line.retried:
        verdict, why = "waiting", "it failed or was taken back, and is to be tried again"
    elif line.enlisted:
        verdict, why = "waiting", "an earlier run had it and did not send it"
    else:
        verdict, why = "new", "never sent before"
    return Judged(at=line, verdict=verdict, why=why, was=was)
