"""What the server says of ids that somebody else gives: asked in bulk where it can be, and never paid for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from batchgen.heygen.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.heygen.interface import Dialect
    from batchgen.model.exchange import Progress
    from batchgen.pipeline.call import Caller

#: Requests under way at once.
AT_ONCE = 4
#: How a server refuses to tell of many ids in one request: it has no such address, or denies all for one that is gone.
_REFUSED = frozenset({400, 404, 405, 501})


def refuses_many(answer: object) -> bool:
    """Tell whether a request for several ids was refused for what it is: each may be asked about by itself."""
    return isinstance(answer, ApiError) and answer.status in _REFUSED and answer.hold is None


async def statuses(caller: Caller, dialect: Dialect, kind: str, remote_ids: Sequence[str]) -> dict[str, Progress]:
    """Give what is said of each id; one that nothing is said of is left out. Raises ``ApiError``, ``TransportError``.

    An id that is asked for alone comes with its title and language, where its list has them.
    """
    room = asyncio.Semaphore(AT_ONCE)
    size = dialect.endpoint(kind).status_limit

    async def ask(ids: Sequence[str]) -> Sequence[Progress]:
        async with room:
            return await caller.read(
                dialect.status(kind, ids), lambda reply: dialect.read_status(kind, reply, asked=ids)
            )

    async def ask_all(ids: Sequence[str]) -> Sequence[Progress]:
        try:
            return await ask(ids)
        except ApiError as error:
            if len(ids) == 1 or not refuses_many(error):
                raise
        return [one for said in await asyncio.gather(*(ask([one]) for one in ids)) for one in said]

    chunks = [remote_ids[start : start + size] for start in range(0, len(remote_ids), size)]
    told = await asyncio.gather(*map(ask_all, chunks))
    return {one.remote_id: one for progress in told for one in progress if one.remote_id}
