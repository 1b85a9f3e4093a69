"""The life of one row, as a person reads it: each attempt, wait, key, id, cost and file, in order, with times. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from batchgen.model.status import Event
from batchgen.report.amounts import in_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchgen.model.history import Attempt, History, Kept, Passed
    from batchgen.model.job import Job, Submission
    from batchgen.model.session import Occurrence

#: Waits shorter than this, in seconds, are not worth a word.
SHORT_S = 2.0

#: What became of a request, in words.
_OUTCOMES = {
    ("create", "accepted"): "accepted",
    ("create", "held_back"): "not taken, and to be sent again",
    ("create", "refused"): "refused",
    ("create", "no_answer"): "no answer: it may have been accepted",
    ("look", "found"): "looked for in the account, and found",
    ("look", "empty"): "looked for in the account, and not found",
    ("person", "adopted"): "a person gave its id",
    ("person", "absent"): "a person said that it was never accepted",
}

#: Moves that tell something which no attempt tells.
_MOVES = {
    Event.SEND: "sent",
    Event.ABSENT: "taken for absent: it may be sent again",
    Event.READY: "rendered",
    Event.BROKEN: "its render failed",
    Event.SAVED: "saved",
    Event.LINK_EXPIRED: "its link had expired: asked for a new one",
    Event.CANCEL: "taken back",
    Event.RETRY: "to be tried again, as a new purchase",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happened to a row."""

    at: float  #: Epoch seconds.
    what: str
    detail: str = ""
    waited_s: float | None = None  #: Since the step before, where that is worth a word.

    def to_dict(self) -> dict[str, Any]:
        """Give it for scripts."""
        told = {"at": moment(self.at), "what": self.what, "detail": self.detail}
        return told | ({} if self.waited_s is None else {"waited_s": round(self.waited_s, 3)})


def life(history: History) -> list[Step]:
    """Tell a row's life from what is remembered of it."""
    steps = [*_told_by_moves(history), *map(_told, history.attempts), *map(_happened, history.occurrences)]
    steps.sort(key=lambda step: step.at)
    return list(_with_waits(steps))


def _told_by_moves(history: History) -> Iterator[Step]:
    sent = {one.key: one for one in history.submissions}
    for move in history.moves:
        detail = move.detail
        if move.event is Event.SEND:
            detail = _request(sent.get(move.detail), move.detail)
        elif move.event is Event.READY:
            detail = _made(history.job, move)
        elif move.event is Event.SAVED:
            detail = _saved(history.file, move)
        if what := _word(move):
            yield Step(at=move.at, what=what, detail=detail)


def _word(move: Passed) -> str | None:
    if move.event is Event.NO_ANSWER and move.detail == "interrupted":
        return "batchgen was stopped before a reply came: it may have been accepted"
    return _MOVES.get(move.event)


def _made(job: Job, move: Passed) -> str:
    seconds = "" if job.duration_s is None else f"{job.duration_s:g} s"
    cost = "" if job.credits is None else in_unit(f"{job.credits:g}", "credits")
    return ", ".join(filter(None, [move.detail, seconds, cost]))


def _saved(file: Kept | None, move: Passed) -> str:
    if file is None or file.size is None or file.path != move.detail:
        return move.detail
    by, _, digest = (file.digest or "").partition(":")
    return f"{file.path}, {file.size:,} bytes" + (f", {by} {digest[:16]}…" if digest else "")


def _request(submission: Submission | None, key: str) -> str:
    if submission is None:
        return f"key {key}"
    if key.startswith("adopted-"):
        return "by somebody else"
    alone = len(submission.jobs) == 1
    return f"{submission.api}, key {key}" + ("" if alone else f", in a batch of {len(submission.jobs)}")


def _told(one: Attempt) -> Step:
    what = _OUTCOMES.get((one.purpose, one.outcome), f"{one.purpose}: {one.outcome}")
    took = f"after {one.took_s:.1f} s" if one.took_s >= 0.1 else ""
    # Where no reply came there is no code of the server's to tell.
    code = "" if one.code == "no_reply" and one.message else one.code
    said = ": ".join(dict.fromkeys(filter(None, [code, one.message])))
    details = filter(None, [took, f"as {one.remote_ids}" if one.remote_ids else "", said])
    return Step(at=one.at + one.took_s, what=what, detail=", ".join(details))


def _happened(one: Occurrence) -> Step:
    what = one.what.replace("_", " ") + ("" if one.line is None else f", line {one.line}")
    return Step(at=one.at, what=f"session: {what}", detail=one.text.replace("\n", " "))


def _with_waits(steps: Sequence[Step]) -> Iterator[Step]:
    before: float | None = None
    for step in steps:
        waited = None if before is None else step.at - before
        long = waited is not None and waited >= SHORT_S
        yield Step(at=step.at, what=step.what, detail=step.detail, waited_s=waited if long else None)
        before = step.at


def moment(at: float) -> str:
    """Give a time as results have it, to the millisecond."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
