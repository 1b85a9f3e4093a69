"""`python -m benchmarks.keeping_run URL SHEET`: the least that translates a sheet and could keep batchgen's promises.

Beside the barest loop it writes down what never paying twice, losing nothing and going on after a crash are made of: a
state with the tables and indexes of a real one, each request whole before it leaves, each attempt, what is set aside
for a job, an event for each move. Jobs are read from the store before they are sent, so that nothing has to hold them
all. A row of a list is taken for a job by its token, where it alone has that and nobody else has its id. No more are
under way than may be beyond recall, and the results come from the store.

It waits for nothing that it need not wait for: what is written goes through a thread, batches are written down while
those before them are on their way, and pages are read ahead while what the last one told is written.

Nobody could use it: it has no words for what goes wrong and does not go on after it, knows one kind of job and one API,
learns nothing of the account, and tells nobody anything.
"""

from __future__ import annotations

import asyncio
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp

from benchmarks.keeping_state import PAGE, State, accept, file_next, plan, take, token, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.keeping_state import Filed, Told

#: Jobs that are sent first, and together; those that may be under way.
FIRST, TOGETHER, QUEUED = 200, 1000, 2000
#: Seconds to wait where a look found nothing that is ready.
PAUSE_S = 0.005
#: Seconds before a job was sent from which on a row may be it.
READ_BACK_S = 3600.0

TOKEN = re.compile(r"\bbg[0-9a-f]{10}\b")

Answer = TypeVar("Answer")


class Run:
    """Batches that leave, beside looks at those that did."""

    def __init__(self, http: aiohttp.ClientSession, url: str, state: State) -> None:
        self._http, self._url, self._state = http, f"{url}/v3/video-translations", state
        self._thread = ThreadPoolExecutor(1)
        self._sought: dict[str, tuple[int, float]] = {}  #: Jobs that render, and when they left, by their token.
        self._under_way, self._all_sent = 0, False
        self._changed = asyncio.Event()  #: Some were accepted, or are ready.

    async def send(self) -> None:
        """Send all batches, as far as there is room for them."""
        sent, leaving = 0, list[asyncio.Task[None]]()
        while True:
            while not (room := (QUEUED - self._under_way) // PAGE * PAGE):
                await self._change()
            filed = await self._through(file_next, sent, min(room, TOGETHER if sent else FIRST))
            if not filed:
                break
            count = sum(len(one.jobs) for one in filed)
            sent, self._under_way = sent + count, self._under_way + count
            leaving.append(asyncio.create_task(self._deliver(filed)))
        await asyncio.gather(*leaving)
        self._all_sent = True
        self._changed.set()

    async def look(self) -> None:
        """Go through the list until all that was sent is ready."""
        while not self._all_sent or self._sought:
            if not self._sought:
                await self._change()
            elif not await self._round():
                await asyncio.sleep(PAUSE_S)

    async def _deliver(self, filed: Sequence[Filed]) -> None:
        began = time()
        named = await asyncio.gather(*map(self._post, filed))
        await self._through(accept, filed, named, began)
        self._sought |= {token(job_id): (pk, began) for one in filed for pk, job_id, *_ in one.jobs}
        self._changed.set()

    async def _post(self, filed: Filed) -> str:
        headers = {"Idempotency-Key": filed.key}
        async with self._http.post(f"{self._url}/batches", json=filed.body, headers=headers) as reply:
            name: str = (await reply.json())["data"]["batch_id"]
            return name

    async def _round(self) -> bool:
        """Read pages as far as they tell of jobs that render; give whether any is ready."""
        writing = list[asyncio.Task[None]]()
        ahead = asyncio.create_task(self._page({}))
        while True:
            page = await ahead
            if further := page.get("next_token"):
                ahead = asyncio.create_task(self._page({"token": further}))
            if ready := self._certain(page["data"]):
                writing.append(asyncio.create_task(self._take(ready)))
            unfinished = any(row["status"] != "completed" for row in page["data"])
            if not (further and self._sought and (ready or unfinished)):
                break
        ahead.cancel()
        await asyncio.gather(*writing)
        return bool(writing)

    async def _page(self, place: dict[str, str]) -> Told:
        async with self._http.get(self._url, params={"limit": str(PAGE)} | place) as reply:
            page: Told = await reply.json()
            return page

    def _certain(self, rows: Iterable[Told]) -> dict[int, Told]:
        """Give the rows of jobs that are ready, where a token stands in one row alone."""
        marked: dict[str, list[Told]] = {}
        for row in rows:
            for mark in TOKEN.findall(f"{row.get('callback_id') or ''} {row.get('title') or ''}"):
                marked.setdefault(mark, []).append(row)
        alone = {mark: told[0] for mark, told in marked.items() if len(told) == 1 and mark in self._sought}
        ready = {
            mark: row
            for mark, row in alone.items()
            if row["status"] == "completed" and row["created_at"] > self._sought[mark][1] - READ_BACK_S
        }
        return {self._sought.pop(mark)[0]: row for mark, row in ready.items()}

    async def _take(self, ready: dict[int, Told]) -> None:
        self._under_way -= await self._through(take, ready)
        self._changed.set()

    async def _through(self, work: Callable[..., Answer], *given: Any) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._state, *given)

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


async def main(url: str, sheet: Path) -> None:
    """Translate a sheet."""
    state = State(sheet.with_suffix(".db"))
    plan(state, sheet)
    async with aiohttp.ClientSession(headers={"X-Api-Key": "benchmark-key"}) as http:
        run = Run(http, url, state)
        await asyncio.gather(run.send(), run.look())
    write(state, sheet)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
