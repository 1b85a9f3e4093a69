"""An account that is only asked: for those who look after jobs outside of a run."""

from __future__ import annotations

import random
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from batchgen.assembly.account import check_account
from batchgen.assembly.clock import CLOCK
from batchgen.heygen import DIALECTS
from batchgen.heygen.client import HttpApi
from batchgen.pipeline.call import Caller
from batchgen.pipeline.pacing.pace import Pace
from batchgen.pipeline.stop import Stop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from batchgen.pipeline.happened import Happening, Listener
    from batchgen.settings import Account

#: Seconds for which a server that cannot be reached is asked again.
PATIENCE_S = 600.0


def unheard(fact: Happening) -> None:
    """Let a fact pass: what matters of it is told at the end."""
    del fact


@asynccontextmanager
async def asking(account: Account, api: str = "v3", *, tell: Listener = unheard) -> AsyncIterator[Caller]:
    """Open the network to an account; ``tell`` hears of waits and of silence.

    Raises ``UnreachableError`` and ``CredentialsError`` before anything else.
    """
    async with HttpApi(account.base_url, account.credentials) as http:
        await check_account(http, DIALECTS[api], account, tell=tell)
        yield _caller(http, tell)


@asynccontextmanager
async def asking_on(account: Account) -> AsyncIterator[Caller]:
    """Do the same with an account that was asked just now, and tell nobody."""
    async with HttpApi(account.base_url, account.credentials) as http:
        yield _caller(http, unheard)


def _caller(http: HttpApi, tell: Listener) -> Caller:
    chance = random.Random()
    return Caller(
        api=http,
        pace=Pace(clock=CLOCK, chance=chance, tell=tell),
        clock=CLOCK,
        chance=chance,
        tell=tell,
        patience=PATIENCE_S,
        stop=Stop(tell),
    )
