"""What was spent, summed by what stands in a sheet's columns: a client, a campaign. Pure, but for its CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchgen.model.status import IN_FLIGHT, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batchgen.model.job import Job

#: Units in the order in which they are told.
UNITS = ("credits", "usd")

_MADE = {Status.RENDERED, Status.DONE}


@dataclass(slots=True)
class Spent:
    """What the videos of one group took."""

    videos: int = 0  #: Those that are made.
    seconds: float = 0.0  #: Of them.
    amounts: dict[str, float] = field(default_factory=dict)  #: Unit → what they cost.
    held: dict[str, float] = field(default_factory=dict)  #: Unit → what is set aside for those in flight.
    under_way: int = 0
    unpriced: int = 0  #: Of both, those of which nobody knows what they cost.

    def add(self, job: Job) -> None:
        """Count a job that is made or in flight."""
        unit = job.unit or UNITS[0]
        amounts = self.held
        if job.status in _MADE or _was_held(job):
            self.videos += 1
            self.seconds += job.duration_s or 0.0
            amounts = self.amounts
        else:
            self.under_way += 1
        if job.credits is None:
            self.unpriced += 1
        else:
            amounts[unit] = amounts.get(unit, 0.0) + job.credits


def _was_held(job: Job) -> bool:
    """Whether it failed and cost something nevertheless: a session does, for as long as it was open."""
    return job.status is Status.FAILED and bool(job.credits)


def sum_up(jobs: Iterable[tuple[tuple[str, ...], Job]]) -> dict[tuple[str, ...], Spent]:
    """Sum jobs by their groups, the dearest first. A job that several lines ask for counts at the first of them."""
    groups: dict[tuple[str, ...], Spent] = {}
    seen: set[int] = set()
    for group, job in jobs:
        if job.pk not in seen and (job.status in _MADE | IN_FLIGHT or _was_held(job)):
            seen.add(job.pk)
            groups.setdefault(group, Spent()).add(job)
    return dict(sorted(groups.items(), key=lambda pair: (-max(pair[1].amounts.values(), default=0.0), pair[0])))


def total(groups: Iterable[Spent]) -> Spent:
    """Add groups up, each unit by itself."""
    whole = Spent()
    for one in groups:
        whole.videos += one.videos
        whole.seconds += one.seconds
        whole.under_way += one.under_way
        whole.unpriced += one.unpriced
        for mine, theirs in ((whole.amounts, one.amounts), (whole.held, one.held)):
            for unit, amount in theirs.items():
                mine[unit] = mine.get(unit, 0.0) + amount
    return whole


def header(columns: Sequence[str]) -> list[str]:
    """Name the columns of the table."""
    return [*columns, "videos", "minutes", *UNITS, "under_way", *(f"{unit}_held" for unit in UNITS), "unpriced"]


def row(group: Sequence[str], spent: Spent) -> list[str]:
    """Give a group as cells."""
    minutes = f"{spent.seconds / 60:.2f}"
    amounts = [_amount(spent.amounts.get(unit)) for unit in UNITS]
    held = [_amount(spent.held.get(unit)) for unit in UNITS]
    return [*group, str(spent.videos), minutes, *amounts, str(spent.under_way), *held, str(spent.unpriced)]


def to_csv(columns: Sequence[str], groups: dict[tuple[str, ...], Spent], *, delimiter: str = ",") -> str:
    """Write the table as CSV, without its total: whoever sums a column would count everything twice."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", delimiter=delimiter)
    writer.writerow(header(columns))
    writer.writerows([*map(_safe, group), *row((), spent)] for group, spent in groups.items())
    return text.getvalue()


def to_dict(columns: Sequence[str], group: Sequence[str], spent: Spent) -> dict[str, object]:
    """Give a group for scripts."""
    return {
        **({"by": dict(zip(columns, group, strict=True))} if columns else {}),
        "videos": spent.videos,
        "minutes": round(spent.seconds / 60, 4),
        **{unit: round(spent.amounts[unit], 4) if unit in spent.amounts else None for unit in UNITS},
        "under_way": spent.under_way,
        **{f"{unit}_held": round(spent.held[unit], 4) if unit in spent.held else None for unit in UNITS},
        "unpriced": spent.unpriced,
    }


def _amount(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def _safe(cell: str) -> str:
    """Keep a cell from being run as a formula by a spreadsheet that opens the table."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
