"""Whether something that arrived was signed with an endpoint's secret. Pure.

Neither generation's documents tell what exactly is signed. A client that works has it so: HMAC-SHA256 of the raw
body, in 64 hexadecimal digits. What stands in headers beside it is therefore not signed, so that a signature is also
what an event is recognised by: a replay under another time and another id still has the same one.
"""

from __future__ import annotations

import hashlib
import hmac


def is_signed(signature: str, body: bytes, secret: str) -> bool:
    """Tell whether this is the body's signature, in a time that tells nothing of where it differs."""
    right = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    # Headers may hold bytes that are no text: they are as wrong as any other.
    return hmac.compare_digest(right.encode(), signature.strip().lower().encode(errors="replace"))


def is_fresh(timestamp: float | None, now: float, tolerance: float) -> bool:
    """Tell whether a time is near enough to ours, in seconds."""
    return timestamp is not None and abs(now - timestamp) <= tolerance
