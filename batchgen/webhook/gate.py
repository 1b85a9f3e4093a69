"""Decides what to make of each arrival: only what is signed, fresh and new is heard. Nothing else does anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchgen.model.webhook import Announcement, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Marks of events that are remembered. One that is forgotten is about a job that has long moved on.
REMEMBERED = 200_000


class Hear(Protocol):
    """How a generation reads an arrival. See ``heygen.interface.Webhooks.hear``."""

    def __call__(self, headers: Mapping[str, str], body: bytes, *, secret: str, now: float) -> Announcement | Verdict:
        """Give what it says, or why it is not believed."""


class Gate:
    """Stands between the network and those who are told."""

    def __init__(
        self,
        *,
        hear: Hear,
        now: Callable[[], float],
        announce: Callable[[Announcement], None],
        turn_away: Callable[[Verdict], None],
    ) -> None:
        self._hear = hear
        self._now = now
        self._announce = announce
        self._turn_away = turn_away
        self._secret: str | None = None
        self._seen: dict[str, None] = {}  #: Marks, the oldest first.

    def open(self, secret: str) -> None:
        """Let through what is signed with this."""
        self._secret = secret

    def receive(self, headers: Mapping[str, str], body: bytes) -> Verdict:
        """Take an arrival, as it came; header names are in lower case."""
        if self._secret is None:
            return Verdict.CLOSED
        said = self._hear(headers, body, secret=self._secret, now=self._now())
        if isinstance(said, Verdict):
            self._turn_away(said)
            return said
        if any(mark in self._seen for mark in said.marks):
            return Verdict.DOUBLE
        self._remember(said.marks)
        self._announce(said)
        return Verdict.HEARD

    def _remember(self, marks: tuple[str, ...]) -> None:
        self._seen |= dict.fromkeys(marks)
        while len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
