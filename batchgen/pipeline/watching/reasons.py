"""Why jobs broke, where what told of many at once does not say: whoever is to mend a row wants the reason."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from batchgen.heygen.errors import ApiError
from batchgen.model.errors import TransportError
from batchgen.model.exchange import Stage
from batchgen.model.job import changed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.model.exchange import Progress
    from batchgen.model.job import Job
    from batchgen.pipeline.watching.ask import Asker


async def with_reasons(bare: Sequence[tuple[Job, Progress]], asker: Asker) -> list[tuple[Job, Progress]]:
    """Give jobs with what was said of them, and the reason of each as far as it is told to who asks about it alone."""
    said = await asyncio.gather(*(_with_reason(job, one, asker) for job, one in bare))
    return [(job, one) for (job, _), one in zip(bare, said, strict=True)]


async def _with_reason(job: Job, said: Progress, asker: Asker) -> Progress:
    remote_id = said.remote_id or job.remote_id
    if remote_id is None:
        return said
    try:
        alone = await asker.statuses([changed(job, remote_id=remote_id)])
    except (ApiError, TransportError):
        return said  # That it broke is known; it does not wait for the why.
    told = next((one for one in alone if one.remote_id == remote_id and one.stage is Stage.BROKEN), said)
    return said._replace(error_code=told.error_code, error=told.error, hold=told.hold)
