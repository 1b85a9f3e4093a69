"""The routes of webhooks, v1's and v3's: endpoints are added, listed, changed and removed, and events looked up.

HeyGen asks an address by OPTIONS before it takes it, and waits a second. The transport does that and says in
`Call.reached` what came of it.
"""

from typing import Any
from urllib.parse import urlsplit

from batchgen.sandbox.desk import Desk
from batchgen.sandbox.fields import Fields, bad
from batchgen.sandbox.hooks import Endpoint
from batchgen.sandbox.wire import Answer, Call, Refusal, v1, v3, v3_page

_THINGS = (
    "avatar_video",
    "avatar_video_gif",
    "avatar_video_caption",
    "video_translate",
    "instant_avatar",
    "photo_avatar_generation",
    "photo_avatar_train",
    "photo_avatar_add_motion",
    "proofread_creation",
    "live_avatar",
    "video_agent",
    "hyperframes_video",
    "ai_clipping",
)

#: Every event, as the v3 reference lists them.
EVENTS = (
    *(f"{what}.{end}" for what in _THINGS for end in ("success", "fail")),
    "video_translate.preflight.validation_failed",
    "video_translate.preflight.download_failed",
    "personalized_video",
    "batch.finished",
)

#: Where an address is given.
_GIVEN = {
    ("POST", "/v1/webhook/endpoint.add"),
    ("PATCH", "/v1/webhook/endpoint.update"),
    ("POST", "/v3/webhooks/endpoints"),
}


def address_to_try(call: Call) -> str | None:
    """Give the address that has to answer before a call is handled, if there is one."""
    changes = call.method == "PATCH" and call.path.startswith("/v3/webhooks/endpoints/")
    if (call.method, call.path) not in _GIVEN and not changes:
        return None
    try:
        url = call.json.get("url")
        return url if isinstance(url, str) and _fault(url) is None else None
    except Refusal:
        return None


def _fault(url: str) -> str | None:
    """Say what is wrong with an address: it is https, or this machine itself."""
    try:
        parts = urlsplit(url)
        local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    except ValueError:
        return "must be a valid URL."
    if not parts.hostname:
        return "must be a valid URL."
    return None if parts.scheme == "https" or (parts.scheme == "http" and local) else "must be an HTTPS URL."


def add_v1(desk: Desk) -> Answer:
    """POST /v1/webhook/endpoint.add."""
    return v1(_add(desk, "v1") | {"username": "sandbox"}, message=None)


def add_v3(desk: Desk) -> Answer:
    """POST /v3/webhooks/endpoints: the secret is shown here, and at its rotation."""
    return v3(_add(desk, "v3"))


def list_v1(desk: Desk) -> Answer:
    """GET /v1/webhook/endpoint.list."""
    return v1([one.told(shown=True) for one in _of(desk, "v1")], message=None)


def list_v3(desk: Desk) -> Answer:
    """GET /v3/webhooks/endpoints."""
    rows = [one.told(shown=False) for one in _of(desk, "v3")]
    start, limit = _start(desk), desk.limit(default=10)
    more = start + limit < len(rows)
    return v3_page(rows[start : start + limit], str(start + limit) if more else None)


def update_v1(desk: Desk) -> Answer:
    """PATCH /v1/webhook/endpoint.update."""
    return v1(_update(desk, Fields(desk.call.json).needs("endpoint_id"), "v1"), message=None)


def update_v3(desk: Desk, endpoint_id: str) -> Answer:
    """PATCH /v3/webhooks/endpoints/{id}."""
    return v3(_update(desk, endpoint_id, "v3"))


def remove_v1(desk: Desk) -> Answer:
    """DELETE /v1/webhook/endpoint.delete."""
    _remove(desk, desk.call.query.get("endpoint_id", ""), "v1")
    return v1(None, message=None)


def remove_v3(desk: Desk, endpoint_id: str) -> Answer:
    """DELETE /v3/webhooks/endpoints/{id}."""
    _remove(desk, endpoint_id, "v3")
    return v3({})


def rotate(desk: Desk, endpoint_id: str) -> Answer:
    """POST /v3/webhooks/endpoints/{id}/rotate-secret: the old one is worth nothing from now on."""
    found = _find(desk, endpoint_id, "v3")
    found.secret = desk.studio.hooks.secret(f"{endpoint_id}:again")
    desk.asking.records.append(desk.studio.hooks.record(endpoint_id))
    return v3({"endpoint_id": found.id, "secret": found.secret})


def event_types_v1(desk: Desk) -> Answer:
    """GET /v1/webhook/webhook.list."""
    del desk
    return v1(list(EVENTS), message=None)


def event_types_v3(desk: Desk) -> Answer:
    """GET /v3/webhooks/event-types."""
    del desk
    return v3_page([{"event_type": one, "description": f"When {one} happens."} for one in EVENTS], None)


def events(desk: Desk) -> Answer:
    """GET /v3/webhooks/events: what was delivered, newest first."""
    wanted, entity = desk.call.query.get("event_type"), desk.call.query.get("entity_id")
    rows = [
        one
        for one in reversed(desk.studio.hooks.history)
        if wanted in {None, one["event_type"]} and (entity is None or entity in one["event_data"].values())
    ]
    start, limit = _start(desk), desk.limit(default=10)
    more = start + limit < len(rows)
    return v3_page(rows[start : start + limit], str(start + limit) if more else None)


def _add(desk: Desk, family: str) -> dict[str, Any]:
    fields = Fields(desk.call.json)
    url, chosen = _url(desk, fields.needs("url")), _events(fields)
    found = desk.studio.hooks.add(family=family, url=url, events=chosen, base=desk.call.base)
    desk.asking.records.append(desk.studio.hooks.record(found.id))
    return found.told(shown=True)


def _update(desk: Desk, endpoint_id: str, family: str) -> dict[str, Any]:
    found, fields = _find(desk, endpoint_id, family), Fields(desk.call.json)
    if fields.has("url"):
        found.url = _url(desk, fields.needs("url"))
    if fields.has("events"):
        found.events = _events(fields)
    desk.asking.records.append(desk.studio.hooks.record(endpoint_id))
    return found.told(shown=family == "v1")


def _remove(desk: Desk, endpoint_id: str, family: str) -> None:
    del desk.studio.hooks.endpoints[_find(desk, endpoint_id, family).id]
    desk.asking.records.append(desk.studio.hooks.record(endpoint_id))


def _find(desk: Desk, endpoint_id: str, family: str) -> Endpoint:
    found = desk.studio.hooks.endpoints.get(endpoint_id)
    if found is None or found.family != family:
        raise Refusal(404, "webhook_not_found", "Webhook endpoint not found.", number=400404)
    return found


def _of(desk: Desk, family: str) -> list[Endpoint]:
    return [one for one in desk.studio.hooks.endpoints.values() if one.family == family]


def _url(desk: Desk, url: str) -> str:
    if fault := _fault(url):
        raise bad("url", fault)
    if not desk.call.reached:
        raise bad("url", "did not answer an OPTIONS request within 1 second.")
    return url


def _events(fields: Fields) -> list[str] | None:
    if not fields.has("events"):
        return None
    chosen = fields.many("events", 0, len(EVENTS))
    unknown = [one for one in chosen if one not in EVENTS]
    if unknown:
        raise bad("events", f"holds {unknown[0]!r}, which is no event type.")
    return chosen or None


def _start(desk: Desk) -> int:
    token = desk.call.query.get("token", "")
    if token and not token.isdigit():
        raise bad("token", "is not a valid page token.")
    return int(token or 0)
