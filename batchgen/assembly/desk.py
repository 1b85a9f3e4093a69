"""Asks an account what it has: one by one where that can be done, else by its lists.

Rule: a kept list is good for finding something, never for missing it. What does not stand in one is asked about anew.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from batchgen.assembly.account import telling_of_silence
from batchgen.assembly.clock import CLOCK
from batchgen.heygen import DIALECTS
from batchgen.heygen.errors import ApiError
from batchgen.model.catalogue import Listing, Topic
from batchgen.model.errors import TransportError
from batchgen.pipeline.retry import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from batchgen.assembly.shelves import Shelves
    from batchgen.heygen.client import HttpApi
    from batchgen.heygen.interface import Api, Dialect
    from batchgen.model.catalogue import Item, ItemPage
    from batchgen.model.exchange import Reply, Request
    from batchgen.pipeline.happened import Listener
    from batchgen.settings import Account

T = TypeVar("T")

#: Requests under way at once: somebody else may be running on the same account.
AT_ONCE = 4
#: Pages of a list that are read at the most: 20,000 voices.
MOST_PAGES = 200
#: v2 tells all avatars in one reply, which is longer than any other, and takes longer to come.
_LONGEST, _PATIENCE_S = 512 * 2**20, 120.0
#: Bytes from which on a reply is read in a thread. Measured: 43 MB on the loop hold all else up for 0.86 s, in a
#: thread for 0.25 s, which is the JSON itself; a megabyte on the loop takes 20 ms.
_LARGE = 2**20


def http(account: Account) -> HttpApi:
    """Give the network to an account, wide enough for its longest list."""
    from batchgen.heygen.client import HttpApi  # noqa: PLC0415 - HTTP is for those who ask

    return HttpApi(account.base_url, account.credentials, longest=_LONGEST, read_timeout=_PATIENCE_S)


class _Open:
    """A list to look things up in."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.by_id = {item.id: item for item in listing.items}

    def find(self, topic: Topic, name: str) -> Item | None:
        """Give what is called so, if it is what was asked about."""
        item = self.by_id.get(name)
        return item if item and item.is_a(topic) else None


