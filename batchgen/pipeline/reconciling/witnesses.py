"""The run's own jobs that the account's list has to show: by these it is seen whether it proves anything."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from batchgen.model.nature import family
from batchgen.model.status import Status
from batchgen.pipeline.reconciling.shown import Witness

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from batchgen.heygen.interface import Dialect
    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context
    from batchgen.pipeline.reconciling.shown import Shown

#: States of jobs that a list has to show, and how many of each it is held against.
_ACCEPTED, WITNESSES = (Status.RENDERING, Status.RENDERED, Status.DONE), 100


class Witnesses:
    """Holds what a pass over a list showed against what it had to show."""

    def __init__(self, run: Context) -> None:
        self._run = run

    def doubt(self, dialect: Dialect, kind: str, shown: Shown, oldest: float) -> str | None:
        """Say why a list that was read as far back as ``oldest`` proves nothing, if it does not."""
        run = self._run
        until = run.clock.now() - run.options.settle_for(keyed=False)
        # One that is not known to show such jobs is judged by that, and a person may have said how long to look.
        accepted = self._accepted(dialect, kind) if dialect.endpoint(kind).titled else ()
        return shown.doubt(ours=self._sent(shown.unmarked), accepted=accepted, oldest=oldest, until=until)

    def _sent(self, ids: Collection[str]) -> bool:
        """Tell whether any of some ids is of a job that was sent from here: what a person gave had no token to lose."""
        store = self._run.store
        owners = store.owners(sorted(ids)) if ids else {}
        return any(self._sent_at(job) > -math.inf for job in store.jobs(sorted(set(owners.values()))))

    def _accepted(self, dialect: Dialect, kind: str) -> Iterator[Witness]:
        """Give some of the run's jobs that were accepted and did not fail, of those that one list shows."""
        for status in _ACCEPTED:
            for job in self._run.store.in_state(self._run.number, status, WITNESSES):
                if job.remote_id and job.api == dialect.name and family(job.kind) == family(kind):
                    yield Witness(job.remote_id, self._sent_at(job), job.submitted_at or 0.0)

    def _sent_at(self, job: Job) -> float:
        """Give when an accepted job was sent from here; -inf: a person gave it its id."""
        store = self._run.store
        if job.submission is None or job.remote_id in store.given_ids(job.submission):
            return -math.inf
        return store.submission(job.submission).created_at
