"""What a run would do, as facts for scripts; the words for people are made from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batchgen.assembly.costing import told as priced
from batchgen.model.status import OPEN, Status
from batchgen.report.summary import by_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchgen.assembly.foresight import Foresight
    from batchgen.model.exchange import Request
    from batchgen.model.job import Job
    from batchgen.pipeline.cost import PriceList, Range
    from batchgen.pipeline.quote import Quote
    from batchgen.pipeline.schedule import Schedule
    from batchgen.pipeline.survey import Judged
    from batchgen.store.interface import Sheet, Store

#: What a run does with the jobs it takes, by their state.
DOES = {
    Status.PLANNED: "send",
    Status.SENDING: "look_for",
    Status.UNSURE: "look_for",
    Status.RENDERING: "watch",
    Status.RENDERED: "download",
}

#: Why a line is there, in the order in which they are told.
VERDICTS = ("new", "changed", "waiting", "under_way", "done", "failed", "cancelled", "duplicate")


@dataclass(slots=True)
class Costs:
    """What each job is expected to cost, by each list that may hold."""

    each: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def note(self, job: Job, prices: PriceList, price: Range | None) -> None:
        """Note the price of a job."""
        amount = {"low": round(price.low, 4), "high": round(price.high, 4)} if price else {"low": None, "high": None}
        self.each.setdefault(job.pk, []).append({"unit": prices.unit, "list": prices.name, **amount})


def tell(
    store: Store, found: Foresight, quotes: Sequence[Quote], time: Schedule | None, costs: Costs
) -> dict[str, Any]:
    """Tell all of it. What is not known is null, and never 0."""
    counts: Counter[Status] = Counter()
    for sheet in found.sheets:
        counts.update(store.sheet_tally(sheet.pk))
    words = by_word(counts)
    would: Counter[str] = Counter()
    for status, word in DOES.items():
        would[word] += found.taken[status]
    # A job that two manifests share is taken once.
    left_out = sum(counts[status] for status in OPEN) - would.total() if len(found.sheets) == 1 else 0
    skip = {**{word: words[word] for word in ("done", "failed", "cancelled")}, "left_out": left_out}
    return {
        "rows": found.plan.rows,
        "jobs": sum(counts.values()),
        **words,
        "skipped": words["done"],
        "would": dict(would),
        "skip": skip,
        "why": _why(found),
        "sends": [_sort(kind, language, count) for (kind, language), count in sorted(found.sends.items(), key=_often)],
        "credits": next((priced(one) for one in quotes if one.unit == "credits" and one.known), None),
        "cost": [priced(one) for one in quotes],
        "time": _time(time),
        "manifests": [_manifest(store, sheet) for sheet in found.sheets],
        "lines": [_line(sheet, one, found, costs) for sheet in found.sheets for one in found.lines[sheet.pk]],
    }


def shown(requests: Sequence[tuple[Sequence[Job], Request]], found: Foresight) -> list[dict[str, Any]]:
    """Give requests as they would leave. The API key is added by whoever sends them, and is in none."""
    rows = {one.at.pk: one.at.row for judged in found.lines.values() for one in judged if one.verdict != "duplicate"}
    return [
        {
            "rows": [rows.get(job.pk) for job in jobs],
            "method": request.method,
            "path": request.path,
            "key": request.key,
            "body": request.body,
        }
        for jobs, request in requests
    ]


def _why(found: Foresight) -> dict[str, int]:
    counts = Counter(one.verdict for judged in found.lines.values() for one in judged)
    return {verdict: counts[verdict] for verdict in VERDICTS}


def _often(pair: tuple[tuple[str, str | None], int]) -> tuple[int, str, str]:
    (kind, language), count = pair
    return -count, kind, language or ""


def _sort(kind: str, language: str | None, count: int) -> dict[str, Any]:
    return {"kind": kind, "language": language, "jobs": count}


def _time(time: Schedule | None) -> dict[str, Any] | None:
    if time is None:
        return None
    return {
        "low_s": round(time.span.low),
        "high_s": round(time.span.high),
        "at_once": time.at_once,
        "at_once_from": time.at_once_from,
        "render_s": {
            kind: {
                "low": round(one.low, 1),
                "high": round(one.high, 1),
                "from": "observed" if kind in time.observed else "documents",
            }
            for kind, one in time.renders.items()
        },
    }


def _manifest(store: Store, sheet: Sheet) -> dict[str, Any]:
    kinds: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    for kind, language, _, count in store.census(sheet.pk):
        kinds[kind] += count
        if language:
            languages[language] += count
    return {
        "manifest": sheet.name,
        "rows": sheet.rows,
        "jobs": kinds.total(),
        "kinds": dict(kinds),
        "languages": dict(languages),
    }


def _line(sheet: Sheet, one: Judged, found: Foresight, costs: Costs) -> dict[str, Any]:
    at = one.at
    told: dict[str, Any] = {
        "manifest": sheet.name,
        "row": at.row,
        "job_id": at.job_id,
        "kind": at.kind,
        "language": at.language,
        "status": at.status.word,
        "is": one.verdict,
        "why": one.why,
        "would": _would(one, found),
        "cost": costs.each.get(at.pk, []) if one.verdict != "duplicate" else [],
    }
    if one.was is not None:
        told["was"] = {"row": one.was.row, "job_id": one.was.job_id, "status": one.was.status.word}
    return told


def _would(one: Judged, found: Foresight) -> str | None:
    """Give what the run does about a line; None: nothing."""
    if one.verdict == "duplicate" or one.at.pk not in found.chosen:
        return None
    return DOES.get(one.at.status)


def counted(counts: Mapping[str, int], most: int) -> str:
    """Name sorts of videos, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    named = [f"{word} {count:,}" for word, count in ordered[:most]]
    rest = len(ordered) - len(named)
    return ", ".join([*named, f"and {rest} more"] if rest > 0 else named)
