"""What an outcome means for a submission and its jobs, as changes to write. Pure: nothing is done here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.model.exchange import Accepted, HeldBack, NoAnswer, Outcome, Refused
from batchgen.model.history import Attempt
from batchgen.model.status import Event, Status
from batchgen.pipeline.retry import until_next_look
from batchgen.store.interface import Change, Move, UpdateSubmission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.model.exchange import Progress
    from batchgen.model.job import Job, Submission


def settle(
    outcome: Outcome,
    submission: Submission,
    jobs: Sequence[Job],
    *,
    sent_at: float,
    now: float,
    first_poll: float,
    took_s: float,
) -> list[Change]:
    """Give everything that is to be written once a send came back: the attempt, and each job's next state.

    ``jobs`` are the members that were SENDING, each with its place in the submission.
    """
    match outcome:
        case Accepted():
            return [
                _attempt(submission, sent_at, took_s, "accepted", remote_ids=_ids(outcome)),
                *_settled(submission, outcome),
                *(_accepted(outcome, job, now, first_poll) for job in jobs),
            ]
        case HeldBack():
            return [
                _attempt(submission, sent_at, took_s, "held_back", outcome.code or outcome.hold.value, outcome.message),
                *(_move(job, Event.HELD_BACK, now, {"credits": None}, outcome.hold.value) for job in jobs),
            ]
        case Refused():
            attempt = _attempt(submission, sent_at, took_s, "refused", outcome.code, outcome.message)
            if len(submission.jobs) > 1:
                return [attempt, *split(jobs, now)]
            return [attempt, *(_refused(outcome, job, now) for job in jobs)]
        case NoAnswer():
            return [
                _attempt(submission, sent_at, took_s, "no_answer", outcome.code, outcome.message),
                *doubts(submission, jobs, outcome.code, now),
            ]


def _settled(submission: Submission, outcome: Accepted) -> list[UpdateSubmission]:
    """Give what is new about a submission that was accepted: mostly nothing, and nothing need be written then."""
    facts: dict[str, Any] = {"batch_id": outcome.batch_id, "unsure_since": None, "last_code": None}
    known = {name: getattr(submission, name) for name in facts}
    return [UpdateSubmission(submission=submission.pk, facts=facts)] if facts != known else []


def split(jobs: Sequence[Job], now: float) -> list[Change]:
    """Take a batch apart that was refused as a whole: nothing of it was accepted, so each job may go alone.

    One bad row would otherwise fail the ninety-nine beside it.
    """
    alone: dict[str, Any] = {"submission": None, "item": None, "solo": True, "credits": None}
    return [_move(job, Event.HELD_BACK, now, alone, "batch refused") for job in jobs]


def apart(jobs: Sequence[Job], now: float) -> list[Change]:
    """Take a submission apart that was not accepted, and is not wanted whole any more: its jobs go in another one."""
    anew: dict[str, Any] = {"submission": None, "item": None, "credits": None}
    return [_move(job, Event.HELD_BACK, now, anew, "batch taken apart") for job in jobs]


def doubts(submission: Submission, jobs: Sequence[Job], code: str, now: float) -> list[Change]:
    """Hold jobs whose request may have been accepted, and begin to look for them."""
    return [doubt(submission, code, now), *(_move(job, Event.NO_ANSWER, now, detail=code) for job in jobs)]


def doubt(submission: Submission, code: str, now: float) -> UpdateSubmission:
    """Begin to look for a submission: from now, with every look still to come."""
    facts: dict[str, Any] = {"unsure_since": now, "looks": 0, "look_at": now + until_next_look(0)}
    if code.startswith("http_"):
        # The same failure again and again may be the first one, replayed for its key. Silence tells nothing of that.
        again = code == submission.last_code
        facts |= {"last_code": code, "repeats": submission.repeats + 1 if again else 0}
    return UpdateSubmission(submission=submission.pk, facts=facts)


def adopt(job: Job, found: Progress, now: float, first_poll: float) -> Move:
    """Take a job that was found in the account as what it is: accepted; its own id may come later than its batch's."""
    facts: dict[str, Any] = {
        "remote_id": found.remote_id,
        "batch_id": found.batch_id,
        "submitted_at": now,
        "due_at": now + first_poll,
        "polls": 0,
    }
    return _move(job, Event.ACCEPTED, now, facts, f"found again as {called(found)}")


def called(found: Progress) -> str:
    """Give what a job that was found is called: by its own id, or by its batch's."""
    return found.remote_id or f"{found.batch_id}"


#: What a job's history says of it where no download was asked for.
LINK_ONLY = "link only"


def saved(job: Job, now: float, detail: str) -> Move:
    """Take a video as saved; or its link, where that is all that was asked for."""
    facts = {"finished_at": now, "error_code": None, "error": None}
    return Move(job=job.pk, old=Status.RENDERED, event=Event.SAVED, at=now, facts=facts, detail=detail)


def _accepted(outcome: Accepted, job: Job, now: float, first_poll: float) -> Move:
    item = job.item or 0
    remote_id = outcome.remote_ids[item] if item < len(outcome.remote_ids) else None
    facts: dict[str, Any] = {
        "remote_id": remote_id,
        "batch_id": outcome.batch_id,
        "submitted_at": now,
        "due_at": now + first_poll,
        "polls": 0,
    }
    return _move(job, Event.ACCEPTED, now, facts, remote_id or f"batch {outcome.batch_id}, item {item}")


def _refused(outcome: Refused, job: Job, now: float) -> Move:
    facts = {"error_code": outcome.code, "error": outcome.message, "finished_at": now, "credits": None}
    return _move(job, Event.REFUSED, now, facts, outcome.code)


def _move(job: Job, event: Event, at: float, facts: dict[str, Any] | None = None, detail: str = "") -> Move:
    return Move(job=job.pk, old=job.status, event=event, at=at, facts=facts or {}, detail=detail)


def _attempt(  # noqa: PLR0917 - a row of the attempts table, in its order
    submission: Submission,
    at: float,
    took_s: float,
    outcome: str,
    code: str = "",
    message: str = "",
    remote_ids: str = "",
) -> Attempt:
    return Attempt(
        submission=submission.pk,
        purpose="create",
        at=at,
        took_s=took_s,
        outcome=outcome,
        code=code,
        message=message,
        remote_ids=remote_ids,
    )


def _ids(outcome: Accepted) -> str:
    return " ".join(one for one in (outcome.batch_id, *outcome.remote_ids) if one)