class Desk:
    """Asks an account about avatars, voices, templates and languages."""

    def __init__(self, api: Api, dialect: Dialect, shelves: Shelves, *, tell: Listener | None = None) -> None:
        self._api, self._dialect, self._shelves, self._tell = api, dialect, shelves, tell
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._chance = random.Random()
        self._kept: dict[Topic, _Open | None] = {}
        self._fresh: dict[Topic, asyncio.Task[_Open]] = {}
        self._silent: Counter[str] = Counter()
        self.oldest: float | None = None  #: When the oldest list was told that something was found in.

    async def items(self, wanted: Collection[tuple[Topic, str]]) -> dict[tuple[Topic, str], Item | None]:
        """Look all of them up. Those that nothing could be found out about are left out."""
        found: dict[tuple[Topic, str], Item | None] = {}

        async def one(topic: Topic, name: str) -> None:
            try:
                found[topic, name] = await self._find(topic, name)
            except (ApiError, TransportError) as error:
                self._silent[f"{topic.replace('_', ' ')}s could not be asked about ({error})"] += 1

        await asyncio.gather(*(one(*key) for key in sorted(wanted)))
        return found

    async def languages(self, spoken: Collection[str]) -> tuple[str, ...] | None:
        """Give every language that videos can be translated into; None where nobody told.

        A kept list will do where all that are ``spoken`` stand in it.
        """
        there = self._on_shelf(Topic.LANGUAGE)
        if there and there.by_id.keys() >= set(spoken):
            self._used(there)
            return tuple(there.by_id)
        try:
            return tuple((await self.listed(Topic.LANGUAGE)).by_id)
        except (ApiError, TransportError) as error:
            self._silent[f"the languages could not be asked for ({error})"] += 1
            return None

    async def template(self, name: str) -> Item | None:
        """Look a template up, with its scenes, which v2 does not tell; the key is good for v3 as well."""
        found = await self._looked_up(self._dialect, Topic.TEMPLATE, name)
        if found is None or found.scenes or self._dialect.name == "v3":
            return found
        with suppress(ApiError, TransportError):
            more = await self._looked_up(DIALECTS["v3"], Topic.TEMPLATE, name)
            if more is not None:
                ratio = found.aspect_ratio or more.aspect_ratio
                return replace(found, name=found.name or more.name, scenes=more.scenes, aspect_ratio=ratio)
        return found

    async def listed(self, topic: Topic) -> _Open:
        """Read a whole list, once however many ask for it. Raises ``ApiError`` and ``TransportError``."""
        if topic.shelf not in self._fresh:
            self._fresh[topic.shelf] = asyncio.create_task(self._read_whole(topic.shelf))
        return await self._fresh[topic.shelf]

    def notes(self) -> list[str]:
        """Say what could not be found out."""
        return [f"{text}{f', {count:,} of them' if count > 1 else ''}." for text, count in self._silent.items()]

    async def _find(self, topic: Topic, name: str) -> Item | None:
        # Lists of templates do not tell their variables.
        there = self._on_shelf(topic) if topic is not Topic.TEMPLATE else None
        if there and (item := there.find(topic, name)) and item.usable:
            self._used(there)
            return item
        found = await self._looked_up(self._dialect, topic, name)
        if found is not None:
            return found
        by_list = self._dialect.lookup(topic, name) is None
        # HeyGen shows the details of a voice in the fields of cloned ones: what is not there may be a public one.
        if (by_list or topic is Topic.VOICE) and (item := (await self.listed(topic)).find(topic, name)):
            return item
        # The lists of v2 leave some out; the key is good for v3 as well, which can be asked about one.
        return await self._looked_up(DIALECTS["v3"], topic, name) if by_list else None

    def _on_shelf(self, topic: Topic) -> _Open | None:
        if topic.shelf not in self._kept:
            listing = self._shelves.find(topic)
            self._kept[topic.shelf] = _Open(listing) if listing else None
        return self._kept[topic.shelf]

    def _used(self, there: _Open) -> None:
        self.oldest = there.listing.at if self.oldest is None else min(self.oldest, there.listing.at)

    async def _looked_up(self, dialect: Dialect, topic: Topic, name: str) -> Item | None:
        request = dialect.lookup(topic, name)
        if request is None:
            return None
        return await self._read(request, lambda reply: dialect.read_lookup(topic, reply, asked=name))

    async def _read_whole(self, topic: Topic) -> _Open:
        """Read the account's own first, where the generation tells them apart, then all."""
        apart = self._dialect.catalogue(topic, mine=True) != self._dialect.catalogue(topic)
        own, own_whole = await self._pages(topic, mine=True) if apart else ((), True)
        rest, whole = await self._pages(topic, mine=False)
        items = {item.id: replace(item, mine=True) for item in own}
        for item in rest:
            items.setdefault(item.id, replace(item, mine=False) if apart else item)
        listing = Listing(items=tuple(items.values()), at=CLOCK.now(), whole=whole and own_whole)
        await asyncio.to_thread(self._shelves.keep, topic, listing)
        return _Open(listing)

    async def _pages(self, topic: Topic, *, mine: bool) -> tuple[Sequence[Item], bool]:
        found: list[Item] = []
        token: str | None = None
        for _ in range(MOST_PAGES):
            request = self._dialect.catalogue(topic, token=token, mine=mine)
            with telling_of_silence(f"for its {topic.replace('_', ' ')}s", CLOCK.ticks(), self._tell):
                page: ItemPage = await self._read(request, lambda reply: self._dialect.read_catalogue(topic, reply))
            found += page.items
            token = page.next_token
            if token is None:
                break
        return found, token is None

    async def _read(self, request: Request, read: Callable[[Reply], T]) -> T:
        async with self._gate:
            async for attempt in reading(CLOCK, self._chance, attempts=3):
                with attempt:
                    reply = await self._api.send(request)
                    return await asyncio.to_thread(read, reply) if len(reply.body) > _LARGE else read(reply)
        raise AssertionError("reading() gives a reply or raises")
