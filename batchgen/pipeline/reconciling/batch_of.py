"""Finds the batch that lost jobs stand in, by those of them that a list showed.

A list shows jobs, and neither what was refused of a batch nor the batch itself. The bulk status tells of which batch a
job is, and at which place: so what was found leads to the rest, and nothing is sent again to learn of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.heygen.errors import ApiError
from batchgen.model.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.model.job import Submission
    from batchgen.pipeline.context import Context


async def batch_of(run: Context, submission: Submission, found: Mapping[str, int]) -> str | None:
    """Give the id of the batch that a submission became; None: nothing tells it, or not yet.

    ``found`` are ids that jobs of it have, with their places in it: a row that tells another place is not believed.
    """
    if not submission.batched or not found:
        return None
    dialect, ids = run.dialects[submission.api], list(found)
    request = dialect.places(submission.kind, ids)
    try:
        rows = await run.caller.read(request, lambda reply: dialect.read_places(reply, asked=ids))
    except (ApiError, TransportError):
        return None  # It is asked again with the next look, and what was found meanwhile is kept.
    told = {row.batch_id for row in rows if row.batch_id and row.item == found[row.remote_id or ""]}
    return told.pop() if len(told) == 1 else None
