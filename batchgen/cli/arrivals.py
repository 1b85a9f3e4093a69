"""What comes to a webhook and is not believed, and whether the others are relied on, in a person's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.webhook import Verdict

if TYPE_CHECKING:
    from batchgen.pipeline.happened import Hearing, TurnedAway

_DEAF = (
    "Videos end and no webhook tells of it: they are asked about as without one. Does its address lead here, and is "
    "this machine's clock right?"
)
_RELIED = "Webhooks arrive: they are relied on."
#: It is signed, so it came from HeyGen: told again by somebody, or this machine has another time than HeyGen.
_STALE = (
    "stale: the time in it is more than five minutes from this machine's clock. If all are, set the clock; "
    "`batchgen doctor` looks at it"
)


def reliance(fact: Hearing) -> str:
    """Say whether webhooks are relied on."""
    return _RELIED if fact.webhooks else _DEAF


def turned_away(fact: TurnedAway) -> str:
    """Say why something was turned away, and what to do where a person can do something."""
    return f"turned away: {_STALE if fact.reason is Verdict.STALE else fact.reason}"
