"""An account that knows more than the state and the results: what it has of a sheet's rows is not bought again.

Another state bought it, on another machine or in another folder; or that state is lost, and its results with it.
"""

from __future__ import annotations

import asyncio
import shlex
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.assembly.remembered import MADE_ANEW, name_rows
from batchgen.assembly.standing import STATE
from batchgen.model.errors import TransportError, UsageError
from batchgen.model.status import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from batchgen.assembly.errand import Errand, Work
    from batchgen.model.exchange import Progress
    from batchgen.pipeline.reconciling.recall import Listed
    from batchgen.settings import Account
    from batchgen.store.interface import Sheet, Store

#: Pages of each list that a run looks at before it buys anything, and the seconds that it waits for them.
GLANCE, GLANCE_S = 1, 20.0


def check_listed(store: Store, work: Work, errand: Errand, account: Account) -> None:
    """Refuse to buy what the account shows already. Raises ``UsageError``."""
    if work.open.get(Status.PLANNED) and (
        told := bought_elsewhere(store, errand, account, run=work.number, sheets=work.sheets, api=work.api)
    ):
        raise UsageError("\n".join(told))


def bought_elsewhere(
    store: Store, errand: Errand, account: Account, *, run: int, sheets: Sequence[Sheet], api: str
) -> list[str]:
    """Say of each sheet which rows that a run would send the account has among its newest videos, and what to do.

    A glance, and no proof: where the lists cannot be read at once, nothing is known.
    """
    if errand.realm == "sandbox":
        return []  # Nothing is bought there: a rehearsal may begin anew.
    from batchgen.heygen.errors import ApiError  # noqa: PLC0415 - HTTP is for those who ask

    kinds = {kind for sheet in sheets for kind in sheet.kinds}
    with suppress(ApiError, TransportError, TimeoutError):
        marked = asyncio.run(_glance(account, api, kinds)).marked
        found = _strangers(store, run, errand.realm, marked)
        return list(_words(store, sheets, errand, found)) if found else []
    return []


async def _glance(account: Account, api: str, kinds: Collection[str]) -> Listed:
    from batchgen.assembly.asking import asking_on  # noqa: PLC0415 - HTTP is for those who ask
    from batchgen.heygen import DIALECTS  # noqa: PLC0415
    from batchgen.pipeline.reconciling.recall import read_marked  # noqa: PLC0415

    async with asyncio.timeout(GLANCE_S), asking_on(account) as caller:
        return await read_marked(caller, DIALECTS[api], kinds, most=GLANCE)


def _strangers(store: Store, run: int, realm: str, marked: Mapping[str, Progress]) -> dict[int, Progress]:
    """Give what others bought of the jobs that a run would send, by these."""
    from batchgen.assembly.costing import to_send  # noqa: PLC0415 - for those whose account has something
    from batchgen.pipeline.reconciling.recall import bought  # noqa: PLC0415

    ours = store.owners([row.remote_id for row in marked.values() if row.remote_id])
    others = {mark: row for mark, row in marked.items() if row.remote_id not in ours}
    jobs = to_send(store, run) if others else ()
    return {job.pk: row for job in jobs if (row := bought(job, realm, others)) is not None}


def _words(store: Store, sheets: Sequence[Sheet], errand: Errand, found: Mapping[int, Progress]) -> Iterator[str]:
    for sheet in sheets:
        lines = store.lines_in(sheet.pk, list(found))
        if not lines:
            continue
        named = name_rows(sorted({line.row for line in lines}))
        adopt = shlex.join(["batchgen", "adopt", "--search", sheet.path, *_alike(errand)])
        example = _example(found[lines[0].job.pk])
        yield (
            f"{sheet.name}: the account has the videos of {named} already (such as {example}), and "
            f"{Path(errand.state).absolute()} knows nothing of them, so they would be bought again: another state "
            "bought them. Name that one by --state; or take in all that the account has of this sheet, at no cost, by "
            f"`{adopt}`. {MADE_ANEW}"
        )


def _alike(errand: Errand) -> Iterator[str]:
    """Give the options by which another command finds the same jobs, in the same state and account."""
    state = None if errand.state == STATE else str(Path(errand.state).absolute())
    duplicates = None if errand.duplicates == "error" else errand.duplicates
    said = {"api": errand.api, "duplicates": duplicates, "encoding": errand.encoding, "profile": errand.profile}
    for name, value in {**said, "state": state}.items():
        if value is not None:
            yield from (f"--{name}", value)


def _example(row: Progress) -> str:
    at = "" if row.created_at is None else f" of {datetime.fromtimestamp(row.created_at, UTC):%Y-%m-%d %H:%M} UTC"
    return f"{row.remote_id}{at}"
