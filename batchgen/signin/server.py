"""The one file through which HeyGen's OAuth server is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from batchgen.model.address import is_loopback
from batchgen.model.errors import UnreachableError
from batchgen.model.exchange import Reply
from batchgen.model.network import UNREADABLE_PROXY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    #: Posts a form to an address and gives the reply. Raises ``UnreachableError``.
    Post = Callable[[str, str], Awaitable[Reply]]

#: Seconds for a whole exchange.
_PATIENCE_S = 30.0


async def post(url: str, form: str) -> Reply:
    """See Post."""
    local = is_loopback(httpx.URL(url).host)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        # A redirect is not followed: the form holds secrets. A proxy for the world outside is none for this machine.
        async with httpx.AsyncClient(timeout=_PATIENCE_S, follow_redirects=False, trust_env=not local) as client:
            reply = await client.post(url, content=form.encode(), headers=headers)
    except httpx.InvalidURL:
        raise UnreachableError(f"HeyGen's login server cannot be reached ({UNREADABLE_PROXY})") from None
    except httpx.HTTPError as error:
        # Without its cause, which holds the request and so what is in the form.
        reason = str(error) or type(error).__name__
        raise UnreachableError(f"HeyGen's login server cannot be reached ({reason.rstrip('.')})") from None
    return Reply(status=reply.status_code, headers=dict(reply.headers), body=reply.content)
