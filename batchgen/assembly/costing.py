"""What a run would cost: its jobs from the store, priced by the lists."""

from __future__ import annotations

from heapq import merge
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchgen.model.exchange import Balance
    from batchgen.model.job import Job
    from batchgen.pipeline.money.cost import Prices
    from batchgen.pipeline.money.quote import Priced, Quote, Tally
    from batchgen.store.interface import Store, Work

#: Jobs that are read at a time.
CHUNK = 2000


def to_send(store: Work, run: int) -> Iterator[Job]:
    """Give the jobs that a run would send, in its order; what goes out once more as it was comes first."""
    from batchgen.model.status import Status  # noqa: PLC0415 - light, and only here

    for submission in store.to_repeat(run):
        members = store.members(submission)
        yield from (job for job in members if job.status is Status.PLANNED and job.submission == submission)
    # What waits for its files is sent in its turn, once these are uploaded.
    yield from merge(_all(store.fresh, run), _all(store.waiting, run), key=lambda job: job.seq or 0)


def to_price(store: Store, run: int) -> Iterator[Priced]:
    """Give what the prices of the same jobs depend on, in no order: a million of them in seconds."""
    from batchgen.model.status import Status  # noqa: PLC0415 - light, and only here

    # A request goes out once more as it was, also where some of its jobs are none of the run's.
    again = {job.pk: job for one in store.to_repeat(run) for job in store.members(one) if job.submission == one}
    yield from (job for job in again.values() if job.status is Status.PLANNED)
    yield from (job for job in store.unsent(run) if job.pk not in again) if again else store.unsent(run)


def _all(ask: Callable[..., list[Job]], run: int) -> Iterator[Job]:
    after = 0
    while found := ask(run, CHUNK, after=after):
        yield from found
        after = found[-1].seq or 0


def learn_lengths(store: Store, run: int, lengths: Mapping[str, float]) -> None:
    """Note how long sources are, by job id, with the jobs that a run would send: estimates and budgets go by it."""
    import asyncio  # noqa: PLC0415 - for those who know lengths

    from batchgen.store.interface import Learn  # noqa: PLC0415

    learned = [
        Learn(job=job.pk, facts={"length_s": lengths[job.id]})
        for job in to_send(store, run)
        if job.length_s is None and job.id in lengths
    ]
    if learned:
        asyncio.run(store.apply(learned, durable=True))


def price(store: Store, run: int, prices: Prices, *, api: str, unit: str | None, tally: Tally | None = None) -> Quote:
    """Say what a run would cost, as far as that is known. With a ``tally`` of its jobs they are not gone through."""
    from batchgen.pipeline.money.quote import quote  # noqa: PLC0415 - for those who reckon

    chosen = prices.pick(api, unit)
    return quote(to_price(store, run), chosen) if tally is None else tally.quotes([chosen])[0]


def told(quoted: Quote) -> dict[str, object]:
    """Give an estimate for scripts. What is not known is null, and never 0."""
    some = quoted.known > 0 or not quoted.jobs
    return {
        "list": quoted.prices.name,
        "unit": quoted.unit,
        "low": round(quoted.total.low, 4) if some else None,
        "high": round(quoted.total.high, 4) if some else None,
        "known": quoted.known,
        "unknown": quoted.unknown,
    } | ({"unpriced": sorted(quoted.unpriced), "unpriced_jobs": quoted.unpriced_jobs} if quoted.unpriced else {})


def missing(quoted: Quote, balance: Balance | None) -> float | None:
    """Give what the account lacks of the high estimate. See ``pipeline.money.quote.shortfall``."""
    from batchgen.pipeline.money.quote import shortfall  # noqa: PLC0415 - see above

    return shortfall(quoted, balance)


def broke(quoted: Quote, balance: Balance | None) -> bool:
    """Tell whether nothing of it can be paid for. See ``pipeline.money.quote.is_broke``."""
    from batchgen.pipeline.money.quote import is_broke  # noqa: PLC0415 - see above

    return is_broke(quoted, balance)
