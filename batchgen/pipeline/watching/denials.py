"""Jobs that the server says it does not have: deleted there, or in another account than the one that is asked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from batchgen.pipeline.happened import Elsewhere

if TYPE_CHECKING:
    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context

#: How often, and for how long after its acceptance, the server may deny a job before it is believed.
DENIALS, DENIED_S = 5, 60.0
#: The code of a job that it goes on denying.
DENIED = "not_found"
#: What is told of such a job.
GONE = (
    "The server does not know this video any more: it was deleted, or it belongs to another account. With the key "
    "of that one, `batchgen adopt` of these results takes it back. `batchgen retry` makes it again, which costs again."
)


class Denials:
    """Counts how often each job was denied."""

    def __init__(self, run: Context) -> None:
        self._run = run
        self._of = Counter[int]()

    def over(self, job: Job) -> None:
        """Note that the server knows a job after all."""
        self._run.board.elsewhere.discard(job.pk)

    def is_gone(self, job: Job, now: float) -> bool:
        """Note one more denial; tell whether a job is to be given up.

        What was sent with the credentials of another account is left to it: it renders there, and is paid for.
        """
        self._of[job.pk] += 1
        if self._of[job.pk] < DENIALS or now - (job.submitted_at or now) < DENIED_S:
            return False
        if job.submission is None or self._run.store.submission(job.submission).may_be_known_to(self._run.account):
            return True
        if job.pk not in self._run.board.elsewhere:
            self._run.tell(Elsewhere(job=job.pk))
            self._run.board.leave(job.pk)
        return False
