"""What an earlier process left under way when it ended: it may have been accepted, so it is doubted before all else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.status import Event, Status
from batchgen.pipeline.settle import doubt
from batchgen.store.interface import Change, Move

if TYPE_CHECKING:
    from batchgen.store.interface import Work


def interrupted(store: Work, now: float) -> list[Change]:
    """Give the changes that doubt every request that was under way."""
    left = store.interrupted()
    submissions = sorted({job.submission for job in left if job.submission is not None})
    return [
        *(doubt(store.submission(pk), "interrupted", now) for pk in submissions),
        *(Move(job=job.pk, old=Status.SENDING, event=Event.NO_ANSWER, at=now, detail="interrupted") for job in left),
    ]
