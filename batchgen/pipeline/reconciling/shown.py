"""What a pass over the account's list showed of the jobs from here that it has to show by now. Pure.

Rule: a list that keeps those from us proves nothing of what else is not in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from batchgen.pipeline.watching.marks import marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batchgen.model.exchange import Progress

_BARE = (
    "the account's list shows videos that were sent from here without the tokens that their titles had, so not finding "
    "it there proves nothing: look at HeyGen, and `batchgen resolve` takes what you found"
)
_GAPS = (
    "the account's list lacks videos that were accepted long before, so not finding it there proves nothing: look at "
    "HeyGen, and `batchgen resolve` takes what you found"
)


class Witness(NamedTuple):
    """A job that was accepted, and did not fail."""

    remote_id: str
    sent_at: float  #: When it was sent from here; -inf: never, so nobody knows how old its video is.
    accepted_at: float  #: When its id became known: one that got lost, or was given, may be much older. Epoch seconds.


@dataclass(slots=True)
class Shown:
    """Ids of its rows, from the time that matters on."""

    ids: set[str] = field(default_factory=set)
    unmarked: set[str] = field(default_factory=set)  #: Those whose titles carry no token.
    is_empty: bool = True  #: Whether it shows nothing at all, of no time.

    def take(self, rows: Sequence[Progress], oldest: float) -> None:
        """Take in a page; ``oldest`` is when that time began, in epoch seconds."""
        self.is_empty = self.is_empty and not rows
        for row in rows:
            if row.remote_id and (row.created_at is None or row.created_at >= oldest):
                self.ids.add(row.remote_id)
                if not marks([row]):
                    self.unmarked.add(row.remote_id)

    def doubt(self, *, ours: bool, accepted: Iterable[Witness], oldest: float, until: float) -> str | None:
        """Say why it proves nothing, if it does not.

        ``ours``: whether any of the unmarked ids is of a job that was sent from here. Of the ``accepted`` jobs, those
        from the time that matters have to be there that were accepted by ``until``; where it shows nothing at all, each
        of them has.
        """
        if ours:
            return _BARE
        since = -math.inf if self.is_empty else oldest
        due = (one.remote_id for one in accepted if one.sent_at >= since and one.accepted_at <= until)
        return _GAPS if any(one not in self.ids for one in due) else None
