"""The routes of sessions, as HeyGen's streaming reference tells them: opened, started, spoken in, listed, stopped."""

from typing import Any

from batchgen.sandbox.catalogue import streaming_avatars
from batchgen.sandbox.desk import Desk
from batchgen.sandbox.fields import Fields, bad
from batchgen.sandbox.plans import session_price
from batchgen.sandbox.sessions import Session, SessionOrder, State
from batchgen.sandbox.wire import Answer, Fate, Live, Refusal, as_json, v1, v2

_OPEN = (State.NEW, State.CONNECTING, State.CONNECTED)
_QUALITIES = ("high", "medium", "low")
_LONGEST = 1500  # letters of a task; the documents' limit for a text


def create_token(desk: Desk) -> Answer:
    """POST /v1/streaming.create_token: good for one session of a browser. Who has a key needs none."""
    return v2({"token": desk.asking.draw.hex_id("token")})


def new(desk: Desk) -> Answer:
    """POST /v1/streaming.new: costs by the minute from here on."""
    order = _order(Fields(desk.call.json))
    desk.studio.account.afford(desk.now, session_price(0))
    asking = desk.asking
    try:
        session = desk.studio.live.open(order, request=asking.request, digest=asking.digest, draw=asking.draw)
    except Refusal as refusal:
        if refusal.number != 10003:
            raise
        # The notice about old versions shows a third field.
        told = {"code": refusal.number, "message": refusal.message, "details": "invalid avatar"}
        return as_json(told, refusal.status)
    _keep(desk, session)
    if order.version == "v2":
        return v1(_livekit(session), message="success")
    offer: dict[str, Any] = {"session_id": session.id, "sdp": None, "ice_servers": None, "ice_servers2": []}
    answer = v1(offer, message="success")
    answer.live = Live(session_id=session.id, verb="offer")
    return answer


def _order(fields: Fields) -> SessionOrder:
    voice = fields.thing("voice")
    quality = fields.choice("quality", _QUALITIES, default="medium") or ""
    fields.one_of(("knowledge_base", "knowledge_base_id"), optional=True)
    if fields.has("avatar_name") and not fields.has("avatar_id"):
        avatar = fields.needs("avatar_name")  # what clients of its first days sent
    else:
        avatar = fields.text("avatar_id") or "default"
    return SessionOrder(
        avatar_id=avatar,
        quality=quality,
        voice_id=voice.text("voice_id") if voice else None,
        rate=(voice.number("rate", 0.5, 1.5, default=1.0) if voice else None) or 1.0,
        encoding=fields.choice("video_encoding", ("VP8", "H264"), default="VP8") or "",
        version=fields.choice("version", ("v1", "v2"), default="v1") or "",
        idle_s=fields.number("activity_idle_timeout", 30, 3600, default=120) or 120,
        knowledge=fields.text("knowledge_base") or fields.text("knowledge_base_id"),
    )


def _livekit(session: Session) -> dict[str, Any]:
    """Tell where its LiveKit room would be: there is none here."""
    return {
        "session_id": session.id,
        "sdp": None,
        "ice_servers": None,
        "ice_servers2": None,
        "url": "wss://127.0.0.1:9",
        "access_token": "a-room-that-is-not-there",
        "realtime_endpoint": "wss://127.0.0.1:9/ws",
        "is_paid": True,
        "session_duration_limit": int(session.until - session.created_at),
    }


def start(desk: Desk) -> Answer:
    """POST /v1/streaming.start."""
    fields, session = _session(desk, State.NEW)
    sdp = None
    if session.order.version != "v2":
        answered = fields.needs_thing("sdp")
        if answered.needs("type") != "answer":
            raise bad("sdp.type", "must be answer.")
        sdp = answered.needs("sdp")
    if desk.asking.draw.hits("session_old", desk.studio.options.faults.session_old):
        # The media server's own way to say it.
        told = {"code": 400014, "message": "Avatar version is deprecated, please update to v3+", "status": 400}
        return as_json(told, 400)
    desk.studio.live.start(session)
    _keep(desk, session)
    answer = v1({"status": "connecting"}, message="success")
    if sdp is not None:
        answer.live = Live(session_id=session.id, verb="answer", sdp=sdp)
    return answer


