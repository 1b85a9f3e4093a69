"""What was measured beside what, and the table of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measure of ours beside its peer's, taken in the same run."""

    row: str  #: The part of the benchmark, such as ``makespan``.
    measure: str
    ours: float
    peer: float | None  #: None: the figure stands for itself.
    against: str  #: What the peer is.
    unit: str
    reach: float | None  #: What is to be reached by the ratio, or by ours where there is no peer; None: told only.
    at_least: bool = False  #: Whether more is better.

    @property
    def ratio(self) -> float:
        """Ours over the peer's."""
        return self.ours if self.peer is None else self.ours / self.peer if self.peer else float("inf")

    @property
    def reached(self) -> bool | None:
        """Whether it is where it should be."""
        if self.reach is None:
            return None
        return self.ratio >= self.reach if self.at_least else self.ratio <= self.reach


def middle(runs: Sequence[Sequence[Figure]]) -> list[Figure]:
    """Give, of several runs, for each measure the figure whose ratio is the middle one."""
    by_name: dict[tuple[str, str], list[Figure]] = {}
    for figure in [figure for run in runs for figure in run]:
        by_name.setdefault((figure.row, figure.measure), []).append(figure)
    return [sorted(found, key=lambda one: one.ratio)[(len(found) - 1) // 2] for found in by_name.values()]


def spread(runs: Sequence[Sequence[Figure]], figure: Figure) -> tuple[float, float]:
    """Give the least and the greatest ratio of a measure over the runs."""
    ratios = [one.ratio for run in runs for one in run if (one.row, one.measure) == (figure.row, figure.measure)]
    return min(ratios), max(ratios)


def table(runs: Sequence[Sequence[Figure]]) -> str:
    """Write the figures as a Markdown table."""
    lines = [
        "| row | measure | ours | peer | ratio | runs | reach | |",
        "| --- | --- | ---: | ---: | ---: | --- | ---: | --- |",
    ]
    for one in middle(runs):
        low, high = spread(runs, one)
        peer = f"{_short(one.peer)} ({one.against})" if one.peer is not None else one.against or "-"
        reach = "-" if one.reach is None else f"{'≥' if one.at_least else '≤'} {one.reach:g}"
        mark = {None: "", True: "yes", False: "**not yet**"}[one.reached]
        ratio = "-" if one.peer is None else f"{one.ratio:.3f}"
        across = f"{_short(low)} to {_short(high)}" if len(runs) > 1 else ""
        cells = (one.row, one.measure, f"{_short(one.ours)} {one.unit}".rstrip(), peer, ratio, across, reach, mark)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def write(path: Path, runs: Sequence[Sequence[Figure]]) -> None:
    """Write every figure of every run as JSON."""
    told = [[asdict(one) | {"ratio": one.ratio, "reached": one.reached} for one in run] for run in runs]
    path.write_text(json.dumps({"runs": told}, indent=1) + "\n", encoding="utf-8")


def halfway(times: Sequence[float]) -> float:
    """Give the median."""
    return median(times)


def _short(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
