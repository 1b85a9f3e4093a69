"""Posts events to the endpoints that were registered, over real HTTP, and asks an address before it is taken."""

import asyncio
from collections.abc import Callable

import httpx

from batchgen.sandbox.hooks import Hooks, Post

#: HeyGen waits so many seconds for the reply to its OPTIONS.
PROBE_S = 1.0
_POST_S = 10.0  # seconds for a reply to an event
_GLANCE_S = 0.02  # seconds between two looks at whether something is due
_AT_ONCE = 64


async def reaches(url: str) -> bool:
    """Tell whether an address answers an OPTIONS in time."""
    try:
        async with asyncio.timeout(PROBE_S), httpx.AsyncClient(trust_env=False) as client:
            return (await client.options(url)).is_success
    except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError):
        return False


async def announce(hooks: Callable[[], Hooks]) -> None:
    """Post whatever falls due, for ever; `hooks` gives those of the account, which may be reset."""
    room, posting = asyncio.Semaphore(_AT_ONCE), set[asyncio.Task[None]]()
    limits = httpx.Limits(max_connections=_AT_ONCE, max_keepalive_connections=_AT_ONCE)
    async with httpx.AsyncClient(trust_env=False, timeout=_POST_S, limits=limits) as client:
        while True:
            for post in hooks().due():
                task = asyncio.create_task(_post(client, room, post, hooks()))
                posting.add(task)
                task.add_done_callback(posting.discard)
            await asyncio.sleep(_GLANCE_S)


async def _post(client: httpx.AsyncClient, room: asyncio.Semaphore, post: Post, hooks: Hooks) -> None:
    async with room:
        try:
            status = (await client.post(post.url, content=post.body, headers=post.headers)).status_code
        except (httpx.HTTPError, OSError):
            status = 0
    hooks.counts["taken" if 200 <= status < 300 else "turned_away" if status else "unreached"] += 1
