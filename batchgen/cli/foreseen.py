"""What a run would do, as facts for scripts; the words for people are made from them."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchgen.assembly.costing import told as priced
from batchgen.model.status import OPEN, Status
from batchgen.report.counts import by_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batchgen.assembly.foresight import Foresight
    from batchgen.model.exchange import Request
    from batchgen.model.job import Job
    from batchgen.pipeline.money.cost import PriceList, Range
    from batchgen.pipeline.money.quote import Priced, Quote
    from batchgen.pipeline.planning.schedule import Schedule
    from batchgen.pipeline.planning.survey import Judged
    from batchgen.store.interface import Sheet

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

#: Those of them for which something is sent.
SENT = ("new", "changed", "waiting")


class Costs:
    """What each job is expected to cost, by each list that may hold.

    Very many jobs cost the same: what they cost is kept once, and of each job only which of these it is.
    """

    def __init__(self) -> None:
        self._sorts: list[list[dict[str, Any]]] = [[]]
        self._known: dict[tuple[int, str, Range | None], int] = {}
        self._of = array("L")  #: By the job's number.

    def note(self, job: Priced, prices: PriceList, price: Range | None) -> None:
        """Note the price of a job by one list more."""
        if job.pk >= len(self._of):
            self._of.extend([0] * (job.pk + 1 - len(self._of)))
        before = self._of[job.pk]
        sort = self._known.setdefault((before, prices.name, price), len(self._sorts))
        if sort == len(self._sorts):
            low, high = (round(price.low, 4), round(price.high, 4)) if price else (None, None)
            self._sorts.append(
                [*self._sorts[before], {"unit": prices.unit, "list": prices.name, "low": low, "high": high}]
            )
        self._of[job.pk] = sort

    def of(self, pk: int) -> list[dict[str, Any]]:
        """Give what a job costs; nothing, where it is not sent."""
        return self._sorts[self._of[pk]] if pk < len(self._of) else []


@dataclass(frozen=True, slots=True)
class Few:
    """Lines of one sort: the first of them, and how many there are."""

    lines: Sequence[Mapping[str, Any]]
    count: int


def tell(found: Foresight, quotes: Sequence[Quote], time: Schedule | None) -> dict[str, Any]:
    """Tell all of it but the lines. What is not known is null, and never 0."""
    counts = found.census
    words = by_word(counts)
    would: Counter[str] = Counter()
    for status, word in DOES.items():
        would[word] += found.taken[status]
    left_out = sum(counts[status] for status in OPEN) - would.total()
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
        "manifests": [_manifest(found, sheet) for sheet in found.sheets],
    }


def lines(found: Foresight, costs: Costs) -> Iterator[dict[str, Any]]:
    """Tell every line, in order."""
    for sheet in found.sheets:
        for one in found.lines(sheet.pk):
            yield _line(sheet, one, found, costs)


def few(found: Foresight, verdict: str, most: int) -> Few:
    """Tell the first lines that mean one thing."""
    firsts = [(sheet, one) for sheet in found.sheets for one in found.few(sheet.pk, verdict, most)]
    count = sum(survey.counts()[verdict] for survey in found.surveys.values())
    return Few([_line(sheet, one, found, Costs()) for sheet, one in firsts[:most]], count)


def sent(found: Foresight) -> dict[str, int]:
    """Count what a run would send by what it means."""
    counts = _why(found)
    if sum(counts[word] for word in SENT) == found.taken[Status.PLANNED]:
        return {word: counts[word] for word in SENT}
    taken = Counter(
        one.verdict
        for sheet in found.sheets
        for one in found.lines(sheet.pk)
        if _would(one, found) == DOES[Status.PLANNED]
    )
    return {word: taken[word] for word in SENT}


def shown(requests: Sequence[tuple[Sequence[Job], Request]], found: Foresight) -> list[dict[str, Any]]:
    """Give requests as they would leave. The API key is added by whoever sends them, and is in none."""
    lines = (one for sheet in found.sheets for one in found.lines(sheet.pk))
    rows = {one.at.pk: one.at.row for one in lines if one.verdict != "duplicate"} if requests else {}
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
    counts: Counter[str] = Counter()
    for survey in found.surveys.values():
        counts.update(survey.counts())
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


def _manifest(found: Foresight, sheet: Sheet) -> dict[str, Any]:
    kinds: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    for (kind, language, _), count in sorted(found.surveys[sheet.pk].census.items(), key=str):
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
        "cost": costs.of(at.pk) if one.verdict != "duplicate" else [],
    }
    if one.was is not None:
        told["was"] = {"row": one.was.row, "job_id": one.was.job_id, "status": one.was.status.word}
    return told


def _would(one: Judged, found: Foresight) -> str | None:
    """Give what the run does about a line; None: nothing."""
    if one.verdict == "duplicate" or not found.takes(one.at):
        return None
    return DOES.get(one.at.status)


def counted(counts: Mapping[str, int], most: int) -> str:
    """Name sorts of videos, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    named = [f"{word} {count:,}" for word, count in ordered[:most]]
    rest = len(ordered) - len(named)
    return ", ".join([*named, f"and {rest} more"] if rest > 0 else named)
