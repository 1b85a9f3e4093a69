"""What the server tells by itself, on its way to the watcher, and how far polling may rely on it.

Rule: silence proves nothing. Jobs that nothing is told of are looked at in the end, later and one by one as long as
webhooks arrive, and as without them where they stay away.

A single look at the job that is overdue by most tells silence from slowness. If it still renders, so may the others,
and all of them are given more time. If it had ended untold, an event was lost; after a few of those in a row webhooks
count as deaf, until one arrives again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.pipeline.happened import Hearing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.model.exchange import Progress
    from batchgen.pipeline.happened import Listener
    from batchgen.pipeline.logbook import Board

#: Jobs in a row that ended untold before webhooks count as deaf.
TRUST = 3
#: How much longer than the slowest job so far another may take before it is overdue.
SLOWER = 3.0
#: Seconds that no look is put off beyond.
MOST_S = 1800.0


class Hints:
    """What was told of jobs and is still to be taken up. Times are seconds."""

    def __init__(self, *, patience: float, tell: Listener) -> None:
        self._patience = patience  #: How long beyond the usual an event is waited for.
        self._tell = tell
        self._told: list[Progress] = []
        self._board: Board | None = None
        self._trust = TRUST
        self._slowest = 0.0  #: How old the oldest job was that is known to have rendered so long.

    def attach(self, board: Board) -> None:
        """Ring this board's bell when something is told."""
        self._board = board

    def tell(self, progress: Progress) -> None:
        """Take what a signed event says."""
        self._told.append(progress)
        self._trusting(min(TRUST, self._trust + 1))
        if self._board is not None:
            self._board.ring()

    def take(self) -> Sequence[Progress]:
        """Give what was told since this was last asked for."""
        told, self._told = self._told, []
        return told

    @property
    def relied_on(self) -> bool:
        """Whether ends are expected to be told."""
        return self._trust > 0

    @property
    def slack(self) -> float:
        """How much later than without webhooks a job is looked at."""
        return min(MOST_S, SLOWER * self._slowest + self._patience) if self.relied_on else 0.0

    def rendered(self, age: float) -> None:
        """Learn that a job took so long, or renders for so long already."""
        self._slowest = max(self._slowest, age)

    def missed(self) -> None:
        """Learn that a job ended untold."""
        self._trusting(max(0, self._trust - 1))

    def _trusting(self, trust: int) -> None:
        before, self._trust = self._trust, trust
        if (before > 0) != (trust > 0):
            self._tell(Hearing(webhooks=trust > 0))


class NoHints(Hints):
    """A run that nobody tells anything: it polls."""

    def __init__(self) -> None:
        super().__init__(patience=0.0, tell=lambda _: None)
        self._trust = 0
