"""Takes back what was not sent yet. Pure: it says which jobs may be taken back, and counts those that may not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchgen.model.status import Event, Status
from batchgen.store.interface import Move

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from batchgen.model.job import Job, Submission

_UNDER_WAY = frozenset({Status.SENDING, Status.UNSURE, Status.RENDERING, Status.RENDERED})


@dataclass(slots=True)
class Withdrawal:
    """What is taken back, and how many jobs could not be."""

    moves: list[Move] = field(default_factory=list)
    doubtful: int = 0  #: Planned, and yet perhaps accepted before.
    sent: int = 0  #: Sent already, and not at their end.


def withdraw(jobs: Iterable[Job], submission: Callable[[int], Submission], at: float) -> Withdrawal:
    """Take back each planned job that was certainly not accepted.

    A job whose reply was lost may be planned again under the key that protects its repeat. Whether it was bought is
    known only once that repeat is answered: taken back before, and tried again later as a new purchase, it might be
    paid for twice.
    """
    done = Withdrawal()
    seen: set[int] = set()
    doubts: dict[int, bool] = {}
    for job in jobs:
        if job.pk in seen:
            continue
        seen.add(job.pk)
        if job.submission is not None and job.submission not in doubts:
            doubts[job.submission] = submission(job.submission).unsure_since is not None
        if job.status in _UNDER_WAY:
            done.sent += 1
        elif job.status is Status.PLANNED and job.submission is not None and doubts[job.submission]:
            done.doubtful += 1
        elif job.status is Status.PLANNED:
            done.moves.append(Move(job=job.pk, old=job.status, event=Event.CANCEL, at=at))
    return done
