"""What a pass over the account's list showed of the jobs from here that it has to show by now. Pure.

Rule: a list that keeps those from us proves nothing of what else is not in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchgen.pipeline.watching.marks import marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batchgen.model.exchange import Progress
    from batchgen.model.job import Job

_BARE = (
    "the account's list shows videos that were sent from here without the tokens that their titles had, so not finding "
    "it there proves nothing: look at HeyGen, and `batchgen resolve` takes what you found"
)
_GAPS = (
    "the account's list lacks videos that were accepted long before, so not finding it there proves nothing: look at "
    "HeyGen, and `batchgen resolve` takes what you found"
)


@dataclass(slots=True)
class Shown:
    """Ids of its rows, from the time that matters on."""

    ids: set[str] = field(default_factory=set)
    unmarked: set[str] = field(default_factory=set)  #: Those whose titles carry no token.

    def take(self, rows: Sequence[Progress], oldest: float) -> None:
        """Take in a page; ``oldest`` is when that time began, in epoch seconds."""
        for row in rows:
            if row.remote_id and (row.created_at is None or row.created_at >= oldest):
                self.ids.add(row.remote_id)
                if not marks([row]):
                    self.unmarked.add(row.remote_id)

    def doubt(self, accepted: Iterable[Job], *, bare: bool, oldest: float, until: float) -> str | None:
        """Say why it proves nothing, if it does not.

        ``bare``: whether unmarked ids are those of jobs that left with a token. Of the ``accepted``, which it does not
        show, those from the time that matters have to be there that were accepted by ``until``; where it shows nothing
        at all, each of them has.
        """
        if bare:
            return _BARE
        since = oldest if self.ids else -math.inf
        return _GAPS if any(since <= (job.submitted_at or 0.0) <= until for job in accepted) else None
