"""What HeyGen says of one video, whoever had it made."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from batchgen.assembly.asking import asking
from batchgen.heygen import DIALECTS
from batchgen.heygen.errors import ApiError
from batchgen.model.errors import TransportError, UnreachableError
from batchgen.model.exchange import Stage
from batchgen.pipeline.watching.statuses import statuses

if TYPE_CHECKING:
    from batchgen.model.exchange import Progress
    from batchgen.settings import Account


#: A kind of each list that a generation keeps by ids of its own: an id tells nothing of which it is in.
_LISTS = {"v3": ("video", "translation", "lipsync"), "v2": ("video", "translation")}


def look_at(account: Account, api: str, remote_id: str) -> Progress | None:
    """Ask what has become of a video, whatever made it; None: the account has none of this id.

    Raises ``UnreachableError`` and ``CredentialsError``.
    """
    try:
        return asyncio.run(_look_at(account, api, remote_id))
    except (ApiError, TransportError) as error:
        raise UnreachableError(f"{account.base_url} gave no answer that can be used ({error}).") from error


async def _look_at(account: Account, api: str, remote_id: str) -> Progress | None:
    async with asking(account, api) as caller:
        for kind in _LISTS[api]:
            found = (await statuses(caller, DIALECTS[api], kind, [remote_id])).get(remote_id)
            if found is not None and found.stage is not Stage.UNKNOWN:
                return found
    return None
