"""What some jobs would cost together, as far as that is known before they are made. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from batchgen.pipeline.cost import Range, essence
from batchgen.pipeline.length import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from batchgen.model.exchange import Balance
    from batchgen.pipeline.cost import PriceList

#: Different prices that are kept by a list.
MOST = 10_000


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


class Priced(Protocol):
    """What is asked for a price: a job, or what of it matters."""

    @property
    def pk(self) -> int:
        """The store's number."""

    @property
    def kind(self) -> str:
        """See Job."""

    @property
    def content(self) -> Mapping[str, Any]:
        """See Job."""

    @property
    def length_s(self) -> float | None:
        """See Job."""


def told(job: Priced) -> Known:
    """Give what the store knows of a job's length beside its content."""
    return Known(length_s=job.length_s)


def quote(jobs: Iterable[Priced], prices: PriceList) -> Quote:
    """Add up what jobs are expected to cost."""
    return quotes(jobs, [prices])[0]


def quotes(
    jobs: Iterable[Priced],
    lists: Sequence[PriceList],
    known: Callable[[Priced], Known] = told,
    note: Callable[[Priced, PriceList, Range | None], None] | None = None,
) -> list[Quote]:
    """Add up what jobs are expected to cost by each of some lists; ``note`` is told of each."""
    sums = [_Sum(one) for one in lists]
    for job in jobs:
        known_of = known(job)
        alike = essence(job.kind, job.content, known_of)
        for one in sums:
            price = one.add(job, known_of, alike)
            if note is not None:
                note(job, one.prices, price)
    return [one.quote() for one in sums]


@dataclass(slots=True)
class _Sum:
    """What jobs come to by one list."""

    prices: PriceList
    low: float = 0.0
    high: float = 0.0
    count: int = 0
    unknown: int = 0
    least: float = float("inf")
    unpriced: set[str] = field(default_factory=set)
    _seen: dict[Any, tuple[Range | None, float]] = field(default_factory=dict)  #: Prices of jobs that are alike.

    def add(self, job: Priced, known: Known, alike: Hashable | None) -> Range | None:
        """Add a job; give its price."""
        price, least = self._price(job, known, alike)
        self.least = min(self.least, least)
        if price is None:
            self.unknown += 1
            if not self.prices.tells(job.kind, job.content):
                self.unpriced.add(job.kind)
        else:
            self.low, self.high, self.count = self.low + price.low, self.high + price.high, self.count + 1
        return price

    def _price(self, job: Priced, known: Known, alike: Hashable | None) -> tuple[Range | None, float]:
        found = None if alike is None else self._seen.get(alike)
        if found is None:
            expected, least = (
                self.prices.expected(job.kind, job.content, known),
                self.prices.least(job.kind, job.content),
            )
            found = expected, least
            if alike is not None and len(self._seen) < MOST:
                self._seen[alike] = found
        return found

    def quote(self) -> Quote:
        """Give the sum."""
        return Quote(
            prices=self.prices,
            known=self.count,
            total=Range(self.low, self.high),
            unknown=self.unknown,
            least=self.least if self.count or self.unknown else 0.0,
            unpriced=frozenset(self.unpriced),
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
