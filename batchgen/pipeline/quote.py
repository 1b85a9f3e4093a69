"""What some jobs would cost together, as far as that is known before they are made. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.pipeline.cost import Range
from batchgen.pipeline.length import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from batchgen.model.exchange import Balance
    from batchgen.model.job import Job
    from batchgen.pipeline.cost import PriceList


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A price before the work, by one list."""

    prices: PriceList
    known: int  #: Jobs whose length is known, and so their price.
    total: Range  #: Of those.
    unknown: int  #: Jobs whose length or price is not known. They cost something, and nobody can say what.
    least: float  #: What the cheapest of all of them costs at the very least.
    unpriced: frozenset[str] = frozenset()  #: Kinds among the unknown whose price the list does not tell.

    @property
    def jobs(self) -> int:
        """How many there are."""
        return self.known + self.unknown

    @property
    def unit(self) -> str:
        """What its amounts are in."""
        return self.prices.unit


def told(job: Job) -> Known:
    """Give what the store knows of a job's length beside its content."""
    return Known(length_s=job.length_s)


def quote(
    jobs: Iterable[Job],
    prices: PriceList,
    known: Callable[[Job], Known] = told,
    note: Callable[[Job, PriceList, Range | None], None] | None = None,
) -> Quote:
    """Add up what jobs are expected to cost; ``note`` is told of each."""
    low = high = 0.0
    count = unknown = 0
    unpriced = set[str]()
    least = float("inf")
    for job in jobs:
        price = prices.expected(job.kind, job.content, known(job))
        if note is not None:
            note(job, prices, price)
        least = min(least, prices.least(job.kind, job.content))
        if price is None:
            unknown += 1
            if not prices.tells(job.kind, job.content):
                unpriced.add(job.kind)
        else:
            low, high, count = low + price.low, high + price.high, count + 1
    cheapest = least if count or unknown else 0.0
    return Quote(
        prices=prices,
        known=count,
        total=Range(low, high),
        unknown=unknown,
        least=cheapest,
        unpriced=frozenset(unpriced),
    )


def shortfall(asked: Quote, balance: Balance | None) -> float | None:
    """Give what the balance lacks of the high estimate; None where it covers it, or where nobody can tell."""
    if balance is None or balance.remaining is None or balance.unit != asked.unit:
        return None
    lacking = asked.total.high - balance.remaining
    return lacking if lacking > 0 else None


def is_broke(asked: Quote, balance: Balance | None) -> bool:
    """Tell whether the balance is too small for even one of the jobs, however short it becomes."""
    if not asked.jobs or balance is None or balance.remaining is None:
        return False
    if balance.unit != asked.unit:
        return balance.remaining <= 0 < asked.least
    return balance.remaining < asked.least or balance.remaining <= 0 < asked.least
