"""Files a submission: it is on disk, whole and durable, before its request leaves. For every stage that spends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batchgen.model.job import changed
from batchgen.model.status import Event, Status
from batchgen.pipeline.sending.compose import compose, write
from batchgen.pipeline.sending.protect import is_protected, is_whole
from batchgen.pipeline.settle import apart, doubts
from batchgen.store.interface import Change, Move, OpenSubmission, UpdateSubmission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.model.exchange import Request
    from batchgen.model.job import Job, Submission
    from batchgen.pipeline.context import Context


class Filed(NamedTuple):
    """A submission that is on disk, and may leave."""

    submission: Submission
    jobs: Sequence[Job]  #: Those of its jobs that are being sent; none where it may not leave after all.
    request: Request


async def file_new(run: Context, pk: int, jobs: Sequence[Job]) -> Filed:
    """Make one submission of some jobs."""
    now, options = run.clock.now(), run.options
    dialect = run.dialects[options.api]
    submission, request = compose(pk, jobs, dialect, title_token=options.title_token, at=now, account=run.account)
    sent = [changed(job, submission=pk, item=item, status=Status.SENDING) for item, job in enumerate(jobs)]
    moves = [_send(run, job, submission, now) for job in sent]
    await run.logbook.write([OpenSubmission(submission=submission, run=run.number), *moves], durable=True)
    return Filed(submission, sent, request)


async def file_again(run: Context, pk: int) -> Filed:
    """Take up a submission exactly as it was; where it was not accepted and is not wanted whole, take it apart."""
    submission, members, now = run.store.submission(pk), run.store.members(pk), run.clock.now()
    dialect = run.dialects[submission.api]
    request = write(submission, members, dialect, title_token=run.options.title_token)
    jobs = _waiting(members, pk)
    sends = [_send(run, job, submission, now) for job in jobs]
    jobs = [changed(job, status=Status.SENDING) for job in jobs]
    if submission.unsure_since is None and run.store.wanted_of(pk, run.number) < len(members):
        # Sent as it was, it would buy what was taken back since, or what no row of this run asks for any more.
        await run.logbook.write([*sends, *apart(jobs, now)], durable=True)
        return Filed(submission, [], request)
    keyed = is_protected(submission, dialect, now, account=run.account)
    if submission.unsure_since is None or (keyed and is_whole(run.store, submission)):
        await run.logbook.write([*_whose(submission, run.account), *sends], durable=True)
        return Filed(submission, jobs, request)
    # It was to be repeated under its key, and that protects it no more: it has grown too old meanwhile, is another
    # account's, or a person said of a part what became of it. It is looked for once more.
    await run.logbook.write([*sends, *doubts(submission, jobs, "key_expired", now)], durable=True)
    return Filed(submission, [], request)


def waiting_in(run: Context, pk: int) -> list[Job]:
    """Give the jobs of a submission that wait to be sent."""
    return _waiting(run.store.members(pk), pk)


def _waiting(members: Sequence[Job], pk: int) -> list[Job]:
    return [job for job in members if job.status is Status.PLANNED and job.submission == pk]


def _whose(submission: Submission, account: str) -> list[Change]:
    """Note whom it is sent to this time."""
    same = submission.account == account
    return [] if same else [UpdateSubmission(submission=submission.pk, facts={"account": account})]


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
