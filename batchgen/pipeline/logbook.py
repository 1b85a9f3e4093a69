"""Writes what happened, counts it, and tells it: always in that order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from batchgen.model.status import IN_FLIGHT, OPEN, Event, Status, after
from batchgen.pipeline.happened import Moved
from batchgen.store.interface import Change, Learn, Move

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batchgen.pipeline.happened import Listener
    from batchgen.store.interface import Store


class Board:
    """How many jobs of the run stand where, and a bell that rings when that changes."""

    def __init__(self, counts: Mapping[Status, int]) -> None:
        self._counts = {status: counts.get(status, 0) for status in Status}
        self._waiting: list[asyncio.Future[None]] = []
        self.version = 0  #: Grows with each ring.
        self.arrivals = dict.fromkeys(Status, 0)  #: How many jobs came to each state so far.
        self.set_aside = 0  #: Unsure jobs that were looked for long enough: they hold no place any more.
        self.elsewhere: set[int] = set()  #: Rendering jobs that are another account's: they hold no place of this one.
        self.outsiders: frozenset[int] = frozenset()  #: Jobs that move with this run's, and that it does not count.
        self.full = False  #: Whether every place of the account that may be used is taken.
        self.live = 0  #: Sessions that are held: they take none of the places of renders.
        self.finished = 0  #: Rendering jobs that were said to be ready, and whose link is still to be asked for.
        self.unsaved = 0  #: Rendered jobs whose video could not be saved: it is left to the next run.

    def __getitem__(self, status: Status) -> int:
        return self._counts[status]

    def reset(self, counts: Mapping[Status, int]) -> None:
        """Begin again with these counts."""
        self._counts = {status: counts.get(status, 0) for status in Status}

    @property
    def in_flight(self) -> int:
        """How many jobs the server may be working on."""
        return self._accepted - self.finished - self.live

    @property
    def unsettled(self) -> int:
        """How many jobs may yet turn out to cost less than is counted for them: some are as long as their file says."""
        return self._accepted + self.to_save

    @property
    def to_save(self) -> int:
        """How many videos are ready, and are still to be saved by this run."""
        return self._counts[Status.RENDERED] - self.unsaved

    @property
    def _accepted(self) -> int:
        # What may never be heard of, or is heard of by another account, tells nothing any more.
        return sum(self._counts[status] for status in IN_FLIGHT) - self.set_aside - len(self.elsewhere)

    @property
    def rendering(self) -> int:
        """How many jobs the server has accepted and not finished, as far as anybody knows."""
        # Another stage may read in the store, and find ready, what its own has written and not counted yet.
        return max(0, self._counts[Status.RENDERING] - self.finished - self.live - len(self.elsewhere))

    @property
    def taken(self) -> int:
        """How many jobs the server has accepted, or may have, and not finished."""
        return max(0, self.in_flight - self._counts[Status.SENDING])  # See ``rendering``.

    @property
    def open(self) -> int:
        """How many jobs still ask for something."""
        return sum(self._counts[status] for status in OPEN)

    @property
    def done(self) -> bool:
        """Whether every job is done."""
        return self._counts[Status.DONE] == sum(self._counts.values())

    @property
    def crowded(self) -> bool:
        """Whether a job waits for the place of another."""
        return self.full and self._counts[Status.PLANNED] > 0

    @property
    def begun(self) -> int:
        """How many jobs of the run have been taken to be sent, and so how many may stand in the account's list."""
        return sum(self._counts.values()) - self._counts[Status.PLANNED]

    def moved(self, old: Status, new: Status) -> None:
        """Count a move."""
        self._counts[old] -= 1
        self._counts[new] += 1
        self.arrivals[new] += 1

    def leave(self, job: int) -> None:
        """Leave a rendering job to the account that has it."""
        self.elsewhere.add(job)
        self.ring()

    def ring(self) -> None:
        """Wake everyone who waits."""
        self.version += 1
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            _wake(waiter)

    async def changed(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - a wait that may end early
        """Wait until the bell rings, no longer than ``timeout`` seconds."""
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        self._waiting.append(waiter)
        # Bare futures, since this is what stages do most: an event and a timeout around it cost three times as much.
        timer = None if timeout is None else loop.call_later(max(0.0, timeout), _wake, waiter)
        try:
            await waiter
        finally:
            if timer is not None:
                timer.cancel()


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


#: Whoever keeps count of moves beside the board: a budget, a breaker.
Follower = Callable[[Move, Status], None]


class Logbook:
    """The one way in which the stages of a run change anything."""

    def __init__(self, store: Store, board: Board, tell: Listener) -> None:
        self._store = store
        self._board = board
        self._tell = tell
        self._followers: dict[Event, tuple[Follower, ...]] = dict.fromkeys(Event, ())

    def follow(self, follower: Follower, events: Iterable[Event]) -> None:
        """Have someone else told of moves by these events."""
        for event in events:
            self._followers[event] += (follower,)

    async def write(self, changes: Sequence[Change], *, durable: bool = False) -> None:
        """Write changes together; only when they stand, count and tell them. Raises ``StoreError``."""
        await self._store.apply(changes, durable=durable)
        for change in changes:
            if isinstance(change, Move):
                self._note(change)
        if not all(map(_only_postpones, changes)):
            self._board.ring()

    def _note(self, move: Move) -> None:
        job, old, event, at, _, detail = move
        new, counts = after(old, event), job not in self._board.outsiders
        if counts:
            self._board.moved(old, new)
        # What it costs, it costs this run's budget, whoever wanted it.
        for follower in self._followers[event]:
            follower(move, new)
        if counts:
            self._tell(Moved(job, old, new, event, detail, at))


def _only_postpones(change: Change) -> bool:
    """Whether all that is written is when to look again: that concerns whoever decided it, and nobody else."""
    return isinstance(change, Learn) and change.facts.keys() <= {"due_at", "polls"}
