"""What every stage of a run has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.heygen.interface import Dialect
    from batchgen.pipeline.call import Caller
    from batchgen.pipeline.clock import Clock
    from batchgen.pipeline.happened import Listener
    from batchgen.pipeline.hints import Hints
    from batchgen.pipeline.logbook import Board, Logbook
    from batchgen.pipeline.money.budget import Budget
    from batchgen.pipeline.options import Options
    from batchgen.pipeline.pacing.limits import Limits
    from batchgen.pipeline.pacing.pace import Pace
    from batchgen.pipeline.renders import RenderTimes
    from batchgen.pipeline.stop import Stop
    from batchgen.store.interface import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One run, as its stages see it."""

    number: int  #: The run's number in the store.
    realm: str  #: The world it works in: an API host, or the sandbox.
    account: str  #: What tells its account from others in that world; empty: there is one.
    store: Store
    logbook: Logbook
    board: Board
    dialects: Mapping[str, Dialect]
    caller: Caller
    pace: Pace
    budget: Budget
    clock: Clock
    tell: Listener
    options: Options
    stop: Stop
    hints: Hints
    limits: Limits
    renders: RenderTimes
