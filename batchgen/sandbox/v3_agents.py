"""The v3 routes of the video agent: a prompt opens a session, and the session makes one video.

Conversations with the agent (`mode: chat`) are not played here.
"""

from typing import Any

from batchgen.sandbox import assets
from batchgen.sandbox.desk import Desk, not_found
from batchgen.sandbox.fields import Fields, bad
from batchgen.sandbox.film_spec import FilmSpec
from batchgen.sandbox.job import Job, Order, Phase
from batchgen.sandbox.orders_v3 import asset, attached, film_seconds, known
from batchgen.sandbox.studio import page
from batchgen.sandbox.wire import Answer, v3, v3_page

PROMPT_LENGTH = 10_000  #: Characters.
FILES = 20
_TITLE_WORDS = 6  # of its prompt that a session is called by
_SIZES = {"landscape": (1280, 720), "portrait": (720, 1280)}
_WORDS = dict(zip(Phase, ("thinking", "thinking", "generating", "completed", "failed"), strict=True))
_PROGRESS = dict(zip(Phase, (0, 10, 50, 100, 100), strict=True))


def create(desk: Desk) -> Answer:
    """POST /v3/video-agents: the session, and its video where that is known at once."""
    order = _order(desk.call.json)
    assets.check(desk, desk.call.json)
    job = desk.studio.accept(desk.asking, [order], may_queue=False)[0]
    told = {"session_id": desk.studio.session_id(job), "status": "thinking", "video_id": _video_id(desk, job)}
    return v3({**told, "created_at": int(job.created_at)})


def _order(body: dict[str, Any]) -> Order:
    fields = Fields(body)
    prompt = fields.needs("prompt", longest=PROMPT_LENGTH)
    if fields.choice("mode", ("generate", "chat")) == "chat":
        raise bad("mode", "chat is not played by this sandbox.")
    known("avatar", fields.text("avatar_id"), 400144)
    known("voice", fields.text("voice_id"), 400116)
    known("style", fields.text("style_id"), 40012)
    fields.text("brand_kit_id")
    fields.flag("incognito_mode")
    width, height = _SIZES[fields.choice("orientation", tuple(_SIZES)) or "landscape"]
    for source in attached(fields, "files", FILES):
        asset(source)
    callback_id = fields.text("callback_id")
    if callback_id is not None and fields.url("callback_url") is None:
        raise bad("callback_id", "requires callback_url.")
    title = " ".join(prompt.split()[:_TITLE_WORDS])
    seconds = film_seconds(prompt)
    film = FilmSpec(
        headline=title, lines=(prompt[:200],), background="#4a3a12", width=width, height=height, seconds=seconds
    )
    return Order(kind="agent", film=film, text=prompt, title=title, callback_id=callback_id, tariff="agent")


def tell(desk: Desk, session_id: str) -> Answer:
    """GET /v3/video-agents/{id}: how far the agent is, and what was said."""
    job = _session(desk, session_id)
    phase, said = job.phase(desk.now), [_message("user", "text", job.order.text)]
    if phase is Phase.BROKEN and job.failure:
        said.insert(0, _message("model", "error", job.failure.message))
    return v3(
        {
            "session_id": session_id,
            "title": job.title,
            "status": _WORDS[phase],
            "progress": _PROGRESS[phase],
            "video_id": _video_id(desk, job),
            "created_at": int(job.created_at),
            "messages": said,
        }
    )


def tell_all(desk: Desk) -> Answer:
    """GET /v3/video-agents, newest first: no prompt, and no label that whoever asked gave it."""

    def keep(job: Job) -> bool:
        return job.order.kind == "agent" and desk.listed(job)

    token, limit = desk.call.query.get("token"), desk.limit(default=20)
    rows, more = page(desk.studio.shelves["video"], keep=keep, token=token, limit=limit)
    told = [
        {"session_id": desk.studio.session_id(job), "title": job.title, "created_at": int(job.created_at)}
        for job in rows
    ]
    return v3_page(told, more)


def tell_videos(desk: Desk, session_id: str) -> Answer:
    """GET /v3/video-agents/{id}/videos."""
    job = _session(desk, session_id)
    return v3_page([desk.v3_video(job)] if _video_id(desk, job) else [], None)


def _video_id(desk: Desk, job: Job) -> str | None:
    """Give the id of a session's video, which may come later than the session's."""
    return job.id if desk.now >= job.created_at + desk.studio.options.faults.item_lag else None


def _message(role: str, kind: str, content: str) -> dict[str, Any]:
    return {"role": role, "type": kind, "content": content}


def _session(desk: Desk, session_id: str) -> Job:
    job = desk.studio.sessions.get(session_id)
    if job is None or job.deleted:
        raise not_found("not_found", "Session")
    return job
