"""The end of a command: its summary in words or JSON, and its exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from batchgen.cli import money
from batchgen.assembly.ending import Ending, exit_code, sum_up
from batchgen.model.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.model.exchange import Balance
    from batchgen.pipeline.happened import Stalled
    from batchgen.pipeline.quote import Quote
    from batchgen.pipeline.stop import Reason
    from batchgen.report.summary import Summary
    from batchgen.report.table import Failure
    from batchgen.store.interface import Store


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What is known of a run when it ended."""

    number: int
    sheets: tuple[Sheet, ...]
    done_before: int
    requests: Counter[str]
    reason: str | None = None
    left_unsure: Mapping[int, int] = field(default_factory=dict)
    stalled: Mapping[int, Stalled] = field(default_factory=dict)  #: Job → that it took far longer than is usual.
    bill: Bill | None = None
    uncaptioned: int = 0  #: Videos that have no captions, or not all of them, though they were asked for.
    besides: str | None = None  #: Results in a further format.
__all__ = ["Ending", "close", "exit_code", "sum_up"]


def close(store: Store, ending: Ending, *, as_json: bool, at: float) -> Summary:
    """Sum a run up, note its end in the store, and tell it."""
    summary = sum_up(store, ending)
    store.end_run(ending.number, outcome=ending.reason or "ended", summary=summary.to_dict(), at=at)
    if as_json:
        click.echo(summary.to_json())
    else:
        _show(store, ending, summary)
    return summary


def sum_up(store: Store, ending: Ending) -> Summary:
    """Count what became of the sheets' jobs."""
    counts: Counter[Status] = Counter()
    for sheet in ending.sheets:
        counts.update(store.sheet_tally(sheet.pk))
    asked = {name: ending.requests[name] for name in Requests.__dataclass_fields__}
    sheets = [sheet.pk for sheet in ending.sheets]
    taken = store.commitments(sheets)
    dollars = store.commitments(sheets, "usd")
    audits = [store.audit(sheet.pk) for sheet in ending.sheets]
    bought: dict[str, Any] = {
        "accepted": sum(one.accepted for one in audits),
        "found_again": sum(one.found for one in audits),
        "adopted": sum(one.adopted for one in audits),
        "sent_twice": sum(one.twice for one in audits),
        "credits_held": sum(taken.held.values()),
    }
    money_too = {
        "usd": round(dollars.spent, 4),
        "usd_held": round(sum(dollars.held.values()), 4),
        "estimate": _estimate(store, ending),
        "balance": _balance(ending.bill),
    }
    return Summary.of(
        counts,
        run=ending.number,
        rows=sum(sheet.rows for sheet in ending.sheets),
        skipped=ending.done_before,
        requests=Requests(**asked),
        credits=taken.spent,
        results=", ".join(sheet.results for sheet in ending.sheets),
        credits=spent,
        results=", ".join([*(sheet.results for sheet in ending.sheets), *filter(None, [ending.besides])]),
        **bought,
        more=money_too | {"stalled": _stalled(store, ending)} | ({"stopped": ending.reason} if ending.reason else {}),
        more=({"uncaptioned": ending.uncaptioned} if ending.uncaptioned else {})
        | ({"stopped": ending.reason} if ending.reason else {}),
    )


def _stalled(store: Store, ending: Ending) -> list[dict[str, Any]]:
    """Name the videos that took far longer than is usual, with how they stand now."""
    told: dict[int, dict[str, Any]] = {}
    if not ending.stalled:
        return []
    for line in store.lines_of(sorted(ending.stalled)):
        fact = ending.stalled[line.job.pk]
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


def _estimate(store: Store, ending: Ending) -> list[dict[str, Any]]:
    """Hold what the run's finished videos were expected to cost against what they cost, one a unit."""
    return [
        {
            "unit": one.unit,
            "jobs": one.jobs,
            "low": round(one.low, 4) if one.jobs else None,
            "high": round(one.high, 4) if one.jobs else None,
            "charged": round(one.charged, 4) if one.jobs else None,
            "unknown": one.unknown,
            "unknown_charged": round(one.unknown_charged, 4) if one.unknown else None,
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


def _bill(summary: Summary) -> list[str]:
    """Say what the videos cost, beside what was expected of them."""
    lines = []
    for one in summary.more.get("estimate", ()):
        unit = one["unit"]
        cost = (one["charged"] or 0.0) + (one["unknown_charged"] or 0.0)
        parts = [f"cost: {money.amount(cost, unit)} by their lengths and the price list"]
        if one["jobs"]:
            known = f"{money.between(one['low'], one['high'], unit)} expected"
            parts.append(known if not one["unknown"] else f"{known} of {one['jobs']:,}, nothing known of the others")
        else:
            parts.append("nothing was known before")
        balance = summary.more.get("balance")
        if balance and balance["spent"] is not None and balance["unit"] == unit:
            parts.append(f"the account has {money.amount(balance['spent'], unit)} less")
        lines.append("; ".join(parts) + ".")
    return lines


def exit_code(summary: Summary, reason: Reason | None) -> int:
    """Say how it ended, for scripts."""
    if reason is not None:
        return reason.exit_code
    if summary.failed or summary.unsure:
        return 1
    return 4 if summary.rendering else 0


def _show(store: Store, ending: Ending, summary: Summary) -> None:
    from batchgen.report.table import show  # noqa: PLC0415 - rich is for those who look

    troubled = summary.failed or summary.unsure or summary.rendering
    notes = [ending.reason] if ending.reason else _advice(summary)
    failed = failures(store, ending) if troubled else ()
    show(summary, to=sys.stdout, failures=failed, notes=[*_bill(summary), *notes])
    if ending.uncaptioned:
        notes.append(
            f"{ending.uncaptioned:,} without captions: HeyGen gave none. `batchgen refresh` asks for them again."
        )
    show(summary, to=sys.stdout, failures=_failures(store, ending) if troubled else (), notes=notes)


def _advice(summary: Summary) -> list[str]:
    """Say what can be done next, where something is left."""
    advice = []
    if summary.failed:
        advice.append("What failed is not sent again by itself: `batchgen retry` does, and costs again.")
    if summary.rendering:
        advice.append("The same command goes on with what is still rendering.")
    return advice


def failures(store: Store, ending: Ending) -> Iterator[Failure]:
    """Give what failed, line by line."""
    from batchgen.report.table import Failure  # noqa: PLC0415 - see above

    for sheet in ending.sheets:
        for line in store.lines(sheet.pk):
            if line.job.status is Status.FAILED or (line.job.error and line.job.status is Status.RENDERED):
                yield Failure(row=line.row, error=line.job.error or "", code=line.job.error_code or "")
