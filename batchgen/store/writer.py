"""The one writer: a thread that commits whatever has gathered while it was committing.

Each caller waits until its own changes are on disk, and a thousand callers share one fsync. A group that fails is
undone and written again one by one, so that a fault of one caller is that caller's alone.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from batchgen.model.errors import BatchgenError
from batchgen.store.apply import apply_changes
from batchgen.store.engine import BEGIN_WRITING
from batchgen.store.footing import Footing
from batchgen.store.mishaps import store_error

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from batchgen.store.engine import Engines
    from batchgen.store.interface import Change

#: Callers that share a commit at most. Past this a commit takes long enough to be felt.
GROUP = 2000


class Writer(Protocol):
    """Whoever commits."""

    async def write(self, changes: Sequence[Change], *, durable: bool) -> None:
        """Commit the changes, all or none."""

    def close(self) -> None:
        """Commit what is waiting, and stop."""


class _Order(NamedTuple):
    changes: Sequence[Change]
    durable: bool
    done: asyncio.Future[None]


class ThreadWriter:
    """Commits in a thread of its own, in groups.

    What the tasks of one loop order in one round goes over together. Handed over one by one, the first would set the
    thread to work while the others are still being made, and the two would wrest the interpreter from each other with
    every row: most of their time went into that.
    """

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._footing = Footing(engines.path)
        self._rounds: dict[asyncio.AbstractEventLoop, list[_Order]] = {}
        self._orders: queue.SimpleQueue[list[_Order] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="batchgen-store", daemon=True)
        self._thread.start()

    async def write(self, changes: Sequence[Change], *, durable: bool) -> None:
        """See Writer.write. A cancelled caller's changes are written all the same, and before it ends."""
        loop = self._running_loop()
        done = self._order(loop, changes, durable=durable)
        try:
            await done
        except BaseException:
            # Whoever reads once a stage was let go, as the last results do, finds what it wrote.
            if done.cancelled() and self._thread.is_alive():
                with suppress(BatchgenError):
                    await self._order(loop, (), durable=False)
            raise

    def _order(
        self, loop: asyncio.AbstractEventLoop, changes: Sequence[Change], *, durable: bool
    ) -> asyncio.Future[None]:
        """Have changes written after all that was ordered before; give what is done once they stand."""
        order = _Order(changes, durable, loop.create_future())
        gathered = self._rounds.get(loop)
        if gathered is None:
            gathered = self._rounds[loop] = []
            loop.call_soon(self._hand_over, loop)
        gathered.append(order)
        return order.done

    @cached_property
    def _running_loop(self) -> Callable[[], asyncio.AbstractEventLoop]:
        from asyncio import get_running_loop  # noqa: PLC0415 - for those who write: others only look, and at once

        return get_running_loop

    def close(self) -> None:
        """See Writer.close."""
        for loop in list(self._rounds):
            self._hand_over(loop)
        self._orders.put(None)
        self._thread.join()

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        if gathered := self._rounds.pop(loop, None):
            self._orders.put(gathered)

    def _run(self) -> None:
        while True:
            group, ended = self._gather()
            if group:
                self._commit_group(group)
            if ended:
                return

    def _gather(self) -> tuple[list[_Order], bool]:
        group: list[_Order] = []
        gathered = self._orders.get()
        while gathered is not None:
            group += gathered
            if len(group) >= GROUP or self._orders.empty():
                return group, False
            gathered = self._orders.get()
        return group, True

    def _commit_group(self, group: list[_Order]) -> None:
        errors: list[BaseException | None] = [None] * len(group)
        try:
            commit(self._engines, [change for order in group for change in order.changes], durable=_durable(group))
        except Exception:  # noqa: BLE001 - each is told of its own fault, or it would wait for ever
            errors = [self._commit_one(order) for order in group]
        # What is lost is told at once: the next run would pay for it anew. So nothing more is sent.
        if _durable(group) and (lost := self._footing.lost()):
            errors = [lost] * len(group)
        _answer(group, errors)

    def _commit_one(self, order: _Order) -> BaseException | None:
        try:
            commit(self._engines, order.changes, durable=order.durable)
        except Exception as error:  # noqa: BLE001 - see above
            return error
        return None


class InlineWriter:
    """Commits where it is called: for one process that runs on a clock of its own."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    async def write(self, changes: Sequence[Change], *, durable: bool) -> None:
        """See Writer.write."""
        commit(self._engines, changes, durable=durable)

    def close(self) -> None:
        """See Writer.close."""


def commit(engines: Engines, changes: Sequence[Change], *, durable: bool) -> None:
    """Write changes in one transaction; ``durable`` waits for the disk itself. Raises ``StoreError``."""
    try:
        driver: Any = engines.writing.driver_connection
        # In WAL, NORMAL may lose the last commits to a power cut; FULL does not. Only money needs FULL.
        if engines.lasting:
            driver.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        driver.execute(BEGIN_WRITING)
        with driver:
            apply_changes(driver, changes)
    except sqlite3.Error as error:
        raise store_error(engines.path, error) from error


def _durable(group: Sequence[_Order]) -> bool:
    return any(order.durable for order in group)


def _answer(group: list[_Order], errors: list[BaseException | None]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Order, BaseException | None]]] = {}
    for order, error in zip(group, errors, strict=True):
        by_loop.setdefault(order.done.get_loop(), []).append((order, error))
    for loop, answers in by_loop.items():
        # The loop may be gone when the process is being torn down; the commit stands all the same.
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, answers)


def _resolve(answers: list[tuple[_Order, BaseException | None]]) -> None:
    for order, error in answers:
        if order.done.done():
            continue
        if error is None:
            order.done.set_result(None)
        else:
            order.done.set_exception(error)
