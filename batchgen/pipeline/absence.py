"""Time in which nobody watched: the machine slept, the process was stopped, or the clock was set ahead.

What passed meanwhile tells nothing of how long renders take, nor of how fast a queue moves: taken for that, a night
with the lid closed would put off looks for hours. Nor does it tell for how long something was looked for: for the
server no time may have passed at all.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchgen.pipeline.clock import Clock

#: Seconds from which on it matters for what is learned of renders.
LONG_S = 60.0
#: Seconds by which a clock may go ahead, in all, and still tell for how long something was looked for.
STEP_S = 1.0


class Absence:
    """Notices that time passed which nobody saw."""

    def __init__(self, clock: Clock, *, step_s: float = LONG_S) -> None:
        """Begin now. ``step_s``: how far the clock may go ahead in steps, each too small to be noticed, until it is."""
        self._clock = clock
        self._step_s = step_s
        self._apart = clock.now() - clock.ticks()
        self._until = math.inf  #: When whoever naps was to be awake again, epoch seconds.

    def naps(self, seconds: float | None) -> None:
        """Note for how long somebody sleeps, or waits for an answer, at the most; None: until something happens."""
        self._until = math.inf if seconds is None else self._clock.now() + seconds

    def is_over(self) -> bool:
        """Tell whether somebody was away since this was last asked."""
        now = self._clock.now()
        # Most systems stop their ticks while they sleep. On those that do not, and where the process alone is stopped,
        # whoever naps wakes too late.
        apart, late = now - self._clock.ticks(), now - self._until
        self._until = math.inf
        stepped = apart - self._apart > self._step_s
        if stepped or apart < self._apart:
            self._apart = apart
        return stepped or late > LONG_S
