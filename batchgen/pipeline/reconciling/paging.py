"""Reads a list of the account page by page, to its end.

Rule: a list that was not read as far as it matters proves nothing. What goes wrong on the way is raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from batchgen.model.exchange import Page, Progress, Reply, Request
    from batchgen.pipeline.call import Caller

#: Pages without a row that a list may have one after the other, as where all of them were deleted.
BARE = 100


async def read_pages(
    caller: Caller, ask: Callable[[str | None], Request], understand: Callable[[Reply], Page]
) -> AsyncIterator[Sequence[Progress]]:
    """Give the rows of each page. Raises ``ApiError`` and ``TransportError``."""
    cursor: str | None = None
    read: set[str | None] = set()
    bare = 0  # Pages without a row, one after the other.
    while cursor not in read:
        read.add(cursor)
        page = await caller.read(ask(cursor), understand)
        yield page.rows
        bare = 0 if page.rows else bare + 1
        if bare > BARE and page.next_token is not None:
            raise TransportError("the server's list of jobs goes on and on in pages that hold nothing")
        if page.next_token is None:
            return
        cursor = page.next_token
    raise TransportError("the server's list of jobs leads back to a page that was read")
