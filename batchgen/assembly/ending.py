"""What a run came to, told from the store."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batchgen.report.summary import Requests, Summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.model.status import Status
    from batchgen.pipeline.stop import Reason
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
    uncaptioned: int = 0  #: Videos that have no captions, or not all of them, though they were asked for.
    besides: str | None = None  #: Results in a further format.


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
        results=", ".join([*(sheet.results for sheet in ending.sheets), *filter(None, [ending.besides])]),
        **bought,
        more=({"uncaptioned": ending.uncaptioned} if ending.uncaptioned else {})
        | ({"stopped": ending.reason} if ending.reason else {}),
    )


def exit_code(summary: Summary, reason: Reason | None) -> int:
    """Say how it ended, for scripts."""
    if reason is not None:
        return reason.exit_code
    if summary.failed or summary.unsure:
        return 1
    return 4 if summary.rendering else 0
