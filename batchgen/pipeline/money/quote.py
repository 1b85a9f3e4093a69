"""What some jobs would cost together, as far as that is known before they are made. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from batchgen.pipeline.money.cost import Range, essence
from batchgen.pipeline.money.length import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from batchgen.model.exchange import Balance
    from batchgen.pipeline.money.cost import PriceList

#: Groups of jobs that cost the same, as far as they are kept.
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
    unpriced_jobs: int = 0  #: How many of the unknown are of these; of the others nobody told the length.

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
    return _told(job.length_s)


@lru_cache(maxsize=1024)
def _told(length_s: float | None) -> Known:
    return Known(length_s=length_s)


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
    groups: dict[Hashable, _Group] = {}
    for job in jobs:
        known_of = known(job)
        alike = essence(job.kind, job.content, known_of)
        group = groups.get(alike)
        if group is None:
            group = _Group(job, [one.price(job, known_of) for one in sums])
            if alike is None or len(groups) >= MOST:
                group.add_to(sums)
            else:
                groups[alike] = group
        group.jobs += 1
        if note is not None:
            for one, price in zip(lists, group.prices, strict=True):
                note(job, one, price.expected)
    for group in groups.values():
        group.add_to(sums)
    return [one.quote() for one in sums]


class _Alike(NamedTuple):
    """Jobs that cost the same, whatever they are."""

    kind: str
    content: Mapping[str, Any]
    length_s: float | None
    pk: int = 0


@dataclass(slots=True)
class Tally:
    """Jobs counted while they are planned, by all that their price depends on, as long as that is little.

    It spares going through a million jobs once more to add up what they cost.
    """

    counts: dict[Hashable, tuple[Priced, int]] = field(default_factory=dict)
    whole: bool = True  #: Whether all were counted.

    def add(self, kind: str, content: Mapping[str, Any], length_s: float | None, jobs: int = 1) -> None:
        """Count jobs whose content is like this one, as far as it tells in their price."""
        if not self.whole:
            return
        one = _Alike(kind, content, length_s)
        alike = essence(kind, content, told(one))
        if alike is None or (alike not in self.counts and len(self.counts) >= MOST):
            self.whole = False
            self.counts.clear()
        else:
            first, before = self.counts.get(alike, (one, 0))
            self.counts[alike] = (first, before + jobs)

    def quotes(self, lists: Sequence[PriceList]) -> list[Quote]:
        """Give what ``quotes`` would of all that was counted."""
        sums = [_Sum(one) for one in lists]
        for first, jobs in self.counts.values():
            _Group(first, [one.price(first, told(first)) for one in sums], jobs).add_to(sums)
        return [one.quote() for one in sums]


class _Price(NamedTuple):
    """What a job costs by one list."""

    expected: Range | None
    least: float


@dataclass(slots=True)
class _Group:
    """Jobs that cost the same."""

    job: Priced  #: The first of them.
    prices: list[_Price]  #: By each list.
    jobs: int = 0

    def add_to(self, sums: Sequence[_Sum]) -> None:
        """Add its jobs, or the one that it begins with."""
        for one, price in zip(sums, self.prices, strict=True):
            one.add(self.job, price, max(1, self.jobs))


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
    unpriced_jobs: int = 0

    def price(self, job: Priced, known: Known) -> _Price:
        """Price a job."""
        expected = self.prices.expected(job.kind, job.content, known)
        return _Price(expected, self.prices.least(job.kind, job.content))

    def add(self, job: Priced, price: _Price, jobs: int) -> None:
        """Add so many jobs like this one."""
        expected = price.expected
        self.least = min(self.least, price.least)
        if expected is None:
            self.unknown += jobs
            if not self.prices.tells(job.kind, job.content):
                self.unpriced.add(job.kind)
                self.unpriced_jobs += jobs
        else:
            self.low, self.high = self.low + expected.low * jobs, self.high + expected.high * jobs
            self.count += jobs

    def quote(self) -> Quote:
        """Give the sum."""
        return Quote(
            prices=self.prices,
            known=self.count,
            total=Range(self.low, self.high),
            unknown=self.unknown,
            least=self.least if self.count or self.unknown else 0.0,
            unpriced=frozenset(self.unpriced),
            unpriced_jobs=self.unpriced_jobs,
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
