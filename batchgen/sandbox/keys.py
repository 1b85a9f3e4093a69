"""Replies kept for an Idempotency-Key, as HeyGen's v3 reference tells it.

The same key at the same endpoint and path gives the first reply again for 24 hours, even where the body differs; while
the first is still in flight it gives 409.
"""

import re
from dataclasses import dataclass
from typing import Any

from batchgen.sandbox.wire import Answer, Refusal

LIFE_S = 86_400.0
_SHAPE = re.compile(r"[A-Za-z0-9_\-:.]{1,255}")


@dataclass(slots=True)
class Kept:
    """A reply that was kept."""

    status: int
    body: str
    kind: str  #: Its Content-Type.
    at: float  #: Epoch seconds of its request.
    busy_until: float  #: Epoch seconds at which the first request is no longer in flight.


class Keys:
    """The replies of one account."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Kept] = {}

    def replay(self, scope: str, key: str, now: float) -> Answer | None:
        """Give the reply kept for a key, or None where the key is new or its day is over."""
        if not _SHAPE.fullmatch(key):
            raise Refusal(
                400,
                "invalid_parameter",
                "Idempotency-Key must be 1 to 255 characters of A-Z a-z 0-9 _ - : .",
                param="Idempotency-Key",
            )
        kept = self._kept.get((scope, key))
        if kept is None or now - kept.at >= LIFE_S:
            return None
        if now < kept.busy_until:
            raise Refusal(
                409, "request_in_progress", "A request with this Idempotency-Key is in progress.", retry_after=1
            )
        headers = {"content-type": kept.kind, "idempotent-replayed": "true"}
        return Answer(kept.status, kept.body.encode(), headers)

    def holds(self, scope: str, key: str, now: float) -> bool:
        """Tell whether a reply is kept for a key, or a first request is in flight."""
        kept = self._kept.get((scope, key))
        return kept is not None and now - kept.at < LIFE_S

    def keep(self, scope: str, key: str, answer: Answer, now: float) -> dict[str, Any]:
        """Keep a reply, and give the record of it for the journal."""
        record = {"scope": scope, "key": key, "status": answer.status, "body": answer.body.decode(), "at": now}
        record["kind"] = answer.headers.get("content-type", "application/json")
        self.restore(record)
        return record

    def busy(self, scope: str, key: str, until: float) -> None:
        """Say until when the first request is in flight."""
        kept = self._kept.get((scope, key))
        if kept is not None:
            kept.busy_until = until

    def restore(self, record: dict[str, Any]) -> None:
        """Take in a record of keep."""
        kept = Kept(record["status"], record["body"], record["kind"], record["at"], record["at"])
        self._kept[record["scope"], record["key"]] = kept
