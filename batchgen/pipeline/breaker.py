"""Stops a run that only fails: a template that was deleted must not burn through the sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.model.errors import UsageError
from batchgen.model.status import Event, Status

if TYPE_CHECKING:
    from batchgen.pipeline.stop import Stop
    from batchgen.store.interface import Move

#: Events by which a job ends, one way or the other.
FOLLOWED = frozenset({Event.READY, Event.BROKEN, Event.REFUSED})

#: Jobs that must have ended before a share of them means anything.
FEW = 20


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much failing is borne: so many of the same kind in a row, or such a share of all."""

    in_a_row: int | None = 50
    share: float | None = None

    @classmethod
    def read(cls, text: str) -> Tolerance:
        """Read ``--max-failures``: a number, a percentage, or ``none``."""
        if text.strip().lower() == "none":
            return cls(in_a_row=None)
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(%?)", text.strip())
        if not found or float(found[1]) <= 0 or not (found[2] or found[1].isdigit()):
            raise UsageError(f"--max-failures {text}: this is a number such as 20, a share such as 30%, or none.")
        if found[2] and float(found[1]) >= 100:
            raise UsageError(
                f"--max-failures {text}: a run stops when more than that fail, and more than all cannot. To stop for "
                "none, say none; to stop when all fail, say 99%."
            )
        return cls(in_a_row=None, share=float(found[1]) / 100) if found[2] else cls(in_a_row=int(found[1]))


class Breaker:
    """Counts failures, and pulls the brake."""

    def __init__(self, tolerance: Tolerance, stop: Stop) -> None:
        self._tolerance = tolerance
        self._stop = stop
        self._ended = self._failed = self._in_a_row = 0
        self._last = ""

    def note(self, move: Move, new: Status) -> None:
        """Follow a job that moved."""
        if move.event is Event.READY:
            self._ended += 1
            self._in_a_row = 0
        elif new is Status.FAILED:
            self._count(str(move.facts.get("error_code") or move.facts.get("error") or ""))

    def _count(self, code: str) -> None:
        self._ended += 1
        self._failed += 1
        self._in_a_row = self._in_a_row + 1 if code == self._last else 1
        self._last = code
        if self._trips():
            self._stop.too_many_failures(self._failed, code)

    def _trips(self) -> bool:
        most, share = self._tolerance.in_a_row, self._tolerance.share
        if most is not None and self._in_a_row >= most:
            return True
        return share is not None and self._ended >= FEW and self._failed / self._ended > share
