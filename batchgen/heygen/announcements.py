"""Reads what an event says of a job. Both generations say it in one shape, and call failures by two names.

HeyGen's documents of webhooks: ``{"event_type": …, "event_data": …}``; a video's failure is told in ``msg`` and a
translation's in ``message``. HeyGen's own node for n8n reads ``event`` where the documents say ``event_type``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.heygen.fields import first, seconds, table, text
from batchgen.heygen.verdicts import lacked, read, unreadable
from batchgen.model.exchange import Progress, Stage
from batchgen.model.foreign import read_json
from batchgen.model.webhook import Registered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.model.exchange import Reply

#: The events that tell of an end, and which. Others (a GIF is ready, a preflight failed) tell that it is time to ask.
#: HeyGen's v3 reference lists none for lipsyncs.
ENDS = {
    "avatar_video.success": Stage.READY,
    "avatar_video.fail": Stage.BROKEN,
    "video_translate.success": Stage.READY,
    "video_translate.fail": Stage.BROKEN,
    "video_agent.success": Stage.READY,
    "video_agent.fail": Stage.BROKEN,
}


def registered(reply: Reply) -> Registered:
    """Read what an endpoint is called and signs with. Raises ``ApiError``."""
    data = table(read(reply).data)
    endpoint_id, secret = first(data, "endpoint_id", "id"), first(data, "secret")
    if endpoint_id is None or secret is None:
        raise unreadable(reply.status, "The reply carries no endpoint, or no secret.")
    return Registered(endpoint_id, secret)


def read_event(body: bytes) -> tuple[str, Progress | None] | None:
    """Give an event's type and what it says of a job; None where it is no event. Never raises."""
    try:
        told: Any = read_json(body)
    except ValueError:
        return None
    event = first(table(told), "event_type", "event")
    return None if event is None else (event, _progress(event, table(table(told).get("event_data"))))


def _progress(event: str, row: Mapping[str, Any]) -> Progress | None:
    remote_id = first(row, "video_id", "video_translate_id", "video_translation_id")
    callback_id = text(row.get("callback_id"))
    if remote_id is None and callback_id is None:
        return None
    stage = ENDS.get(event, Stage.WORKING)
    broken = stage is Stage.BROKEN
    code = first(row, "failure_code", "code") if broken else None
    error = first(row, "msg", "message", "failure_message") if broken else None
    return Progress(
        stage=stage,
        remote_id=remote_id,
        video_url=first(row, "url", "video_url") if stage is Stage.READY else None,
        duration_s=seconds(row.get("duration")) if stage is Stage.READY else None,
        error_code=code,
        error=error,
        hold=lacked(code, error),
        callback_id=callback_id,
        language=text(row.get("output_language")),
    )
