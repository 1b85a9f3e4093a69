"""A run, with the network, the disk and the signals that it works with."""

from __future__ import annotations

import asyncio
import random
import signal
import threading
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from batchgen.assembly.clock import CLOCK
from batchgen.heygen import DIALECTS
from batchgen.model.exchange import Hold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from batchgen.pipeline.cost import Prices
    from batchgen.pipeline.happened import Listener
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
    broke: str | None = None,
    brake: Callable[[Callable[[], object]], None] | None = None,
) -> Run:
    """Do a run's work to its end, or to where it has to stop; give the run as it ended.

    ``write`` writes results; it is called in a thread, so that a large sheet holds nothing up. ``broke`` says that the
    account has too little for anything to be sent: what was sent before is still fetched. ``brake`` is handed what ends
    the run in order when it is called, from any thread: for runs that no signal reaches.
    """
    return asyncio.run(_conduct(store, account, run, sheets, options, write_timeout, prices, tell, write, broke, brake))


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
    broke: str | None,
    brake: Callable[[Callable[[], object]], None] | None,
) -> Run:
    from batchgen.files.compare import is_same  # noqa: PLC0415 - HTTP is for those who send
    from batchgen.files.download import download  # noqa: PLC0415
    from batchgen.files.interface import Freight  # noqa: PLC0415
    from batchgen.files.local import is_intact  # noqa: PLC0415
    from batchgen.files.pieces import pieces  # noqa: PLC0415
    from batchgen.files.web import HttpxPut, HttpxWeb, client  # noqa: PLC0415
    from batchgen.heygen.client import HttpApi  # noqa: PLC0415
    from batchgen.pipeline.run import Run, Surroundings  # noqa: PLC0415

    async def aside(sheets: Sequence[int]) -> None:
        await asyncio.to_thread(write, sheets)

    async with (
        HttpApi(account.base_url, account.api_key, write_timeout=write_timeout) as api,
        client() as downloads,
    ):
        around = Surroundings(
            store=store,
            api=api,
            dialects=DIALECTS,
            download=partial(download, HttpxWeb(downloads)),
            freight=Freight(
                read=pieces,
                put=HttpxPut(downloads),
                is_intact=is_intact,
                is_same=partial(is_same, HttpxWeb(downloads)),
            ),
            write_results=aside,
            prices=prices,
            clock=CLOCK,
            chance=random.Random(),
            tell=tell,
        )
        run = Run(around, run=number, sheets=sheets, realm=account.realm, options=options)
        if brake is not None:
            brake(partial(asyncio.get_running_loop().call_soon_threadsafe, run.stop.interrupt))
        await run.recover()
        if broke is not None:
            run.stop.pause(Hold.CREDIT, broke)
        with _draining(run):
            await run.go()
        return run


@contextmanager
def _draining(run: Run) -> Iterator[None]:
    """Let Ctrl-C and a polite kill end a run in order; a second one ends it at once, which is safe as well."""
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        yield  # Signals are the main thread's.
        return

    def stop(number: signal.Signals) -> None:
        run.stop.interrupt()
        with suppress(NotImplementedError):
            loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; there Ctrl-C ends a run at once, and the next one goes on.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop, number)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)
