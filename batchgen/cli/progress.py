"""Listens to a run and says how it goes: a live display on a terminal, plain lines elsewhere.

All of it goes to standard error; standard output is for the summary.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from typing import TYPE_CHECKING, Self

from batchgen.cli.arrivals import reliance, turned_away
from batchgen.cli.forecast import duration
from batchgen.cli.holding import Holding, silence
from batchgen.cli.limit_words import limit_words
from batchgen.cli.plain import PlainLines
from batchgen.cli.standing import Standing
from batchgen.cli.uploads import Uploads
from batchgen.cli.warnings import warnings
from batchgen.model.status import Event, Status
from batchgen.pipeline.happened import (
    Began,
    Elsewhere,
    Happening,
    Hearing,
    LeftUnsure,
    LimitLearned,
    Looked,
    Moved,
    Stalled,
    Started,
    Stopping,
    Stumbled,
    TurnedAway,
    Unanswered,
    Uncaptioned,
    Unsaved,
    Uploaded,
    Uploading,
    Waiting,
    Woke,
)
from batchgen.report.amounts import in_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType
    from typing import TextIO

    from batchgen.cli.live import Display
    from batchgen.model.errors import Fault
    from batchgen.model.exchange import Balance
    from batchgen.store.interface import Line

#: Seconds between plain lines; where nothing changes, between those that say so.
EVERY_S, QUIET_S = 10.0, 60.0
#: Failures and other news that the display shows.
SHOWN = 3
#: Seconds for which news is news.
NEWS_S = 45.0


class Narrator:
    """Tells how a run goes."""

    def __init__(
        self,
        *,
        to: TextIO | None = None,
        ticks: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._failed: deque[tuple[int, str]] = deque(maxlen=SHOWN)  #: Jobs, and what is known without looking them up.
        self._failures: dict[int, str] = {}
        self._news: deque[tuple[float, str]] = deque(maxlen=SHOWN)  #: Until when each is news.
        self.standing = Standing(now)
        self.uploads = Uploads()
        self._lines_of: Callable[[Sequence[int]], Sequence[Line]] = lambda _: ()
        self._to = to or sys.stderr
        self._ticks = ticks
        self._holding = Holding(ticks, now)
        self._plain = PlainLines(self._to, ticks)
        self._began = self._told_at = ticks()
        self._told = ""
        self._live: Display | None = None

    def attend(self, lines_of: Callable[[Sequence[int]], Sequence[Line]]) -> Self:
        """Learn where to look up the row of a job; give the narrator itself, to be entered."""
        self._lines_of = lines_of
        return self

    def __enter__(self) -> Self:
        if self._to.isatty():
            from batchgen.cli.live import Display  # noqa: PLC0415 - only where somebody looks

            self._live = Display(self, self._to)
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
        if self.uploads.files:
            self._announce(f"{self.uploads.summary()}.")

    def note(self, manifest: str, notes: Sequence[str]) -> None:
        """Say what was guessed about a sheet, or is odd about it."""
        for text in notes:
            self._announce(f"{manifest}: {text}")

    def warn(self, faults: Sequence[Fault]) -> None:
        """Say what looks odd in the rows, before anything is made of it."""
        for text in warnings(faults):
            self._announce(text)

    def begin(self, jobs: int, realm: str, balance: Balance | None) -> None:
        """Say what is about to happen."""
        left = ""
        if balance is not None and balance.remaining is not None:
            left = "; the account has " + in_unit(f"{balance.remaining:,.10g}", balance.unit)
        self._announce(f"{jobs:,} video{'s' if jobs != 1 else ''} to make at {realm}{left}.")
        self._began = self._told_at = self._ticks()

    def _tell_of_limit(self, fact: LimitLearned) -> None:
        words = limit_words(fact.name, fact.value)
        if words:
            self._announce(f"HeyGen lets this account have {words}: that is kept to, and the next run begins with it.")

    def _tell_of_rates(self, rates: Mapping[str, float]) -> None:
        if words := " and ".join(filter(None, (limit_words(name, rate) for name, rate in rates.items()))):
            self._announce(f"This account was found to let {words}: this run begins with that (--rate gives another).")

    def _tell_of_earlier(self, jobs: int) -> None:
        if jobs:
            were = "were" if jobs != 1 else "was"
            self._announce(f"{jobs:,} of them {were} accepted before: gone on with, and not sent again.")

    def hear(self, fact: Happening) -> None:
        """Take note of a fact, and say it if it is worth a line."""
        match fact:
            case Began():
                self.standing.began(fact)
                self._tell_of_rates(fact.rates)
                self._tell_of_earlier(fact.counts.get(Status.RENDERING, 0) + fact.counts.get(Status.RENDERED, 0))
            case Woke():
                self.standing.woke(fact)
            case Moved():
                self._moved(fact)
            case Started():
                self.standing.started(fact)
            case Stalled():
                self._announce(self._stall(fact))
            case Elsewhere():
                self._say("another account's", lambda: self._failure(fact.job, _ELSEWHERE))
            case LimitLearned():
                self._tell_of_limit(fact)
            case Uploading() | Uploaded():
                self.uploads.hear(fact)
            case Waiting():
                told = self._holding.hear(fact)
                self._say("waiting", lambda: told, lasts_s=max(NEWS_S, fact.seconds))
            case Unanswered():
                self._say("no answer yet", lambda: f"{silence(fact)} Nothing is sent before.")
            case Looked() if fact.found:
                self._say("found", lambda: f"{_videos(fact.found)} found in the account: nothing is sent again.")
            case LeftUnsure():
                self._announce(f"{_videos(fact.jobs)} unsure, and only a person can decide: {fact.reason}.")
            case Unsaved():
                self._say("not saved", lambda: f"not saved in this run, {self._failure(fact.job, fact.reason)}")
            case Uncaptioned():
                self._say("no captions", lambda: f"no captions, {self._failure(fact.job, fact.reason)}")
            case Stumbled():
                self._say("tried again", lambda: f"{fact.what} is tried again: {fact.reason}")
            case Hearing():
                self._announce(reliance(fact))
            case TurnedAway():
                self._say(
                    f"turned away, {fact.reason}", lambda: f"something came to the webhook and was {turned_away(fact)}."
                )
            case Stopping():
                self._announce(fact.reason)
            case _:
                pass
        if self._live is None:
            self._tell_now_and_then()

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return self._ticks() - self._began

    def news(self) -> list[str]:
        """Give what happened of late, or holds still."""
        now = self._ticks()
        return [text for until, text in self._news if until >= now]

    def failures(self) -> list[str]:
        """Give the last videos that failed: row and reason. They are looked up once, when they are shown."""
        shown = list(self._failed)
        self._failures = {job: self._failures.get(job) or self._failure(job, detail) for job, detail in shown}
        return list(self._failures.values())

    def _moved(self, fact: Moved) -> None:
        self.standing.moved(fact)
        if fact.event is Event.NO_ANSWER:
            self._say(
                "no answer", lambda: f"a reply was lost ({fact.detail}): looked for before anything is sent again."
            )
        elif fact.new is Status.FAILED:
            self._failed.append((fact.job, fact.detail))
            if self._live is None:
                self._plain.say("failed", lambda: f"failed, {self._failure(fact.job, fact.detail)}")

    def _stall(self, fact: Stalled) -> str:
        line = next(iter(self._lines_of([fact.job])), None)
        what = f"row {line.row}" if line else "a video"
        does = "waiting for its turn at HeyGen" if fact.queued else "rendering"
        return (
            f"{what} has been {does} for {duration(fact.waited_s)}; most {fact.kind} jobs like it take at most "
            f"{duration(fact.usual_s)}. It is watched on, and not sent again. HeyGen knows it as {fact.remote_id}: "
            "look there how it stands. Ctrl-C stops watching and loses nothing."
        )

    def _failure(self, job: int, detail: str) -> str:
        line = next(iter(self._lines_of([job])), None)
        reason = (line.job.error if line else None) or detail or "no reason was given"
        return f"row {line.row}: {reason}" if line else reason

    def _tell_now_and_then(self) -> None:
        waited = self._ticks() - self._told_at
        if waited < EVERY_S:
            return
        counts = [f"{count:,} {word}" for word, count in self.standing.states()]
        paces = self._holding.words() or self.standing.pace()
        line = " · ".join([*counts, *self.uploads.words(), *paces, *self._plain.held()])
        if line != self._told or waited >= QUIET_S:
            self._plain.write(line)
            self._told, self._told_at = line, self._ticks()

    def _say(self, sort: str, text: Callable[[], str], *, lasts_s: float = NEWS_S) -> None:
        """Tell news, which soon is none."""
        if self._live is None:
            self._plain.say(sort, text)
            return
        told = text()
        # What is said again moves to the end instead of filling the display.
        self._news = deque((one for one in self._news if one[1] != told), maxlen=SHOWN)
        self._news.append((self._ticks() + lasts_s, told))

    def _announce(self, text: str) -> None:
        """Tell what has to stay on the screen."""
        if self._live is None:
            self._plain.write(text)
        else:
            self._live.above(text)


def _videos(count: int) -> str:
    return f"{count:,} video{'s are' if count != 1 else ' is'}"


#: What is said of a video that is another account's.
_ELSEWHERE = "it was sent with another key, whose account has it; this one does not know it."
