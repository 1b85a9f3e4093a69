"""Sees to it that an id is taken for one request's alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.exchange import Accepted, NoAnswer, Outcome

if TYPE_CHECKING:
    from batchgen.model.job import Submission

#: More ids than come while a connection is kept: a reply that is heard a second time was heard shortly before.
_KEPT = 10_000


class Given:
    """The ids that the latest replies gave, and for which request each.

    A server, or what stands before it, may send a reply once more, and it is read as the one to the next request.
    Taken at its word, two rows would have one video, and the other be paid for and never fetched.
    """

    def __init__(self) -> None:
        self._given: dict[str, int] = {}  #: An id → the submission that it was given for, the oldest first.

    def checked(self, submission: Submission, outcome: Outcome) -> Outcome:
        """Give the outcome; no answer in its place where it brings what another request was given."""
        if not isinstance(outcome, Accepted):
            return outcome
        ids = [one for one in (outcome.batch_id, *outcome.remote_ids) if one]
        if any(self._given.get(one, submission.pk) != submission.pk for one in ids):
            return NoAnswer(code="heard_before", message="The reply is the one to another request.")
        self._given |= dict.fromkeys(ids, submission.pk)
        while len(self._given) > _KEPT:
            del self._given[next(iter(self._given))]
        return outcome
