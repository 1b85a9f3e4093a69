"""What an account has to make videos with: read once, kept for a while, and told with its age."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from batchgen.assembly.account import balance_of
from batchgen.assembly.desk import Desk, http
from batchgen.heygen import DIALECTS
from batchgen.heygen.errors import ApiError
from batchgen.model.errors import TransportError, UnreachableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from batchgen.assembly.shelves import Shelves
    from batchgen.model.catalogue import Item, Listing, Topic
    from batchgen.pipeline.happened import Listener
    from batchgen.settings import Account

T = TypeVar("T")


def age(seconds: float) -> str:
    """Say how long ago something was told."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "less than a minute ago"


def read_list(account: Account, topic: Topic, shelves: Shelves, *, tell: Listener | None = None) -> Listing:
    """Ask an account for a whole list, and keep it. Raises ``UnreachableError`` and ``CredentialsError``."""

    async def work(desk: Desk) -> Listing:
        return (await desk.listed(topic)).listing

    return _asked(account, shelves, work, tell)


def read_template(account: Account, name: str, shelves: Shelves, *, tell: Listener | None = None) -> Item:
    """Ask an account about a template, with its variables and its scenes. Raises ``UsageError`` where it has none."""
    found = _asked(account, shelves, lambda desk: desk.template(name), tell)
    if found is None:
        raise UsageError(f'The account has no template "{name}". `batchgen list templates` shows those it has.')
    return found


def _asked(
    account: Account, shelves: Shelves, work: Callable[[Desk], Coroutine[None, None, T]], tell: Listener | None
) -> T:
    async def ask() -> T:
        # Over a connection of its own: whoever is patient with lists need not be so with a server that never answers.
        await balance_of(account, shelves.api, tell=tell)
        async with http(account) as api:
            return await work(Desk(api, DIALECTS[shelves.api], shelves, tell=tell))

    try:
        return asyncio.run(ask())
    except (ApiError, TransportError) as error:
        raise UnreachableError(
            f"{account.base_url} gave no answer that can be used ({error}). Try again in a while."
        ) from error
