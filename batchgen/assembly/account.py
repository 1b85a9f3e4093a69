"""What the account says of itself, asked before money moves."""

from __future__ import annotations

import asyncio
import random
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from batchgen.assembly.clock import CLOCK
from batchgen.heygen.errors import ApiError
from batchgen.heygen.wire import is_page
from batchgen.model.errors import CredentialsError, NoReply, NotSent, UnreachableError
from batchgen.model.exchange import Hold
from batchgen.model.network import PROXY_REMEDY
from batchgen.pipeline.happened import Unanswered
from batchgen.pipeline.retry import as_asked, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.assembly.braking import Brake
    from batchgen.heygen.client import HttpApi
    from batchgen.heygen.interface import Dialect
    from batchgen.model.exchange import Balance, Reply
    from batchgen.pipeline.happened import Listener
    from batchgen.settings import Account

#: Seconds that a server may ask for before a question that nobody is told of is given up.
PATIENCE_S = 60.0
#: Seconds without an answer after which whoever waits is told.
SILENT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What both generations say is left; None: that one does not say."""

    v3: Balance | None
    v2: Balance | None


def ask_balance(
    account: Account,
    api: str,
    *,
    patience_s: float = PATIENCE_S,
    tell: Listener | None = None,
    brake: Brake | None = None,
) -> Balance | None:
    """Ask what the account has left, over a connection of its own. See ``check_account``.

    Who pulls the ``brake`` does not wait for it, and is told nothing of what the account has.
    """

    async def ask() -> Balance | None:
        asked = asyncio.ensure_future(balance_of(account, api, patience_s=patience_s, tell=tell))
        if brake is not None:
            brake(partial(asyncio.get_running_loop().call_soon_threadsafe, asked.cancel))
        return await asked

    with suppress(asyncio.CancelledError):
        return asyncio.run(ask())
    return None


def ask_quota(account: Account, *, tell: Listener | None = None) -> Quota:
    """Ask both generations what the account has left. Raises ``CredentialsError`` and ``UnreachableError``."""
    return asyncio.run(quota_of(account, tell=tell))


async def quota_of(account: Account, *, tell: Listener | None = None) -> Quota:
    """See ``ask_quota``."""
    balance = await balance_of(account, "v3", tell=tell)
    try:
        quota = await balance_of(account, "v2", tell=tell)
    except (CredentialsError, UnreachableError):
        if balance is None:
            raise
        quota = None  # The older generation may be gone, or closed to this account.
    if balance is None and quota is None:
        # Nobody said that the credentials are right either.
        raise UnreachableError(
            f"{account.base_url} gave no answer that tells what the account has, in neither generation of the API. Try "
            "again in a while, and check the network and the address (`batchgen doctor` helps)."
        )
    return Quota(v3=balance, v2=quota)


async def balance_of(
    account: Account, api: str, *, patience_s: float = PATIENCE_S, tell: Listener | None = None
) -> Balance | None:
    """See ``ask_balance``."""
    from batchgen.heygen import DIALECTS  # noqa: PLC0415 - HTTP is for those who send
    from batchgen.heygen.client import HttpApi  # noqa: PLC0415

    async with HttpApi(account.base_url, account.credentials) as http:
        return await check_account(http, DIALECTS[api], account, patience_s=patience_s, tell=tell)


async def check_account(
    api: HttpApi,
    dialect: Dialect,
    account: Account,
    *,
    patience_s: float = PATIENCE_S,
    tell: Listener | None = None,
) -> Balance | None:
    """Ask what the account has left: the one request that finds a wrong key or a dead network before money moves.

    Raises ``UnreachableError`` and ``CredentialsError``. A server that has no answer to it is no reason to stop, and
    ``tell`` hears of waits, and of its silence. One that asks to be left alone for more than ``patience_s`` is not
    waited for, and what answers with web pages is not HeyGen: rows sent there would all be unsure.
    """
    began, reply = CLOCK.ticks(), None
    try:
        async for attempt in reading(CLOCK, random.Random(), attempts=4, most_s=patience_s, tell=tell):
            with attempt, telling_of_silence("what the account has left", began, tell):
                reply = await api.send(dialect.balance())
                return dialect.read_balance(reply)
    except NotSent as error:
        raise UnreachableError(
            f"{account.base_url} cannot be reached ({_reason(error)}). Check the network and the address (`batchgen "
            "doctor` helps); nothing was sent.",
        ) from error
    except ApiError as error:
        if reply is not None and is_page(reply):
            raise UnreachableError(
                f"{account.base_url} answers with web pages instead of HeyGen's API ({_page(reply, error)}): a "
                "firewall, a proxy or a network's login stands before it, or the address is another's. Open it in a "
                "browser, and check HEYGEN_API_BASE (`batchgen doctor` helps); nothing was sent.",
            ) from error
        if error.hold is Hold.CREDENTIALS:
            raise CredentialsError(
                f"{account.base_url} refused the credentials of {account.source} ({error.message or error.code}): "
                f"{account.credentials.remedy}. Nothing was sent.",
            ) from error
        if error.hold is Hold.PROXY:
            raise UnreachableError(
                f"{account.base_url} cannot be reached: a proxy on the way wants to know who asks "
                f"({error.message or error.code}); {PROXY_REMEDY}. Nothing was sent.",
            ) from error
        if error.hold is Hold.RATE and (wait := as_asked(error.retry_after, otherwise=0.0)) > patience_s:
            raise UnreachableError(
                f"{account.base_url} takes no more requests of this account for {wait / 60:.0f} min "
                f"({error.message.rstrip('.')}). Try again then; nothing was sent.",
            ) from error
    except NoReply:
        pass
    return None


@contextmanager
def telling_of_silence(what: str, began: float, tell: Listener | None) -> Iterator[None]:
    """Tell of a question that gets no answer for some seconds: who started a command sees nothing else of it."""

    def silent() -> None:
        if tell is not None:
            tell(Unanswered(what=what, waited_s=CLOCK.ticks() - began))

    waiting = asyncio.get_running_loop().call_later(SILENT_S, silent)
    try:
        yield
    finally:
        waiting.cancel()


def _page(reply: Reply, error: ApiError) -> str:
    """Give what there is to know a page by: where it leads, without what it carries along, or how it begins."""
    goal = urlsplit(reply.headers.get("location", ""))
    return f"it leads to {goal.hostname}" if goal.hostname else error.message.rstrip(".")


def _reason(error: NotSent) -> str:
    """Give what is behind an error: that the server was not reached is said already."""
    return str(error).rpartition("reached: ")[2].replace(" ssl:default", "").rstrip(". ")
