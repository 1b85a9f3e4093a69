"""How long a run will probably take: so many jobs, so many at once, so long each. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING

from batchgen.model.nature import NATURES
from batchgen.pipeline.money.speech import Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Renders of a kind that must have been seen before they tell more than a document.
ENOUGH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """An expected time, and what it rests on."""

    span: Span
    at_once: int
    at_once_from: str  #: given, learned or plan.
    renders: Mapping[str, Span]  #: Kind → seconds for one.
    observed: frozenset[str]  #: Kinds whose renders were seen here; of the others documents tell.


def render_time(observed: Sequence[float]) -> Span | None:
    """Give what most renders took, from those that were seen; None where they are too few."""
    if len(observed) < ENOUGH:
        return None
    first, _, third = quantiles(observed, n=4, method="inclusive")
    return Span(first, third)


def schedule(
    counts: Mapping[str, int], *, seen: Mapping[str, Sequence[float]], at_once: int, source: str, rehearsed: bool
) -> Schedule | None:
    """Reckon with ``at_once`` jobs side by side. None where there is nothing to do, or nothing to reckon by.

    ``rehearsed`` says that it is no HeyGen: its documents, which speak of usual hours, say nothing of that.
    """
    found = {kind: render_time(seen.get(kind, ())) for kind in counts}
    renders: dict[str, Span] = {}
    for kind, span in found.items():
        told = None if rehearsed else NATURES[kind].renders_s
        usual = span or (Span(*told) if told else None)
        if usual is None:
            return None
        renders[kind] = usual
    if not sum(counts.values()):
        return None
    return Schedule(
        span=Span(
            _whole(counts, at_once, {kind: one.low for kind, one in renders.items()}),
            _whole(counts, at_once, {kind: one.high for kind, one in renders.items()}),
        ),
        at_once=at_once,
        at_once_from=source,
        renders=renders,
        observed=frozenset(kind for kind, span in found.items() if span is not None),
    )


def _whole(counts: Mapping[str, int], at_once: int, renders: Mapping[str, float]) -> float:
    """Give the seconds for all of them: a queue through so many slots, and never less than the slowest one."""
    queue = sum(count * renders[kind] for kind, count in counts.items()) / at_once
    return max([queue, *(renders[kind] for kind, count in counts.items() if count)])
