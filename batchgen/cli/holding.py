"""What a run waits for, and until when, in words for somebody who has never heard of a rate limit."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from batchgen.cli.forecast import duration
from batchgen.model.exchange import Hold
from batchgen.pipeline.happened import Unanswered, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchgen.pipeline.happened import Happening, Listener

#: Seconds from which on a wait is told with its end, and again while it lasts.
LONG_S = 90.0

#: Seconds from which on a command that shows nothing else while it works says that it waits.
FELT_S = 10.0
#: Seconds that lie between the ends of two waits which are one to whoever waits.
SAME_S = 1.0

_WHY = {
    Hold.NOT_SENT: "HeyGen is not reached",
    Hold.RATE: "HeyGen takes no more requests for the moment",
    Hold.CONCURRENCY: "as many render as the account allows",
    Hold.IN_PROGRESS: "HeyGen still works on the first request",
}


class Holding:
    """Knows how long the server asked to wait."""

    def __init__(self, ticks: Callable[[], float], now: Callable[[], float]) -> None:
        self._ticks, self._now = ticks, now
        self._until = 0.0  #: On the clock of ``ticks``.
        self._words = ""

    def hear(self, fact: Waiting) -> str:
        """Take note of a wait, and say it."""
        why = _WHY.get(fact.hold, fact.hold.value) + (f" ({fact.message})" if fact.message else "")
        if fact.seconds < LONG_S:
            return f"waiting {duration(fact.seconds)}: {why}"
        clock = time.strftime("%H:%M", time.localtime(self._now() + fact.seconds))
        until = self._ticks() + fact.seconds
        if until > self._until:
            self._until, self._words = until, f"waiting until {clock}"
        return f"waiting {duration(fact.seconds)}, until {clock}: {why}"

    def words(self) -> list[str]:
        """Say until when is waited, for as long as it is."""
        return [self._words] if self._until > self._ticks() else []


def silence(fact: Unanswered) -> str:
    """Say what has got no answer for how long."""
    waited = duration(fact.waited_s)
    return f"HeyGen was asked {fact.what}, and has not answered for {waited}: it is waited for."


def aloud() -> Listener:
    """Give what says each wait that is felt, once, and each silence, for commands that have no display."""
    holding, said_until = Holding(time.monotonic, time.time), 0.0

    def hear(fact: Happening) -> None:
        nonlocal said_until
        if isinstance(fact, Unanswered):
            click.echo(silence(fact), err=True)
        if not isinstance(fact, Waiting) or fact.seconds < FELT_S:
            return
        until = time.monotonic() + fact.seconds
        # What is asked side by side is refused within the same moment, and all of it waits for the same.
        if until > said_until + SAME_S:
            said_until = until
            click.echo(holding.hear(fact), err=True)

    return hear
