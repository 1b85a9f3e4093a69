"""Webhook endpoints of v1, which v2 uses: registered, listed and removed, and what arrives there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.heygen.announcements import ENDS, read_event, registered
from batchgen.heygen.fields import first, table, tables
from batchgen.heygen.signing import is_signed
from batchgen.heygen.verdicts import read, removed
from batchgen.model.exchange import Purpose, Request
from batchgen.model.webhook import Announcement, Registered, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.heygen.interface import Hooks
    from batchgen.model.exchange import Reply

_HOME = "/v1/webhook"

#: Ends of what this generation makes.
_EVENTS = [event for event in ENDS if event.partition(".")[0] in {"avatar_video", "video_translate"}]


class V2Webhooks:
    """See ``Webhooks``."""

    def register(self, url: str, *, key: str) -> Request:  # noqa: ARG002 - there are no keys here
        """See ``Webhooks.register``."""
        body = {"url": url, "events": _EVENTS}
        return Request(method="POST", path=f"{_HOME}/endpoint.add", purpose=Purpose.ACCOUNT, body=body)

    def read_registered(self, reply: Reply) -> Registered:
        """See ``Webhooks.read_registered``."""
        return registered(reply)

    def remove(self, endpoint_id: str) -> Request:
        """See ``Webhooks.remove``."""
        query = (("endpoint_id", endpoint_id),)
        return Request(method="DELETE", path=f"{_HOME}/endpoint.delete", purpose=Purpose.ACCOUNT, query=query)

    def read_removed(self, reply: Reply) -> None:
        """See ``Webhooks.read_removed``."""
        removed(reply)

    def listing(self, token: str | None = None) -> Request:  # noqa: ARG002 - it comes as one page
        """See ``Webhooks.listing``."""
        return Request(method="GET", path=f"{_HOME}/endpoint.list", purpose=Purpose.ACCOUNT)

    def read_listing(self, reply: Reply) -> Hooks:
        """See ``Webhooks.read_listing``. The documents show the rows bare; lists of v1 usually stand under a name."""
        data = read(reply).data
        rows = data if isinstance(data, list) else table(data).get("endpoints")
        found = [(first(row, "endpoint_id", "id"), first(row, "url")) for row in tables(rows)]
        return [(one, url) for one, url in found if one and url], None

    def hear(self, headers: Mapping[str, str], body: bytes, *, secret: str, now: float) -> Announcement | Verdict:
        """See ``Webhooks.hear``. Here are neither times nor ids: an event is known by its signature alone."""
        del now
        signature = headers.get("signature", "")
        if not signature:
            return Verdict.UNSIGNED
        if not is_signed(signature, body, secret):
            return Verdict.FORGED
        said = read_event(body)
        if said is None:
            return Verdict.UNREADABLE
        return Announcement(event=said[0], marks=(signature.strip().lower(),), progress=said[1])
