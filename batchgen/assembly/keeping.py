"""What looks after jobs beside a run: new links, files held against what was saved, jobs taken back."""

from __future__ import annotations

import asyncio
import random
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.assembly.account import check_account
from batchgen.assembly.clock import CLOCK
from batchgen.heygen import DIALECTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batchgen.model.job import Job
    from batchgen.pipeline.happened import Happening
    from batchgen.pipeline.refresh import Refreshed
    from batchgen.pipeline.withdraw import Withdrawal
    from batchgen.settings import Account
    from batchgen.store.interface import Line, Store

#: Seconds for which a server that cannot be reached is asked again.
PATIENCE_S = 600.0


def renew(store: Store, account: Account, jobs: Sequence[Job], fetch: Mapping[int, Path]) -> Refreshed:
    """Get new links for done videos, and the files of some once more; nothing is rendered."""
    return asyncio.run(_renew(store, account, jobs, fetch))


async def _renew(store: Store, account: Account, jobs: Sequence[Job], fetch: Mapping[int, Path]) -> Refreshed:
    from batchgen.files.download import download  # noqa: PLC0415 - HTTP is for those who send
    from batchgen.files.web import HttpxWeb, client  # noqa: PLC0415
    from batchgen.heygen.client import HttpApi  # noqa: PLC0415
    from batchgen.pipeline.call import Caller  # noqa: PLC0415
    from batchgen.pipeline.pace import Pace  # noqa: PLC0415
    from batchgen.pipeline.refresh import Refresher  # noqa: PLC0415
    from batchgen.pipeline.stop import Stop  # noqa: PLC0415

    def unheard(fact: Happening) -> None:
        del fact  # What matters of it is told at the end.

    chance = random.Random()
    async with HttpApi(account.base_url, account.api_key) as api, client() as downloads:
        pace = Pace(clock=CLOCK, chance=chance, tell=unheard)
        caller = Caller(
            api=api, pace=pace, clock=CLOCK, chance=chance, tell=unheard, patience=PATIENCE_S, stop=Stop(unheard)
        )
        await check_account(api, DIALECTS["v3"], account.base_url)
        refresher = Refresher(
            store=store, dialects=DIALECTS, caller=caller, download=partial(download, HttpxWeb(downloads)), clock=CLOCK
        )
        return await refresher.refresh(jobs, fetch)


def withdraw(store: Store, jobs: Iterable[Job]) -> Withdrawal:
    """Take back what was certainly not accepted; tell what was, and what could not be."""
    from batchgen.pipeline.withdraw import withdraw as decide  # noqa: PLC0415 - for those who cancel

    done = decide(jobs, store.submission, CLOCK.now())
    asyncio.run(store.apply(done.moves, durable=True))
    return done


def file_fault(line: Line) -> str | None:
    """Say what is wrong with a line's saved file; None: it is as it was saved."""
    from batchgen.files.verify import fault  # noqa: PLC0415 - for those who verify

    return fault(Path(line.saved or ""), size=line.size or 0, digest=line.digest)
