"""What an errand would come to, found out on a copy of the state that is thrown away."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.assembly.enlisting import enlist
from batchgen.assembly.foresight import estimate
from batchgen.assembly.prices import read_prices
from batchgen.assembly.state import scratch_store
from batchgen.model.status import OPEN, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.assembly.company import Company
    from batchgen.assembly.errand import Errand, Work
    from batchgen.pipeline.money.quote import Quote
    from batchgen.store.interface import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a run would do. The counts add up to ``jobs``."""

    rows: int
    jobs: int
    send: int  #: New purchases.
    look_for: int  #: Sent before, and nobody knows whether they were accepted: looked for before anything else.
    watch: int
    download: int
    done: int
    failed: int  #: Left alone: a retry tries them again.
    cancelled: int
    left_out: int  #: Open, and not chosen by a selection or a limit.


@contextmanager
def trial(errand: Errand, company: Company) -> Iterator[tuple[Store, Work]]:
    """Plan manifests on a copy of the state; ``company`` hears what is odd. Raises ``ManifestError``."""
    with scratch_store(errand.state) as store:
        yield store, enlist(errand, store, company)


def outlook(store: Store, work: Work) -> Outlook:
    """Count what a run would do."""
    counts, taken = store.tally_of(work.pks), work.open
    return Outlook(
        rows=sum(sheet.rows for sheet in work.sheets),
        jobs=sum(counts.values()),
        send=taken[Status.PLANNED],
        look_for=taken[Status.SENDING] + taken[Status.UNSURE],
        watch=taken[Status.RENDERING],
        download=taken[Status.RENDERED],
        done=counts[Status.DONE],
        failed=counts[Status.FAILED],
        cancelled=counts[Status.CANCELLED],
        left_out=sum(counts[status] - taken[status] for status in OPEN),
    )


def quotes(store: Store, work: Work, unit: str | None) -> list[Quote]:
    """Price what a run would send: by each list that may hold, where nobody said what the account pays in."""
    lists = read_prices().fitting(work.api, unit)
    return estimate(store, work.number, lists, tally=work.tally)
