"""What a run came to, told from the store."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchgen.pipeline.happened import Asked, Elsewhere, Moved, Stalled, Uncaptioned
from batchgen.report.left import told_left
from batchgen.report.summary import Requests, Summary

if TYPE_CHECKING:
    from batchgen.model.exchange import Balance
    from batchgen.model.spending import Commitments
    from batchgen.pipeline.happened import Happening, Listener
    from batchgen.pipeline.money.quote import Quote
    from batchgen.pipeline.stop import Reason
    from batchgen.store.interface import Lines, Sheet, Spending, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a run was expected to cost, and what the account had before and after it."""

    quote: Quote
    before: Balance | None
    after: Balance | None

    @property
    def gone(self) -> float | None:
        """What the account has less than before, whoever spent it; None where that cannot be told."""
        if self.before is None or self.after is None or self.before.unit != self.after.unit:
            return None
        if self.before.remaining is None or self.after.remaining is None:
            return None
        return self.before.remaining - self.after.remaining


class Heard:
    """Keeps what the store does not of what happened in a run, and passes every fact on."""

    def __init__(self, tell: Listener) -> None:
        self._tell = tell
        self.requests: Counter[str] = Counter()  #: By purpose.
        self.stalled: dict[int, Stalled] = {}  #: Job → that it took far longer than is usual.
        self.elsewhere: set[int] = set()  #: Jobs that another account has.
        self.uncaptioned = 0  #: Videos that have no captions, or not all of them, though they were asked for.

    def hear(self, fact: Happening) -> None:
        """Take note of a fact."""
        match fact:
            case Asked():
                self.requests[fact.purpose.value] += 1
            case Stalled():
                self.stalled[fact.job] = fact
            case Elsewhere():
                self.elsewhere.add(fact.job)
            case Moved():
                self.elsewhere.discard(fact.job)
            case Uncaptioned():
                self.uncaptioned += 1
            case _:
                pass
        self._tell(fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What is known of a run when it ended."""

    number: int
    sheets: tuple[Sheet, ...]
    done_before: int
    heard: Heard
    reason: str | None = None
    bill: Bill | None = None
    besides: str | None = None  #: Results in a further format.


def exit_code(summary: Summary, reason: Reason | None) -> int:
    """Say how it ended, for scripts."""
    if reason is not None:
        return reason.exit_code
    if summary.failed or summary.unsure:
        return 1
    return 4 if summary.rendering else 0


def sum_up(store: Store, ending: Ending) -> Summary:
    """Count what became of the sheets' jobs."""
    asked = {name: ending.heard.requests[name] for name in Requests.__dataclass_fields__}
    sheets = [sheet.pk for sheet in ending.sheets]
    taken = store.commitments(sheets)
    dollars = store.commitments(sheets, "usd")
    audit = store.audit(sheets)
    bought: dict[str, Any] = {
        "accepted": audit.accepted,
        "found_again": audit.found,
        "adopted": audit.adopted,
        "sent_twice": audit.twice,
        "credits_held": sum(taken.held.values()),
    }
    money_too = {
        "usd": round(dollars.spent, 4),
        "usd_held": round(sum(dollars.held.values()), 4),
        "estimate": _estimate(store, ending),
        "balance": _balance(ending.bill),
    }
    return Summary.of(
        store.tally_of(sheets),
        run=ending.number,
        rows=sum(sheet.rows for sheet in ending.sheets),
        skipped=ending.done_before,
        requests=Requests(**asked),
        credits=None if taken.unpriced and not taken.spent else taken.spent,
        results=", ".join([*(sheet.results for sheet in ending.sheets), *filter(None, [ending.besides])]),
        **bought,
        more={**money_too, "stalled": _stalled(store, ending), **_odd(store, ending, taken, dollars)},
    )


def _odd(store: Spending, ending: Ending, taken: Commitments, dollars: Commitments) -> dict[str, Any]:
    """Tell what is not told of every run."""
    told = {
        "credits_left_behind": round(taken.left_behind, 4),
        "usd_left_behind": round(dollars.left_behind, 4),
        "left_behind": told_left(store.unfetched([sheet.pk for sheet in ending.sheets])),
        "unpriced": taken.unpriced + dollars.unpriced,
        "elsewhere": len(ending.heard.elsewhere),
        "uncaptioned": ending.heard.uncaptioned,
        "stopped": ending.reason,
    }
    return {name: value for name, value in told.items() if value}


def _stalled(store: Lines, ending: Ending) -> list[dict[str, Any]]:
    """Name the videos that took far longer than is usual, with how they stand now."""
    told: dict[int, dict[str, Any]] = {}
    stalled = ending.heard.stalled
    if not stalled:
        return []
    for line in store.lines_of(sorted(stalled)):
        fact = stalled[line.job.pk]
        told.setdefault(
            line.job.pk,
            {
                "row": line.row,
                "job": line.job.id,
                "id": fact.remote_id,
                "status": line.job.status.word,
                "waited_s": round(fact.waited_s),
                "usual_s": round(fact.usual_s),
            },
        )
    return list(told.values())


def _estimate(store: Spending, ending: Ending) -> list[dict[str, Any]]:
    """Hold what the run's finished videos were expected to cost against what they cost, one a unit."""
    return [
        {
            "unit": one.unit,
            "jobs": one.jobs,
            "low": round(one.low, 4) if one.jobs else None,
            "high": round(one.high, 4) if one.jobs else None,
            "charged": round(one.charged, 4) if one.jobs else None,
            "unknown": one.unknown,
            "unknown_charged": round(one.unknown_charged, 4) if one.unknown > one.unpriced else None,
            "unpriced": one.unpriced,
        }
        for one in store.outlays(ending.number)
    ]


def _balance(bill: Bill | None) -> dict[str, Any] | None:
    """Tell what the account had, for scripts."""
    if bill is None or bill.before is None:
        return None
    after = bill.after.remaining if bill.after else None
    gone = None if bill.gone is None else round(bill.gone, 4)
    return {"unit": bill.before.unit, "before": bill.before.remaining, "after": after, "spent": gone}
