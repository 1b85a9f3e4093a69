"""A run that is on while others ask: followed, and ended in order, from the server's event loop."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchgen.assembly.braking import Brake
from batchgen.assembly.carrying import carry_out
from batchgen.assembly.company import Noting
from batchgen.model.status import Status
from batchgen.pipeline.happened import Began, Moved

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from batchgen.assembly.errand import Done, Errand
    from batchgen.pipeline.happened import Happening
    from batchgen.settings import Account

    #: Takes how far a run is, how far that may be, and the same in words.
    Report = Callable[[float, float, str], Awaitable[None]]

#: Seconds between two looks at how far it is.
LOOK_S = 0.25

#: How far a job is in each state, of 1.
_WAY = {
    Status.PLANNED: 0.0,
    Status.SENDING: 0.1,
    Status.UNSURE: 0.1,
    Status.RENDERING: 0.3,
    Status.RENDERED: 0.8,
    Status.DONE: 1.0,
    Status.FAILED: 1.0,
    Status.CANCELLED: 1.0,
}


@dataclass(frozen=True, slots=True)
class Caller:
    """An assistant that waits for an answer."""

    session: object  #: Its connection: of several assistants at one server, each has its own.
    report: Report


class Journey:
    """A run in a thread of its own."""

    def __init__(self, errand: Errand, account: Account | None, caller: Caller) -> None:
        """Set off."""
        self.errand = errand
        self._owner = caller.session
        self._counts: Counter[Status] = Counter()
        self._brake = Brake()
        sign_in = (lambda: nullcontext(account)) if account else None
        self._company = Noting(self._hear)
        work = asyncio.to_thread(carry_out, errand, self._company, sign_in=sign_in, brake=self._brake)
        self._work = asyncio.ensure_future(work)
        # Whoever asks is told how it ended; if nobody does, that is no fault.
        self._work.add_done_callback(lambda work: work.cancelled() or work.exception())

    @property
    def is_over(self) -> bool:
        """Whether it has ended, however."""
        return self._work.done()

    def stop(self) -> None:
        """Have it end in order: nothing more is sent, and what is under way is noted."""
        self._brake.pull()

    async def follow(self, seconds: float, caller: Caller) -> dict[str, Any]:
        """Watch it for so long at the most; give how it ended, or how far it is. Raises what it was ended by.

        Who began the run and gives up the call itself, and not only the watching, ends the run. For others it goes on.
        """
        until = asyncio.get_running_loop().time() + seconds
        told = -1.0
        try:
            while True:
                way = self._way
                if way > told:
                    told = way
                    await caller.report(way, float(self._counts.total()), self._words)
                left = until - asyncio.get_running_loop().time()
                if self.is_over or left <= 0:
                    break
                await asyncio.wait({self._work}, timeout=min(left, LOOK_S))
        except asyncio.CancelledError:
            if caller.session is self._owner:
                self.stop()
            raise
        return (_ended(self._work.result()) if self.is_over else self._under_way()) | self._noted

    async def end(self) -> None:
        """Stop it, and wait until it has ended."""
        self.stop()
        await asyncio.wait({self._work})

    @property
    def _way(self) -> float:
        return round(sum(_WAY[status] * count for status, count in self._counts.copy().items()), 2)

    @property
    def _noted(self) -> dict[str, Any]:
        """What the command would have said of its sheets."""
        return {
            "warnings": [str(fault) for fault in self._company.warnings],
            "notes": list(self._company.notes),
        }

    @property
    def _words(self) -> str:
        counts = self._counts.copy()
        return ", ".join(f"{counts[status]:,} {status.word}" for status in Status if counts[status]) or "it begins"

    def _under_way(self) -> dict[str, Any]:
        goes_on = "It goes on by itself; follow_run tells how far it is."
        return {
            "running": True,
            "manifests": list(self.errand.manifests),
            "counts": {status.word: count for status, count in self._counts.copy().items() if count},
            "next": "It is being ended in order." if self._brake.pulled else goes_on,
        }

    def _hear(self, fact: Happening) -> None:
        match fact:
            case Began():
                self._counts.update(fact.counts)
            case Moved():
                self._counts[fact.old] -= 1
                self._counts[fact.new] += 1
            case _:
                pass


def _ended(done: Done) -> dict[str, Any]:
    return {"running": False, "exit_code": done.exit_code, "stopped": done.reason, **done.summary.to_dict()}
