"""The end of a command: its summary in words or JSON, and its exit code."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from batchgen.model.status import Status
from batchgen.report.summary import Requests, Summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchgen.pipeline.happened import Stalled
    from batchgen.pipeline.stop import Reason
    from batchgen.report.table import Failure
    from batchgen.store.interface import Sheet, Store


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
    spent, held = store.commitments([sheet.pk for sheet in ending.sheets])
    audits = [store.audit(sheet.pk) for sheet in ending.sheets]
    bought: dict[str, Any] = {
        "accepted": sum(one.accepted for one in audits),
        "found_again": sum(one.found for one in audits),
        "adopted": sum(one.adopted for one in audits),
        "sent_twice": sum(one.twice for one in audits),
        "credits_held": sum(held.values()),
    }
    return Summary.of(
        counts,
        run=ending.number,
        rows=sum(sheet.rows for sheet in ending.sheets),
        skipped=ending.done_before,
        requests=Requests(**asked),
        credits=spent,
        results=", ".join(sheet.results for sheet in ending.sheets),
        **bought,
        more={"stalled": _stalled(store, ending)} | ({"stopped": ending.reason} if ending.reason else {}),
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
    show(summary, to=sys.stdout, failures=failures(store, ending) if troubled else (), notes=notes)


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