def ice(desk: Desk) -> Answer:
    """POST /v1/streaming.ice."""
    fields, session = _session(desk, *_OPEN)
    candidate = fields.needs_thing("candidate")
    answer = v1({"status": session.state(desk.now).name.lower()}, message="success")
    if text := candidate.text("candidate"):
        answer.live = Live(session_id=session.id, verb="ice", sdp=text, mid=candidate.text("sdpMid") or "0")
    return answer


def task(desk: Desk) -> Answer:
    """POST /v1/streaming.task. Where it is to be synchronous, the reply comes when all is said."""
    fields, session = _session(desk, State.CONNECTED)
    text = fields.needs("text", longest=_LONGEST)
    kind = fields.choice("task_type", ("repeat", "talk", "chat"), default="talk")
    mode = fields.choice("task_mode", ("sync", "async"), default="async")
    draw, faults = desk.asking.draw, desk.studio.options.faults
    if draw.hits("task_lost_before", faults.task_lost_before):
        return Answer(0, fate=Fate.LOST, trouble="task_lost_before")
    speech = desk.studio.live.say(session, text, "repeat" if kind == "repeat" else "talk", draw)
    _keep(desk, session)
    answer = v1({"duration_ms": round((speech.end - speech.begin) * 1000), "task_id": speech.task_id})
    if mode == "sync":
        answer.delay_s = speech.end - desk.now
    if draw.hits("task_lost", faults.task_lost):
        answer.fate, answer.trouble = Fate.LOST, "task_lost"
    return answer


def interrupt(desk: Desk) -> Answer:
    """POST /v1/streaming.interrupt."""
    _, session = _session(desk, State.CONNECTED)
    desk.studio.live.interrupt(session)
    _keep(desk, session)
    return v1(None)


def stop(desk: Desk) -> Answer:
    """POST /v1/streaming.stop."""
    _, session = _session(desk, *_OPEN)
    desk.studio.live.end(session)
    _keep(desk, session)
    answer = v1({"status": "closed"})
    answer.live = Live(session_id=session.id, verb="close")
    return answer


def keep_alive(desk: Desk) -> Answer:
    """POST /v1/streaming.keep_alive."""
    _, session = _session(desk, *_OPEN)
    session.touched_at = desk.now
    return v1(None)


def list_v1(desk: Desk) -> Answer:
    """GET /v1/streaming.list: those that are open, without a word on who opened them."""
    rows = [_row(desk, one) for one in desk.studio.live.open_ones()]
    return v1({"sessions": rows})


def list_v2(desk: Desk) -> Answer:
    """GET /v2/streaming.list: a page at a time."""
    rows = [_row(desk, one) for one in desk.studio.live.open_ones()]
    size, start = desk.limit(default=100), int(desk.call.query.get("token") or 0)
    following = start + size if start + size < len(rows) else None
    told = {
        "total": len(rows),
        "page": start // size + 1,
        "page_size": size,
        "next_pagination_token": None if following is None else str(following),
        "data": rows[start : start + size],
    }
    return as_json(told)


def avatars(desk: Desk) -> Answer:
    """GET /v1/streaming/avatar.list."""
    del desk
    return v1(streaming_avatars())


def _row(desk: Desk, session: Session) -> dict[str, Any]:
    state = session.state(desk.now).name.lower()
    return {"session_id": session.id, "status": state, "created_at": int(session.created_at)}


def _session(desk: Desk, *allowed: State) -> tuple[Fields, Session]:
    fields = Fields(desk.call.json)
    return fields, desk.studio.live.find(fields.needs("session_id"), *allowed)


def _keep(desk: Desk, session: Session) -> None:
    """Have the journal know the session as it is now."""
    desk.asking.records.append({"what": "session", "session": session.to_record()})
