"""Webhook endpoints of v3: registered, listed and removed, and what arrives there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from batchgen.heygen.announcements import ENDS, read_event, registered
from batchgen.heygen.fields import first, number, tables
from batchgen.heygen.signing import is_fresh, is_signed
from batchgen.heygen.v3.routes import PAGE
from batchgen.heygen.verdicts import read, removed
from batchgen.model.exchange import Purpose, Request
from batchgen.model.webhook import Announcement, Registered, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.heygen.interface import Hooks
    from batchgen.model.exchange import Reply

_HOME = "/v3/webhooks/endpoints"

#: How far an event's time may be from ours, in seconds, as the client has it that the signature was learned from.
TOLERANCE_S = 300.0

#: A translation that fails before it begins may be told by its preflight alone.
_EVENTS = (
    *ENDS,
    "video_translate.preflight.validation_failed",
    "video_translate.preflight.download_failed",
)


class V3Webhooks:
    """See ``Webhooks``."""

    def register(self, url: str, *, key: str) -> Request:
        """See ``Webhooks.register``. HeyGen's changelog of May 2026 names this endpoint as honouring keys."""
        body = {"url": url, "events": list(_EVENTS)}
        return Request(method="POST", path=_HOME, purpose=Purpose.ACCOUNT, body=body, key=key)

    def read_registered(self, reply: Reply) -> Registered:
        """See ``Webhooks.read_registered``."""
        return registered(reply)

    def remove(self, endpoint_id: str) -> Request:
        """See ``Webhooks.remove``."""
        return Request(method="DELETE", path=f"{_HOME}/{quote(endpoint_id, safe='')}", purpose=Purpose.ACCOUNT)

    def read_removed(self, reply: Reply) -> None:
        """See ``Webhooks.read_removed``."""
        removed(reply)

    def listing(self, token: str | None = None) -> Request:
        """See ``Webhooks.listing``."""
        cursor = (("token", token),) if token else ()
        return Request(method="GET", path=_HOME, purpose=Purpose.ACCOUNT, query=(PAGE, *cursor))

    def read_listing(self, reply: Reply) -> Hooks:
        """See ``Webhooks.read_listing``."""
        found = read(reply)
        cursor = None if found.body.get("has_more") is False else first(found.body, "next_token")
        rows = [(first(row, "endpoint_id", "id"), first(row, "url")) for row in tables(found.data)]
        return [(one, url) for one, url in rows if one and url], cursor

    def hear(self, headers: Mapping[str, str], body: bytes, *, secret: str, now: float) -> Announcement | Verdict:
        """See ``Webhooks.hear``."""
        signature = headers.get("heygen-signature", "")
        if not signature:
            return Verdict.UNSIGNED
        if not is_signed(signature, body, secret):
            return Verdict.FORGED
        if not is_fresh(number(headers.get("heygen-timestamp")), now, TOLERANCE_S):
            return Verdict.STALE
        said = read_event(body)
        if said is None:
            return Verdict.UNREADABLE
        event_id = headers.get("heygen-event-id", "").strip()
        marks = (signature.strip().lower(), *([event_id] if event_id else []))
        return Announcement(event=said[0], marks=marks, progress=said[1])
