"""Whether a transfer comes on. A server that gives a byte now and then is never silent, and never done either."""

from __future__ import annotations

#: Bytes a second below which a transfer is as good as stuck. A film of five minutes would take half a day.
LEAST = 1024
#: Seconds of waiting for bytes over which that is counted: a line may be bad for a minute.
WITHIN_S = 120.0


class Flow:
    """Counts what comes over the time in which it was waited for: a slow disk is not the server's fault."""

    def __init__(self, within_s: float = WITHIN_S) -> None:
        self._within_s = within_s
        self._came, self._waited_s = 0, 0.0

    def is_stuck(self, came: int, waited_s: float) -> bool:
        """Take note of so many bytes after so many seconds; tell whether far too few came in the last while."""
        self._came += came
        self._waited_s += waited_s
        if self._waited_s < self._within_s:
            return False
        stuck = self._came < LEAST * self._waited_s
        self._came, self._waited_s = 0, 0.0
        return stuck
