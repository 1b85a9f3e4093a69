"""What an account has to make videos with: read once, kept for a while, and told with its age."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from batchgen.assembly.account import check_account
from batchgen.assembly.clock import CLOCK
from batchgen.assembly.desk import Desk, http
from batchgen.assembly.signing import fingerprint
from batchgen.assembly.state import open_store
from batchgen.heygen import DIALECTS
from batchgen.heygen.errors import ApiError
from batchgen.model.catalogue import Shelf
from batchgen.model.errors import StoreError, TransportError, UnreachableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from batchgen.model.catalogue import Item, Listing, Topic
    from batchgen.settings import Account

T = TypeVar("T")

#: Seconds for which a list is kept: lists change seldom, and what is new is found all the same.
KEPT_S = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where an account's lists are kept."""

    state: str
    realm: str
    owner: str
    api: str
    begins: bool = True  #: Whether a state file is made where there is none.

    def find(self, topic: Topic) -> Listing | None:
        """Give a list that was told not long ago; None where there is none."""
        if not self._is_there:
            return None
        with open_store(self.state) as store:
            listing = store.listing(self._shelf(topic))
        return listing if listing and 0 <= CLOCK.now() - listing.at < KEPT_S else None

    def keep(self, topic: Topic, listing: Listing) -> None:
        """Keep a list. It spares time and changes nothing, so it may fail."""
        if self.begins or self._is_there:
            with suppress(StoreError), open_store(self.state) as store:
                store.keep_listing(self._shelf(topic), listing)

    @property
    def _is_there(self) -> bool:
        from batchgen.store.engine import state_url  # noqa: PLC0415 - see ``open_store``

        return Path(str(state_url(self.state).database)).is_file()

    def _shelf(self, topic: Topic) -> Shelf:
        return Shelf(realm=self.realm, owner=self.owner, api=self.api, topic=topic.shelf)


def kept(state: str, *, realm: str, profile: str | None, api: str, begins: bool = True) -> Kept:
    """Say where the lists of an account are kept."""
    return Kept(state=state, realm=realm, owner=fingerprint(profile) or "", api=api, begins=begins)


def age(seconds: float) -> str:
    """Say how long ago something was told."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "less than a minute ago"


def read_list(account: Account, topic: Topic, shelves: Kept) -> Listing:
    """Ask an account for a whole list, and keep it. Raises ``UnreachableError`` and ``CredentialsError``."""

    async def work(desk: Desk) -> Listing:
        return (await desk.listed(topic)).listing

    return _asked(account, shelves, work)


def read_template(account: Account, name: str, shelves: Kept) -> Item:
    """Ask an account about a template, with its variables and its scenes. Raises ``UsageError`` where it has none."""
    found = _asked(account, shelves, lambda desk: desk.template(name))
    if found is None:
        raise UsageError(f'The account has no template "{name}". `batchgen list templates` shows those it has.')
    return found


def _asked(account: Account, shelves: Kept, work: Callable[[Desk], Coroutine[None, None, T]]) -> T:
    async def ask() -> T:
        async with http(account) as api:
            await check_account(api, DIALECTS[shelves.api], account)
            return await work(Desk(api, DIALECTS[shelves.api], shelves))

    try:
        return asyncio.run(ask())
    except (ApiError, TransportError) as error:
        raise UnreachableError(
            f"{account.base_url} gave no answer that can be used ({error}). Try again in a while."
        ) from error
