"""Whether a request may be repeated although it may have been accepted: the one rule, for whoever sends or settles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.heygen.interface import Keys
from batchgen.pipeline.retry import KEY_WINDOW_S

if TYPE_CHECKING:
    from batchgen.heygen.interface import Dialect
    from batchgen.model.job import Job, Submission
    from batchgen.store.interface import Work


def is_protected(submission: Submission, dialect: Dialect, now: float, *, account: str) -> bool:
    """Whether sending the same request again is harmless even if it was accepted: its key is honoured, and known still.

    A clock that was set back is no reason to believe that a key is young, and what one account knows another does not.
    """
    if not submission.may_be_known_to(account):
        return False
    endpoint = dialect.endpoint(submission.kind)
    keys = endpoint.batch_keys if submission.batched else endpoint.keys
    return keys is Keys.KNOWN and 0 <= now - submission.created_at < KEY_WINDOW_S


def still_in(store: Work, submission: Submission) -> list[Job]:
    """Give the jobs that are still part of a submission.

    One that a person declared absent is bought in another one. And the id that a person gave may be of a video that was
    made elsewhere, as long as nothing else of the submission is found.
    """
    given = store.given_ids(submission.pk)
    members = store.members(submission.pk)
    return [job for job in members if job.submission == submission.pk and job.remote_id not in given]


def is_whole(store: Work, submission: Submission) -> bool:
    """Whether sending it again would buy nothing that was bought in another way since, whatever its key says."""
    return len(still_in(store, submission)) == len(submission.jobs)
