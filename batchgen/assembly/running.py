"""A run, with the network, the disk and the signals that it works with."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from batchgen.assembly.clock import CLOCK
from batchgen.assembly.hosting import hosting_for
from batchgen.assembly.results import try_results
from batchgen.assembly.signals import on_interrupt
from batchgen.assembly.signing import mark
from batchgen.heygen import DIALECTS
from batchgen.model.exchange import Hold

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from batchgen.assembly.braking import Brake
    from batchgen.assembly.hearing import Ear
    from batchgen.heygen.client import HttpApi
    from batchgen.model.webhook import Announcement
    from batchgen.pipeline.happened import Listener
    from batchgen.pipeline.hints import Hints
    from batchgen.pipeline.money.cost import Prices
    from batchgen.pipeline.options import Options
    from batchgen.pipeline.run import Run
    from batchgen.settings import Account
    from batchgen.store.interface import Store


def conduct(
    store: Store,
    account: Account,
    *,
    run: int,
    sheets: Sequence[int],
    options: Options,
    write_timeout: float,
    prices: Prices,
    tell: Listener,
    write: Callable[[Sequence[int]], None],
    state: str,
    ear: Ear | None = None,
    broke: str | None = None,
    brake: Brake | None = None,
) -> Run:
    """Do a run's work to its end, or to where it has to stop; give the run as it ended.

    ``write`` writes results; it is called in a thread, so that a large sheet holds nothing up. ``broke`` says that the
    account has too little for anything to be sent: what was sent before is still fetched. With an ``ear`` the run is
    told of ends by webhooks; ``state`` names the store, for what others hold of it. ``brake`` ends the
    run in order, from any thread: for runs that no signal reaches.
    """
    return asyncio.run(
        _conduct(store, account, run, sheets, options, write_timeout, prices, tell, write, state, ear, broke, brake)
    )


async def _conduct(  # noqa: PLR0917 - the same arguments once more
    store: Store,
    account: Account,
    number: int,
    sheets: Sequence[int],
    options: Options,
    write_timeout: float,
    prices: Prices,
    tell: Listener,
    write: Callable[[Sequence[int]], None],
    state: str,
    ear: Ear | None,
    broke: str | None,
    brake: Brake | None,
) -> Run:
    from batchgen.files.compare import is_same  # noqa: PLC0415 - HTTP is for those who send
    from batchgen.files.downloads import downloads  # noqa: PLC0415
    from batchgen.files.interface import Freight  # noqa: PLC0415
    from batchgen.files.local import is_intact  # noqa: PLC0415
    from batchgen.files.pieces import pieces  # noqa: PLC0415
    from batchgen.files.web import HttpPut, HttpWeb, client  # noqa: PLC0415
    from batchgen.heygen.client import HttpApi  # noqa: PLC0415
    from batchgen.pipeline.hints import Hints, NoHints  # noqa: PLC0415
    from batchgen.pipeline.run import Run, Surroundings  # noqa: PLC0415

    hints = Hints(patience=ear.patience, tell=tell) if ear else NoHints()
    hosting = hosting_for(store, number, sheets, waits=options.wait)

    async def aside(sheets: Sequence[int], *, whole: bool = True) -> None:
        await asyncio.to_thread(write if whole else partial(try_results, store), sheets)

    async with (
        HttpApi(account.base_url, account.credentials, write_timeout=write_timeout) as api,
        client() as http,
        downloads() as download,
    ):
        around = Surroundings(
            store=store,
            api=api,
            dialects=DIALECTS,
            download=download,
            freight=Freight(
                read=pieces,
                put=HttpPut(http),
                is_intact=is_intact,
                is_same=partial(is_same, HttpWeb(http)),
            ),
            write_results=aside,
            prices=prices,
            clock=CLOCK,
            chance=random.Random(),
            tell=tell,
            hints=hints,
            hosting=hosting,
            account=mark(account),
            sign_in=account.credentials.remedy,
        )
        run = Run(around, run=number, sheets=sheets, realm=account.realm, options=options)
        if brake is not None:
            brake(partial(asyncio.get_running_loop().call_soon_threadsafe, run.stop.interrupt))
        await run.recover()
        if broke is not None:
            run.stop.pause(Hold.CREDIT, broke)
        with on_interrupt(run.stop.interrupt):
            async with _webhooks(ear, hints, store, api, account.realm, state, options.api, tell):
                await run.go()
        return run


@asynccontextmanager
async def _webhooks(  # noqa: PLR0917 - all that they touch
    ear: Ear | None, hints: Hints, store: Store, api: HttpApi, realm: str, state: str, generation: str, tell: Listener
) -> AsyncIterator[None]:
    """Remove what earlier processes left in the account, and be told of ends where that is wanted."""
    if ear is None and not store.hooks(realm):
        yield
        return
    from batchgen.assembly.hearing import RUN, hearing, registrar, tidy  # noqa: PLC0415 - for those who listen

    def announce(said: Announcement) -> None:
        if said.progress is not None:
            hints.tell(said.progress)

    keeper = registrar(store, api, realm, tell)
    await tidy(keeper, store, realm, state)
    if ear is None:
        yield
        return
    async with hearing(ear, keeper, api=generation, holder=RUN, tell=tell, announce=announce):
        yield
