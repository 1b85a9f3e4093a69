"""How far this machine's clock was seen to be from HeyGen's, by the ``Date`` of its replies. Pure.

What got lost is known again by when it was sent, as this machine has it, and when it was made, as HeyGen has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Skew:
    """At the most, in seconds. It may have been set meanwhile: what was sent may go by either time."""

    behind_s: float = 0.0
    ahead_s: float = 0.0

    def beside(self, date: str | None, now: float) -> Skew:
        """Take in the ``Date`` of a reply that came ``now``, in epoch seconds; None: it told none."""
        try:
            told = parsedate_to_datetime(date or "")
        except (TypeError, ValueError):
            return self
        ahead = now - (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()
        return Skew(behind_s=max(self.behind_s, -ahead), ahead_s=max(self.ahead_s, ahead))


NO_SKEW = Skew()
