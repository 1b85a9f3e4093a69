"""Whether a request may be repeated although it may have been accepted: the one rule, for whoever sends or settles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.heygen.interface import Keys
from batchgen.pipeline.retry import KEY_WINDOW_S

if TYPE_CHECKING:
    from batchgen.heygen.interface import Dialect
    from batchgen.model.job import Submission


def is_protected(submission: Submission, dialect: Dialect, now: float, *, account: str) -> bool:
    """Whether sending the same request again is harmless even if it was accepted: its key is honoured, and known still.

    A clock that was set back is no reason to believe that a key is young, and what one account knows another does not.
    """
    if not submission.may_be_known_to(account):
        return False
    endpoint = dialect.endpoint(submission.kind)
    keys = endpoint.batch_keys if submission.batched else endpoint.keys
    return keys is Keys.KNOWN and 0 <= now - submission.created_at < KEY_WINDOW_S
