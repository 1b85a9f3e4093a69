"""Files a submission: it is on disk, whole and durable, before its request leaves. For every stage that spends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.job import changed
from batchgen.model.status import Event, Status
from batchgen.pipeline.compose import compose
from batchgen.pipeline.protect import is_protected
from batchgen.pipeline.settle import doubts
from batchgen.store.interface import Move, OpenSubmission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.model.job import Job, Submission
    from batchgen.pipeline.context import Context


async def file_new(run: Context, pk: int, jobs: Sequence[Job]) -> tuple[Submission, list[Job]]:
    """Make one submission of some jobs."""
    now, options = run.clock.now(), run.options
    submission = compose(pk, jobs, run.dialects[options.api], title_token=options.title_token, at=now)
    sent = [changed(job, submission=pk, item=item, status=Status.SENDING) for item, job in enumerate(jobs)]
    moves = [_send(run, job, submission, now) for job in sent]
    await run.logbook.write([OpenSubmission(submission=submission, run=run.number), *moves], durable=True)
    return submission, sent


async def file_again(run: Context, pk: int) -> tuple[Submission, list[Job]]:
    """Take up a submission exactly as it was; give no jobs where it may not be sent after all."""
    submission = run.store.submission(pk)
    jobs = waiting_in(run, pk)
    now = run.clock.now()
    sends = [_send(run, job, submission, now) for job in jobs]
    jobs = [changed(job, status=Status.SENDING) for job in jobs]
    if submission.unsure_since is None or is_protected(submission, run.dialects[submission.api], now):
        await run.logbook.write(sends, durable=True)
        return submission, jobs
    # It was to be repeated under its key, and the key has grown too old meanwhile: it is looked for once more.
    await run.logbook.write([*sends, *doubts(submission, jobs, "key_expired", now)], durable=True)
    return submission, []


def waiting_in(run: Context, pk: int) -> list[Job]:
    """Give the jobs of a submission that wait to be sent."""
    members = run.store.members(pk)
    return [job for job in members if job.status is Status.PLANNED and job.submission == pk]


def _send(run: Context, job: Job, submission: Submission, at: float) -> Move:
    budget = run.budget
    expected = budget.expected(job)
    facts = {
        "api": submission.api,
        "submission": submission.pk,
        "item": job.item,
        "credits": budget.most(job),
        "unit": budget.list.unit,
        "expected_low": expected.low if expected else None,
        "expected_high": expected.high if expected else None,
    }
    return Move(job=job.pk, old=Status.PLANNED, event=Event.SEND, at=at, facts=facts, detail=submission.key)
