"""What a person knows and batchgen does not: which id a job has, or that it was never accepted. Pure.

Rule: a job that may have been accepted leaves its doubt by a person's word alone where no evidence is to be had, and
that word is kept with the attempts as what it is. A job that is said to be absent is a new purchase from then on, with
a new key: under its old one a server may go on answering with what it answered before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchgen.model.history import Attempt
from batchgen.model.job import FORGOTTEN, Submission
from batchgen.model.naming import digest, token
from batchgen.model.status import Event, Status
from batchgen.store.interface import Change, KeepFile, Move, OpenSubmission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.model.job import Job

#: States from which a job can be taken for accepted.
ADOPTABLE = frozenset({Status.PLANNED, Status.UNSURE, Status.FAILED, Status.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An id that a person gives a job."""

    job: Job
    remote_id: str  #: Theirs.
    source: str  #: Who says so: a file and row, or a command.
    file: KeepFile | None = None  #: Its video, where it was saved before and is whole.
    video_url: str | None = None
    duration_s: float | None = None


def adopt(
    claim: Claim,
    *,
    pk: int,
    api: str,
    credits: float | None,  # noqa: A002 - what they are
    unit: str,
    at: float,
) -> list[Change]:
    """Give the changes that make a job accepted under its id, and done where its video is at hand.

    ``pk`` is the number of the submission to open where the job is in none; ``credits`` are what it may have cost, in
    the ``unit`` that its account pays in.
    """
    job, changes = claim.job, list[Change]()
    if job.status in {Status.FAILED, Status.CANCELLED}:
        changes.append(_move(job, job.status, Event.RETRY, at, _anew(job), claim.source))
    if job.status is not Status.UNSURE:
        submission = _opened(claim, pk, api, at)
        facts = {"api": api, "submission": pk, "item": 0, "credits": credits, "unit": unit}
        changes += [
            OpenSubmission(submission=submission, run=0),
            _move(job, Status.PLANNED, Event.SEND, at, facts, submission.key),
        ]
        old = Status.SENDING
    else:
        pk, old = job.submission or 0, Status.UNSURE
    facts = {"remote_id": claim.remote_id, "submitted_at": at, "due_at": at, "polls": 0}
    return [
        *changes,
        _said(pk, "adopted", at, claim.source, claim.remote_id),
        _move(job, old, Event.ACCEPTED, at, facts, f"{claim.remote_id}, says {claim.source}"),
        *_finished(claim, at, credits),
    ]


def absent(jobs: Sequence[Job], at: float, source: str) -> list[Change]:
    """Give the changes that plan jobs anew, each as a purchase of its own: unsure ones, and those out of reach."""
    submissions = sorted({job.submission for job in jobs if job.submission is not None})
    return [
        *(_said(pk, "absent", at, source) for pk in submissions),
        *(move for job in jobs for move in _planned_anew(job, at, source)),
    ]


def _planned_anew(job: Job, at: float, source: str) -> list[Change]:
    if job.status is Status.UNSURE:
        return [_move(job, Status.UNSURE, Event.ABSENT, at, _anew(job), source)]
    return [
        _move(job, Status.RENDERING, Event.BROKEN, at, {}, source),
        _move(job, Status.FAILED, Event.RETRY, at, _anew(job), source),
    ]


def _anew(job: Job) -> dict[str, Any]:
    return {**FORGOTTEN, "round": job.round + 1}


def _opened(claim: Claim, pk: int, api: str, at: float) -> Submission:
    """Make the record of a request that batchgen did not send itself, so that its id has a place like any other."""
    job = claim.job
    return Submission(
        pk=pk,
        api=api,
        kind=job.kind,
        jobs=(job.id,),
        tokens=(token(job.id, job.round),),
        key=f"adopted-{digest(job.id, job.round, claim.remote_id)}",
        batched=False,
        body_digest="",
        created_at=at,
    )


def _finished(claim: Claim, at: float, credits: float | None) -> list[Change]:  # noqa: A002
    if claim.file is None:
        return []
    ready = {"video_url": claim.video_url, "duration_s": claim.duration_s, "credits": credits}
    return [
        _move(claim.job, Status.RENDERING, Event.READY, at, ready, claim.remote_id),
        claim.file,
        _move(claim.job, Status.RENDERED, Event.SAVED, at, {"finished_at": at}, claim.file.path),
    ]


def _said(submission: int, outcome: str, at: float, source: str, remote_id: str = "") -> Attempt:
    facts: dict[str, Any] = {"message": source, "remote_ids": remote_id}
    return Attempt(submission=submission, purpose="person", at=at, took_s=0.0, outcome=outcome, **facts)


def _move(job: Job, old: Status, event: Event, at: float, facts: dict[str, Any], detail: str) -> Move:  # noqa: PLR0917
    return Move(job=job.pk, old=old, event=event, at=at, facts=facts, detail=detail)
