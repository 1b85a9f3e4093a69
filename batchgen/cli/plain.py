"""Plain lines for a log: never a flood, and never the same thing over and over.

Lines of one sort are told once in a while, with the number of those that were not; and all of them together are never
more than a few a second. Nor is any waited for: of a pipe that nobody reads, as a pager's or a program's that waits for
the end, a run of hours fills the last byte, and would stand still with what it pays for.
"""

from __future__ import annotations

import os
import select
import stat
from collections import Counter
from typing import TYPE_CHECKING, TextIO

from batchgen.report.table import clean

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds in which a second line of a sort is only counted.
APART_S = 10.0
#: Lines that may come at once, and how many a second after that.
BURST, A_SECOND = 6, 1.0


class PlainLines:
    """Writes lines, and holds back those that say nothing new."""

    def __init__(self, to: TextIO, ticks: Callable[[], float]) -> None:
        self._to = to
        self._ticks = ticks
        self._told: dict[str, float] = {}  #: Sort of line → when one was told.
        self._held: Counter[str] = Counter()
        self._budget = float(BURST)
        self._budget_at = ticks()

    def say(self, sort: str, text: Callable[[], str]) -> None:
        """Tell a line, unless one of its sort was told just now. What is not told is not put into words either."""
        now = self._ticks()
        if now - self._told.get(sort, -APART_S) < APART_S or not takes_more(self._to) or not self._may(now):
            self._held[sort] += 1
            return
        self._told[sort] = now
        held = self._held.pop(sort, 0)
        self.write(text() + (f" ({held:,} more like it)" if held else ""))

    def write(self, line: str) -> None:
        """Tell a line whatever was told before. Those that nobody reads are counted for the next one."""
        if not takes_more(self._to):
            self._held["unread"] += 1
            return
        print(clean(line), file=self._to, flush=True)

    def held(self) -> list[str]:
        """Give what was held back since it was last asked for, as words for a line."""
        told = [f"{count:,} more of: {sort}" for sort, count in self._held.most_common(3)]
        self._held.clear()
        return told

    def _may(self, now: float) -> bool:
        self._budget = min(BURST, self._budget + (now - self._budget_at) * A_SECOND)
        self._budget_at = now
        if self._budget < 1:
            return False
        self._budget -= 1
        return True


def takes_more(to: TextIO) -> bool:
    """Tell whether a line can be written without a wait for its reader. Pipes are asked, and on Windows none."""
    try:
        number = to.fileno()
        if os.name == "nt" or not stat.S_ISFIFO(os.fstat(number).st_mode):
            return True
        return bool(select.select([], [number], [], 0)[1])
    except (OSError, ValueError):  # It is no file of the system, or one that fails: whoever writes is told so.
        return True
