"""Registers our webhook endpoint with the account, and sees to it that none is left there.

Rule: that an endpoint may stand in the account is on disk before it can, and stays there until it certainly does not.
Its secret never is: each registration brings a new one, and it dies with the process.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from batchgen.heygen.errors import ApiError
from batchgen.model.errors import NoReply, NotSent, TransportError
from batchgen.model.webhook import Hook
from batchgen.pipeline.happened import Stumbled
from batchgen.pipeline.retry import backoff
from batchgen.store.interface import DropHook, KeepHook

if TYPE_CHECKING:
    import random
    from collections.abc import Collection, Mapping

    from batchgen.heygen.interface import Dialect
    from batchgen.model.webhook import Registered
    from batchgen.pipeline.call import Caller
    from batchgen.pipeline.clock import Clock
    from batchgen.pipeline.happened import Listener
    from batchgen.store.interface import Store

#: How often an endpoint is asked for.
TRIES = 3
#: Pages of endpoints that are read at the most.
PAGES = 20


class Registrar:
    """Keeps the account's list of endpoints as it was found."""

    def __init__(
        self,
        *,
        store: Store,
        caller: Caller,
        dialects: Mapping[str, Dialect],
        clock: Clock,
        chance: random.Random,
        tell: Listener,
        realm: str,
    ) -> None:
        self._store = store
        self._caller = caller
        self._dialects = dialects
        self._clock = clock
        self._chance = chance
        self._tell = tell
        self._realm = realm

    async def register(self, url: str, *, api: str, holder: str) -> tuple[Hook, Registered]:
        """Register an address of ours. Raises ``ApiError`` and ``TransportError``."""
        name = f"hook-{self._chance.getrandbits(64):016x}"
        hook = Hook(name=name, realm=self._realm, api=api, url=url, at=self._clock.now(), holder=holder)
        await self._store.apply([KeepHook(hook=hook)], durable=True)
        for attempt in range(1, TRIES + 1):
            try:
                registered = await self._ask_for(hook, f"{name}-{attempt}")
            except (ApiError, TransportError) as error:
                nothing_left = await self._clean_up(hook, error)
                if attempt == TRIES or not nothing_left or not _is_worth_another(error):
                    raise
                await self._clock.sleep(backoff(attempt))
                await self._store.apply([KeepHook(hook=hook)], durable=True)
            else:
                hook = replace(hook, endpoint_id=registered.endpoint_id)
                await self._store.apply([KeepHook(hook=hook)], durable=True)
                return hook, registered
        raise AssertionError  # pragma: no cover - the loop above returns or raises

    async def remove(self, hook: Hook) -> bool:
        """Remove an endpoint; tell whether it is certain that it is gone. One that stays is removed by the next run."""
        webhooks = self._dialects[hook.api].webhooks
        try:
            for endpoint_id in [hook.endpoint_id] if hook.endpoint_id else await self._at(hook):
                await self._caller.read(webhooks.remove(endpoint_id), webhooks.read_removed)
        except (ApiError, TransportError) as error:
            self._tell(Stumbled(what=f"removing the webhook at {hook.url}", reason=str(error)))
            return False
        await self._store.apply([DropHook(name=hook.name)], durable=True)
        return True

    async def tidy(self, holders: Collection[str]) -> None:
        """Remove what processes left that ended before they could."""
        for hook in self._store.hooks(self._realm):
            if hook.holder in holders:
                await self.remove(hook)

    async def _ask_for(self, hook: Hook, key: str) -> Registered:
        webhooks = self._dialects[hook.api].webhooks
        return webhooks.read_registered(await self._caller.once(webhooks.register(hook.url, key=key)))

    async def _clean_up(self, hook: Hook, error: ApiError | TransportError) -> bool:
        """Remove what may stand there although no reply said so; tell whether it is certain that nothing does."""
        if isinstance(error, NoReply) or (isinstance(error, ApiError) and error.transient):
            return await self.remove(hook)
        await self._store.apply([DropHook(name=hook.name)])
        return True

    async def _at(self, hook: Hook) -> list[str]:
        """Give the endpoints at an address that only we register. One page of v1 is the whole list."""
        webhooks, found = self._dialects[hook.api].webhooks, list[str]()
        cursor: str | None = None
        for _ in range(PAGES):
            rows, cursor = await self._caller.read(webhooks.listing(cursor), webhooks.read_listing)
            found += [endpoint_id for endpoint_id, url in rows if url == hook.url]
            if cursor is None:
                break
        return found


def _is_worth_another(error: ApiError | TransportError) -> bool:
    if isinstance(error, ApiError):
        return error.transient or (error.hold is not None and not error.hold.pauses)
    return isinstance(error, NotSent | NoReply)
