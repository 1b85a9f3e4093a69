"""Listens to a run and says how it goes: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Self

from batchgen.model.status import OPEN, Event, Status
from batchgen.pipeline.happened import (
    Asked,
    Began,
    Happening,
    LeftUnsure,
    Moved,
    Stopping,
    Stumbled,
    Waiting,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from rich.live import Live

    from batchgen.model.exchange import Balance

#: Seconds between plain lines.
EVERY = 10.0
#: The words of the display, and the states they sum up.
WORDS = (
    ("to send", (Status.PLANNED, Status.SENDING)),
    ("unsure", (Status.UNSURE,)),
    ("rendering", (Status.RENDERING,)),
    ("downloading", (Status.RENDERED,)),
    ("done", (Status.DONE,)),
    ("failed", (Status.FAILED,)),
)


class Narrator:
    """Tells on standard error; standard output is for the summary."""

    def __init__(self, *, quiet: bool) -> None:
        self.requests: Counter[str] = Counter()
        self._counts: Counter[Status] = Counter()
        self._quiet = quiet
        self._began = self._told = time.monotonic()
        self._rendered: list[float] = []
        self._accepted: dict[int, float] = {}
        self._notes: list[str] = []
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console  # noqa: PLC0415 - only where somebody looks
            from rich.live import Live  # noqa: PLC0415

            self._live = Live(
                console=Console(stderr=True),
                get_renderable=self._display,
                refresh_per_second=4,
                transient=True,
            )
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def notes(self, manifest: str, notes: Sequence[str]) -> None:
        """Say what was guessed about a sheet."""
        for note in notes:
            self._say(f"{manifest}: {note}")

    def begin(self, jobs: int, realm: str, balance: Balance | None) -> None:
        """Say what is about to happen."""
        left = f"; the account has {balance.remaining:g} {balance.unit}" if balance and balance.remaining else ""
        self._say(f"{jobs} video{'s' if jobs != 1 else ''} to make at {realm}{left}.")

    def hear(self, fact: Happening) -> None:
        """Take note of a fact, and say it if it is worth a line."""
        match fact:
            case Began():
                self._counts = Counter(fact.counts)
            case Moved():
                self._moved(fact)
            case Asked():
                self.requests[fact.purpose.value] += 1
            case Waiting():
                self._say(f"waiting {fact.seconds:.0f} s: {_why(fact)}")
            case LeftUnsure():
                self._say(f"{fact.jobs} unsure job(s) wait for a person: {fact.reason}.")
            case Stumbled():
                self._say(f"{fact.what}: {fact.reason}; it is tried again.")
            case Stopping():
                self._say(fact.reason)
            case _:
                pass
        if self._live is None and time.monotonic() - self._told >= EVERY:
            self._say(self._line())

    def _moved(self, fact: Moved) -> None:
        self._counts[fact.old] -= 1
        self._counts[fact.new] += 1
        if fact.event is Event.ACCEPTED:
            self._accepted[fact.job] = fact.at
        elif fact.event is Event.READY and fact.job in self._accepted:
            self._rendered.append(fact.at - self._accepted.pop(fact.job))
        elif fact.event is Event.NO_ANSWER:
            self._say(f"no answer ({fact.detail}): the job is looked for before anything is sent again.")
        elif fact.new is Status.FAILED:
            self._say(f"failed: {fact.detail}")

    def _line(self) -> str:
        parts = [f"{count} {word}" for word, states in WORDS if (count := sum(self._counts[s] for s in states))]
        return " · ".join([*parts, *self._eta()])

    def _eta(self) -> list[str]:
        """Say how long it will take, from how long renders took and how many end in a minute."""
        finished = self._counts[Status.DONE] + self._counts[Status.FAILED]
        left = sum(self._counts[status] for status in OPEN)
        if not self._rendered or not left or finished < 1:
            return []
        elapsed = time.monotonic() - self._began
        seconds = max(left * elapsed / finished, sorted(self._rendered)[len(self._rendered) // 2] / 2)
        return [f"about {_duration(seconds)} left", f"{60 * finished / elapsed:.1f} a minute"]

    def _display(self) -> str:
        return "\n".join([self._line(), *self._notes[-4:]])

    def _say(self, text: str) -> None:
        self._told = time.monotonic()
        if self._live is not None:
            if not self._notes or self._notes[-1] != text:
                self._notes = [*self._notes[-9:], text]
        else:
            print(text, file=sys.stderr, flush=True)


def _why(fact: Waiting) -> str:
    return f"{fact.hold.value.replace('_', ' ')}" + (f" ({fact.message})" if fact.message else "")


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
