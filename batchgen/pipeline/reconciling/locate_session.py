"""Finds a session again whose reply was lost, by when it was opened: sessions carry neither name nor token. Pure.

Nobody but who has its offer can start a session, so one whose reply was lost stays as new as it was opened, until its
idle limit ends it. Then the list shows it no more, though it was paid for: from there on nothing proves anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.errors import TransportError
from batchgen.model.exchange import Stage
from batchgen.pipeline.reconciling.skew import NO_SKEW

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchgen.model.exchange import Progress
    from batchgen.model.job import Job, Submission
    from batchgen.pipeline.reconciling.skew import Skew

#: Seconds by which the clocks of HeyGen and of this machine may differ beyond what was seen.
CLOCKS_DIFFER_S = 60.0
#: Seconds after which a session that is not listed was not opened, where nobody says otherwise.
SETTLE_S = 20.0


def find_sessions(
    rows: Iterable[Progress],
    missing: Mapping[str, Job],
    lost: Mapping[int, Submission],
    known: Iterable[str],
    skew: Skew = NO_SKEW,
) -> dict[str, Progress]:
    """Match open sessions that nobody knows to those that were lost; ``known`` are the ids of all others.

    Raises ``TransportError`` where there are more of them than were lost: which are ours cannot be told.
    """
    ours = set(known)
    candidates = [row for row in rows if row.stage is Stage.QUEUED and row.remote_id not in ours]
    found = [row for row in candidates if any(may_be(row, one, skew) for one in lost.values())]
    if len(found) > len(missing):
        raise TransportError(
            f"{len(found)} {'sessions are' if len(found) != 1 else 'session is'} open in the account that batchgen "
            f"does not know, and {len(missing)} of them may be its own: it waits until they end"
        )
    return dict(zip(missing, found, strict=False))


def still_shows(submission: Submission, job: Job, looked_at: float) -> bool:
    """Whether a look that began then would have shown the session, if it had been opened."""
    return looked_at < submission.created_at + float(job.content["idle_timeout"])


def may_be(session: Progress, lost: Submission, skew: Skew = NO_SKEW) -> bool:
    """Whether a session was opened while this request was under way."""
    if session.created_at is None:
        return True
    since = lost.created_at - CLOCKS_DIFFER_S - skew.ahead_s
    until = (lost.unsure_since or lost.created_at) + CLOCKS_DIFFER_S + skew.behind_s
    return since <= session.created_at <= until
