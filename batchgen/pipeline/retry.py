"""When to try again: policies without side effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential,
)

from batchgen.heygen.errors import ApiError
from batchgen.model.errors import NoReply, NotSent
from batchgen.pipeline.happened import Waiting

if TYPE_CHECKING:
    import random

    from batchgen.pipeline.clock import Clock
    from batchgen.pipeline.happened import Listener

#: Seconds from one look for an unsure job to the next. Lists lag, so the first looks are no proof of absence.
LOOKS = (1.0, 2.0, 5.0, 10.0, 30.0)

#: HeyGen's v3 reference: a key is remembered for 24 hours. An hour is left for clocks that differ.
KEY_WINDOW_S = 23 * 3600.0

#: Seconds for which a server is waited for at the most before it is asked again, whatever it asked for: some give the
#: moment, as seconds since 1970, where they should give a time to wait.
LONGEST_WAIT_S = 3600.0

#: Doublings of a wait after which it is as long as any is.
DOUBLINGS = 30

#: How often the same failing reply may come back for one key before it is taken for a replay of the first.
REPLAYS = 3
#: The same where nothing else was accepted meanwhile, so that it may be an outage.
REPLAYS_IN_OUTAGE = 8


def until_next_look(looks: int) -> float:
    """Give the seconds to the next look after ``looks`` of them."""
    return LOOKS[min(looks, len(LOOKS) - 1)]


def backoff(attempt: int, *, first: float = 1.0, most: float = 60.0) -> float:
    """Give the seconds to wait after the ``attempt``-th failure, counted from 1."""
    # Whoever waits for a network or for a free place fails thousands of times, and no number holds so many doublings.
    return min(most, first * 2.0 ** min(max(1, attempt) - 1, DOUBLINGS))


def as_asked(seconds: float | None, *, otherwise: float) -> float:
    """Give the seconds to wait where a server asked for so many, or for none that tell anything.

    Zero, and a moment that is past, say no more than that it may be tried again: taken at its word, a server that
    refuses everything would be asked as fast as it can refuse.
    """
    return min(seconds, LONGEST_WAIT_S) if seconds else otherwise


def until_next_poll(age: float, interval: float, *, most: float = 60.0) -> float:
    """Give the seconds to the next look at a job that has rendered for ``age`` seconds.

    A look is worth a quarter of the age: a young job may be ready any moment, an old one not just now.
    """
    return max(interval, min(most, age * 0.25))


def reading(
    clock: Clock,
    chance: random.Random,
    *,
    attempts: int = 4,
    most_s: float = LONGEST_WAIT_S,
    tell: Listener | None = None,
) -> AsyncRetrying:
    """Repeat what is safe to repeat: requests that only read.

    Where the server asks to wait for longer than ``most_s``, its refusal is raised at once. ``tell`` hears of waits.
    """

    def wait(state: RetryCallState) -> float:
        asked = _asked(_error(state))
        return as_asked(asked, otherwise=_exponential(state) + chance.uniform(0.0, 0.5))

    def announce(state: RetryCallState) -> None:
        error = _error(state)
        if tell is not None and isinstance(error, ApiError) and error.hold is not None:
            tell(Waiting(hold=error.hold, seconds=state.upcoming_sleep, message=error.message))

    return AsyncRetrying(
        retry=retry_if_exception(lambda error: _worth_repeating(error) and (_asked(error) or 0.0) <= most_s),
        stop=stop_after_attempt(attempts),
        wait=wait,
        sleep=clock.sleep,
        before_sleep=announce,
        reraise=True,
    )


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _asked(error: BaseException | None) -> float | None:
    """Give the seconds to wait that a server asked for; none of what was never meant, see ``LONGEST_WAIT_S``."""
    asked = error.retry_after if isinstance(error, ApiError) else None
    return None if asked is None else min(asked, LONGEST_WAIT_S)


_exponential = wait_exponential(multiplier=0.5, max=20.0)


def _worth_repeating(error: BaseException) -> bool:
    if isinstance(error, ApiError):
        return error.transient or (error.hold is not None and not error.hold.pauses)
    return isinstance(error, NotSent | NoReply)
