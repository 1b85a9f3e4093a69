"""A webhook of ours for as long as it is needed: listened at, registered, and removed again however that ends."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from batchgen.assembly.clock import CLOCK
from batchgen.assembly.state import locked
from batchgen.heygen import DIALECTS
from batchgen.model.address import is_loopback
from batchgen.model.errors import BatchgenError, ConfigError, LockedError, UsageError
from batchgen.pipeline.happened import TurnedAway

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from batchgen.heygen.client import HttpApi
    from batchgen.model.webhook import Announcement
    from batchgen.pipeline.happened import Listener
    from batchgen.pipeline.watching.registrar import Registrar
    from batchgen.settings import Account
    from batchgen.store.interface import Store
    from batchgen.store.lock import RunLock

#: Where a tunnel is expected to lead unless told otherwise.
LISTEN = "127.0.0.1:8080"
#: The commands that listen, as the store remembers them.
RUN, ALONE = "run", "webhook"
#: Seconds that removing an endpoint may take at the end; what is not removed then is so by the next run.
REMOVAL_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """Where the server is to tell of ends, and where that arrives on this machine."""

    url: str  #: What is registered.
    host: str
    port: int
    patience: float = 30.0  #: Seconds beyond the usual for which an event is waited for.

    @classmethod
    def read(cls, webhook: str | None, listen: str | None, *, patience: float = 30.0, waits: bool = True) -> Ear:
        """Read what a person gave. Raises ``UsageError``."""
        if webhook is None:
            raise UsageError("Name the public address that leads to this machine: --webhook https://public.example/x.")
        if not waits:
            raise UsageError("--no-wait and --webhook: a run that leaves hears nothing. Give one of them.")
        _check_url(webhook)
        host, port = _split(listen or LISTEN)
        return cls(url=webhook, host=host, port=port, patience=patience)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in {"http", "https"} or parts.username is not None or parts.fragment:
        raise UsageError(f"--webhook {url}: this is no public address. It looks like https://public.example/hook.")
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError(
            f"--webhook {url}: HeyGen takes https:// addresses only. Your tunnel has one; it leads to this machine."
        )


def _split(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    # The system would choose for 0, and no tunnel could lead there.
    if not colon or not port.isdecimal() or not 0 < int(port) <= 65535:
        raise UsageError(f"--listen {listen}: this wants an address of this machine and a port, such as {LISTEN}.")
    return host.strip("[]") or "127.0.0.1", int(port)


def ear_lock(state: str) -> RunLock:
    """Take the right to listen alone on a state: a run may go on beside it."""
    return locked(state, command="batchgen webhook", part=".webhook")


def registrar(store: Store, api: HttpApi, realm: str, tell: Listener) -> Registrar:
    """Make what keeps the account's list of endpoints."""
    from batchgen.pipeline.call import Caller  # noqa: PLC0415 - for those who have a network
    from batchgen.pipeline.pacing.pace import Pace  # noqa: PLC0415
    from batchgen.pipeline.stop import Stop  # noqa: PLC0415
    from batchgen.pipeline.watching.registrar import Registrar  # noqa: PLC0415

    chance = random.SystemRandom()
    caller = Caller(
        api=api,
        pace=Pace(clock=CLOCK, chance=chance, tell=tell),
        clock=CLOCK,
        chance=chance,
        tell=_unheard,
        patience=REMOVAL_S,
        stop=Stop(_unheard),
    )
    return Registrar(store=store, caller=caller, dialects=DIALECTS, clock=CLOCK, chance=chance, tell=tell, realm=realm)


async def tidy(keeper: Registrar, store: Store, realm: str, state: str) -> None:
    """Remove the endpoints of processes that ended before they could. One that still listens keeps its own."""
    if not store.hooks(realm):
        return
    await keeper.tidy({RUN})
    with suppress(LockedError), ear_lock(state):
        await keeper.tidy({ALONE})


@asynccontextmanager
async def hearing(
    ear: Ear, keeper: Registrar, *, api: str, holder: str, tell: Listener, announce: Callable[[Announcement], None]
) -> AsyncIterator[bool]:
    """Listen and be told for as long as it is needed. Raises ``ConfigError`` where that cannot be had.

    Gives whether the server's question, if we are there, came to here: else something else has answered it.
    """
    from batchgen.webhook.gate import Gate  # noqa: PLC0415 - a server is for those who listen
    from batchgen.webhook.listener import listening  # noqa: PLC0415

    gate = Gate(
        hear=DIALECTS[api].webhooks.hear,
        now=CLOCK.now,
        announce=announce,
        turn_away=lambda verdict: tell(TurnedAway(reason=verdict)),
    )
    leads_here = asyncio.Event()
    async with listening(ear.host, ear.port, gate.receive, asked=leads_here.set):
        try:
            hook, registered = await keeper.register(ear.url, api=api, holder=holder)
        except ConfigError:
            raise
        except BatchgenError as error:
            raise ConfigError(
                f"--webhook {ear.url}: HeyGen did not take this address: {error} Before it does, it asks it by OPTIONS "
                f"and waits for a second: check that it leads to {ear} on this machine. Nothing was sent."
            ) from error
        gate.open(registered.secret)
        try:
            yield leads_here.is_set()
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(REMOVAL_S):
                    await keeper.remove(hook)


def listen_alone(
    store: Store,
    account: Account,
    ear: Ear,
    *,
    api: str,
    tell: Listener,
    announce: Callable[[Announcement], None],
    ready: Callable[[bool], None],
) -> None:
    """Listen until Ctrl-C; ``ready`` is told whether the address is known to lead here. Raises ``ConfigError``."""
    from batchgen.assembly.account import check_account  # noqa: PLC0415 - for those who have a network
    from batchgen.assembly.signals import on_interrupt  # noqa: PLC0415
    from batchgen.heygen.client import HttpApi  # noqa: PLC0415

    async def listen() -> None:
        ended = asyncio.Event()
        async with HttpApi(account.base_url, account.credentials) as http:
            await check_account(http, DIALECTS[api], account, tell=tell)
            keeper = registrar(store, http, account.realm, tell)
            with on_interrupt(ended.set):
                await keeper.tidy({ALONE})
                async with hearing(ear, keeper, api=api, holder=ALONE, tell=tell, announce=announce) as leads_here:
                    ready(leads_here)
                    await ended.wait()

    asyncio.run(listen())


def _unheard(fact: object) -> None:
    """Let a fact pass: requests about webhooks are none about videos."""
    del fact
