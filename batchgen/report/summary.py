"""What a run came to, in numbers: for scripts as JSON, for people as a sentence."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from batchgen.model.status import Status
from batchgen.report.amounts import in_unit
from batchgen.report.counts import by_word

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """How often the network was asked, by purpose."""

    create: int = 0
    status: int = 0
    list: int = 0
    download: int = 0
    upload: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The end of a run. The counts by state add up to ``jobs``."""

    run: int | None
    rows: int  #: Rows of the manifests.
    jobs: int  #: Distinct videos they ask for.
    done: int = 0
    failed: int = 0
    unsure: int = 0
    rendering: int = 0
    planned: int = 0
    cancelled: int = 0
    skipped: int = 0  #: Jobs that were done before the run began.
    requests: Requests = field(default_factory=Requests)
    credits: float | None = None  #: None: nobody told.
    results: str | None = None
    accepted: int = 0  #: Jobs that the server said it took; this and the next four are told by the attempts on disk.
    found_again: int = 0  #: Jobs whose reply was lost, and that were found in the account.
    adopted: int = 0  #: Jobs whose id a person gave.
    sent_twice: int = 0  #: Jobs that were bought a second time: 0, or something is very wrong.
    credits_held: float = 0.0  #: Set aside for what is in flight.
    more: Mapping[str, Any] = field(default_factory=dict)  #: Further keys of the JSON, such as who paused the run.

    @classmethod
    def of(cls, counts: Mapping[Status, int], *, run: int | None, rows: int, **facts: Any) -> Summary:
        """Sum up a run from its jobs by state."""
        told: dict[str, Any] = {**by_word(counts), **facts}
        if unsaved := counts.get(Status.RENDERED, 0):
            told["more"] = {**told.get("more", {}), "unsaved": unsaved}
        return cls(run=run, rows=rows, jobs=sum(counts.values()), **told)

    @property
    def unsaved(self) -> int:
        """Of those that are rendering, how many are ready, with their videos not saved."""
        return int(self.more.get("unsaved", 0))

    def to_dict(self) -> dict[str, Any]:
        """Give all of it under the names that scripts rely on."""
        facts = asdict(self)
        more = facts.pop("more")
        if self.credits is not None:
            facts["credits"] = round(self.credits, 4)
        facts["credits_held"] = round(self.credits_held, 4)
        return facts | {key: value for key, value in more.items() if key not in facts}

    def to_json(self) -> str:
        """Give it as one JSON object on one line."""
        return json.dumps(self.to_dict(), ensure_ascii=False)


def proof(summary: Summary) -> str:
    """Say what was bought, so that it can be held against a bill."""
    adopted = f"{summary.adopted:,} adopted, " if summary.adopted else ""
    return (
        f"{_many(summary.rows, 'row')}, {_many(summary.jobs, 'job')}: "
        f"{summary.accepted:,} accepted by the server, {summary.found_again:,} found again, {adopted}"
        f"{summary.sent_twice:,} sent twice, {summary.unsure:,} unsure; "
        f"{_spent(summary)}"
    )


def _spent(summary: Summary) -> str:
    """Say what was spent and is held, in each unit that was paid in."""
    usd, usd_held = float(summary.more.get("usd") or 0.0), float(summary.more.get("usd_held") or 0.0)
    unpriced = int(summary.more.get("unpriced") or 0)
    told = []
    if summary.credits or summary.credits_held or not (usd or usd_held or unpriced):
        told.append((in_unit(_amount(summary.credits or 0.0), "credits"), _amount(summary.credits_held)))
    if usd or usd_held:
        told.append((f"${usd:,.2f}", f"${usd_held:,.2f}"))
    none = {"0", "$0.00"}
    parts = [
        f"{spent} spent" + ("" if held in none else f", {held} held for what is under way") for spent, held in told
    ]
    if before := _left_behind(summary):
        parts.append(f"{before} spent before, on videos that no row asks for now")
    if unpriced:
        parts.append(f"the cost of {_many(unpriced, 'video')} is unknown")
    return "; ".join(parts)


def _left_behind(summary: Summary) -> str:
    """Say what was spent on videos whose rows were edited since, or that were made once more."""
    credits = float(summary.more.get("credits_left_behind") or 0.0)  # noqa: A001 - what they are
    usd = float(summary.more.get("usd_left_behind") or 0.0)
    told = (in_unit(_amount(credits), "credits") if credits else "", f"${usd:,.2f}" if usd else "")
    return " and ".join(filter(None, told))


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _amount(credits: float) -> str:  # noqa: A002 - what it is
    return f"{credits:,.2f}".rstrip("0").rstrip(".")


def sentence(summary: Summary) -> str:
    """Say how it ended."""
    if not summary.jobs:
        return "There was nothing to do."
    whole = f"{summary.done:,} of {summary.jobs:,} {'video is' if summary.jobs == 1 else 'videos are'} done"
    rest = [
        f"{count:,} {word}"
        for count, word in (
            (summary.failed, "failed"),
            (summary.unsure, "unsure"),
            (summary.rendering - summary.unsaved, "still rendering"),
            (summary.unsaved, "not saved"),
            (summary.planned, "not sent"),
            (summary.cancelled, "cancelled"),
        )
        if count
    ]
    return ", ".join([whole, *rest]) + "."
