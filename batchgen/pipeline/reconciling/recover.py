"""What an earlier process left under way when it ended: it may have been accepted, so it is doubted before all else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.status import Event, Status
from batchgen.pipeline.settle import doubt
from batchgen.store.interface import Change, Move

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.store.interface import Work


def interrupted(store: Work, now: float) -> list[Change]:
    """Give the changes that doubt every request that was under way."""
    left = store.interrupted()
    submissions = sorted({job.submission for job in left if job.submission is not None})
    return [
        *(doubt(store.submission(pk), "interrupted", now) for pk in submissions),
        *(Move(job=job.pk, old=Status.SENDING, event=Event.NO_ANSWER, at=now, detail="interrupted") for job in left),
    ]


def outsiders(store: Work, run: int) -> Iterator[int]:
    """Give the jobs that share a submission with this run's, and that no row of it asks for any more.

    What is in doubt is settled whole, as it was sent: whatever becomes of them then, nobody of this run waits for it.
    """
    repeated = map(store.submission, store.to_repeat(run))
    for submission in (*store.unsure(run), *repeated):
        if len(submission.jobs) > 1:
            yield from store.others_of(submission, run)
