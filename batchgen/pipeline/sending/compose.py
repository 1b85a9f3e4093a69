"""Jobs → the submission and the request that send them. Pure, so that a plan shows exactly what a run would send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.heygen.interface import Keys
from batchgen.model.job import Parcel, Submission, changed
from batchgen.model.media import Asset, AssetState, digests, placed
from batchgen.model.naming import digest, submission_key, token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchgen.heygen.interface import Dialect
    from batchgen.model.exchange import Request
    from batchgen.model.job import Job
    from batchgen.pipeline.options import Options

#: The most jobs that any request holds (HeyGen's v3 reference: a batch of 100).
MOST = 100


def batch_size(job: Job, dialect: Dialect, options: Options) -> int:
    """Give how many jobs may go in one request with this one, itself included."""
    endpoint = dialect.endpoint(job.kind)
    if job.solo or options.batch == "never":
        return 1
    if options.batch == "auto" and endpoint.batch_keys is not Keys.KNOWN:
        return 1
    return endpoint.batch_limit


def goes_with(first: Job, other: Job) -> bool:
    """Tell whether two jobs may be in one request."""
    return other.kind == first.kind and not other.solo


def compose(
    pk: int, jobs: Sequence[Job], dialect: Dialect, *, title_token: bool, at: float, account: str = ""
) -> tuple[Submission, Request]:
    """Put jobs together as one submission, whole, before its request leaves; give it with that request."""
    kind, batched = jobs[0].kind, len(jobs) > 1
    tokens = tuple(token(job.id, job.round) for job in jobs)
    key = submission_key(dialect.name, kind, [(job.id, job.round) for job in jobs])
    request = dialect.create(_parcels(jobs, tokens, dialect, title_token=title_token), key=key, batched=batched)
    submission = Submission(
        pk=pk,
        api=dialect.name,
        kind=kind,
        jobs=tuple(job.id for job in jobs),
        tokens=tokens,
        key=key,
        batched=batched,
        body_digest=digest(request.body),
        created_at=at,
        account=account,
    )
    return submission, request


def write(submission: Submission, members: Sequence[Job], dialect: Dialect, *, title_token: bool) -> Request:
    """Write the request of a submission once more; ``members`` are all of its jobs, in its order."""
    parcels = _parcels(members, submission.tokens, dialect, title_token=title_token)
    return dialect.create(parcels, key=submission.key, batched=submission.batched)


def _parcels(jobs: Sequence[Job], tokens: Sequence[str], dialect: Dialect, *, title_token: bool) -> list[Parcel]:
    echoes = dialect.endpoint(jobs[0].kind).echoes_callback
    return [
        Parcel(
            kind=job.kind,
            content=job.content if job.assets is None else placed(job.content, job.assets),
            delivery=job.delivery,
            # In a callback id nobody sees a mark; in a title a person may not want it.
            token=mark if title_token or (echoes and "callback_id" not in job.delivery) else None,
        )
        for job, mark in zip(jobs, tokens, strict=True)
    ]


def _promised(job: Job, dialect: Dialect) -> Job:
    """Give a job as it will be once its files are uploaded: their ids are not known yet, so their contents stand in."""
    if job.assets is None:
        return job
    promised = {
        sha256: dialect.assets.media(job.kind, Asset(sha256=sha256, state=AssetState.OPENING, asset_id=mark, url=mark))
        for sha256 in digests(job.content)
        for mark in (f"uploaded first: sha256 {sha256}",)
    }
    return changed(job, assets=promised | dict(job.assets))


def preview(jobs: Sequence[Job], dialect: Dialect, options: Options) -> Iterator[tuple[Sequence[Job], Request]]:
    """Give the requests that jobs which were never sent go out with, in order, each with its jobs.

    What only shows while a run is on is left out: a budget that ends, a batch that turns out not to be welcome.
    """
    jobs = [_promised(job, dialect) for job in jobs]
    start = 0
    while start < len(jobs):
        first = jobs[start]
        most = batch_size(first, dialect, options)
        if options.concurrency is not None:
            most = min(most, options.concurrency)
        end = start + 1
        while end < min(start + most, len(jobs)) and goes_with(first, jobs[end]):
            end += 1
        members = jobs[start:end]
        _, request = compose(0, members, dialect, title_token=options.title_token, at=0.0)
        yield members, request
        start = end
