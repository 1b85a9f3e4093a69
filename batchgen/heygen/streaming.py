"""The protocol of sessions with interactive avatars: requests, and what each reply means. Pure.

HeyGen's reference knows these endpoints under v1 and v2 alone, whatever generation everything else is asked in, so
both dialects speak of sessions through this file. Nothing here raises but where a list cannot be read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from batchgen.heygen.fields import first, number, table, tables, text
from batchgen.heygen.interface import Endpoint, Keys
from batchgen.heygen.verdicts import hold_of, read, settle, unreadable, verdict
from batchgen.heygen.wire import Failure, decipher
from batchgen.model.exchange import NoAnswer, Page, Progress, Purpose, Refused, Request, Stage
from batchgen.model.session import Denied, IceServer, Opening, SessionState, Taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.model.exchange import HeldBack, Reply
    from batchgen.model.job import Parcel

#: No document says that keys are honoured here. Rows of the list carry neither a name nor anything else of ours.
ENDPOINT = Endpoint(keys=Keys.NONE, live=True)

#: HeyGen's TypeScript client: the codes by which a session is said to stand where the request cannot be met.
_STATES = {
    "10001": SessionState.NEW,
    "10002": SessionState.CONNECTING,
    "10003": SessionState.CONNECTED,
    "10004": SessionState.CLOSING,
    "10005": SessionState.CLOSED,
    "10006": SessionState.UNKNOWN,
}
#: 10003 also says that an avatar is too old, in these words; the media server says that as 400014.
_TOO_OLD = re.compile(r"avatar version|deprecated", re.IGNORECASE)
_RETIRED = "400014"
#: What a session of the newer protocol answers before it is connected, under 400006.
_NOT_YET = re.compile(r"not in (the )?correct state", re.IGNORECASE)

#: What is said of an avatar whose version is not served any more, whichever server says it.
RETIRED = (
    "HeyGen holds no sessions with this avatar any more: it is of version v1 or v2, and these were retired. Write the "
    "avatar_id of one of version v3 or newer; HeyGen's Interactive Avatar page lists them, and makes yours anew."
)

#: What else can be wrong with an avatar, by HeyGen's TypeScript client.
_AVATAR = {
    "10012": "HeyGen knows no interactive avatar of this id. Write the avatar_id of one that is made for sessions.",
    "10013": "This account may not hold sessions with this avatar. Write the avatar_id of one of its own.",
}


class Streaming:
    """See ``Sessions``."""

    def open(self, parcel: Parcel) -> Request:
        """See ``Sessions.open``."""
        content = parcel.content
        named = ("avatar_id", "quality", "voice", "video_encoding", "knowledge_base", "knowledge_base_id")
        body = {name: content[name] for name in named if name in content}
        body["activity_idle_timeout"] = content["idle_timeout"]
        if content.get("protocol") == "livekit":
            body["version"] = "v2"
        return Request(
            method="POST", path="/v1/streaming.new", purpose=Purpose.CREATE, body=body | content.get("extra", {})
        )

    def read_open(self, reply: Reply) -> Opening | HeldBack | Refused | NoAnswer:
        """See ``Sessions.read_open``."""
        found = decipher(reply)
        if isinstance(found, Failure) and reply.status < 500 and (told := _of_the_avatar(found)):
            return Refused(code=found.code, message=told)
        return settle(reply, _opening)

    def start(self, session_id: str, answer: str | None) -> Request:
        """See ``Sessions.start``."""
        said = {} if answer is None else {"sdp": {"type": "answer", "sdp": answer}}
        return _post("start", session_id, **said)

    def candidate(self, session_id: str, candidate: str, mid: str) -> Request:
        """See ``Sessions.candidate``."""
        told = {"candidate": candidate, "sdpMid": mid, "sdpMLineIndex": int(mid) if mid.isdecimal() else 0}
        return _post("ice", session_id, candidate=told)

    def say(self, session_id: str, said: str, kind: str) -> Request:
        """See ``Sessions.say``. It is asked for asynchronously: its end is an event, and no reply hangs until then."""
        return _post("task", session_id, text=said, task_type=kind, task_mode="async")

    def keep_alive(self, session_id: str) -> Request:
        """See ``Sessions.keep_alive``."""
        return _post("keep_alive", session_id)

    def stop(self, session_id: str) -> Request:
        """See ``Sessions.stop``."""
        return _post("stop", session_id)

    def read_done(self, reply: Reply) -> Taken | Denied:
        """See ``Sessions.read_done``."""
        found = decipher(reply)
        if isinstance(found, Failure):
            return _denied(found)
        data = table(found.data)
        duration = number(data.get("duration_ms"))
        return Taken(task_id=text(data.get("task_id")), duration_s=None if duration is None else duration / 1000)

    def listing(self, token: str | None = None) -> Request:
        """See ``Sessions.listing``."""
        query = (("token", token),) if token else ()
        return Request(method="GET", path="/v1/streaming.list", purpose=Purpose.LIST, query=query)

    def read_listing(self, reply: Reply) -> Page:
        """See ``Sessions.read_listing``. The list of v2 has its rows elsewhere; both are understood."""
        found = read(reply)
        data = table(found.data)
        rows = data.get("sessions", found.body.get("data"))
        if not isinstance(rows, list):
            raise unreadable(reply.status, "The reply carries no list of sessions.")
        cursor = text(found.body.get("next_pagination_token")) or text(data.get("next_pagination_token"))
        return Page(rows=tuple(map(_row, tables(rows))), next_token=cursor)


def _post(verb: str, session_id: str, **fields: Any) -> Request:
    # None of these costs anything by itself, and what is in the way of a session costs by the second.
    body = {"session_id": session_id, **fields}
    return Request(method="POST", path=f"/v1/streaming.{verb}", purpose=Purpose.SESSION, body=body)


def _opening(data: Mapping[str, Any]) -> Opening | None:
    """Read how a session is reached. Its id is enough: what is missing beside it is found out when it is started."""
    session_id = first(data, "session_id")
    if session_id is None:
        return None
    servers = tables(data.get("ice_servers2")) or tables(data.get("ice_servers"))
    return Opening(
        session_id=session_id,
        offer=text(table(data.get("sdp")).get("sdp")),
        ice_servers=tuple(one for one in map(_ice_server, servers) if one.urls),
        room=text(data.get("url")),
        access_token=text(data.get("access_token")),
    )


def _ice_server(row: Mapping[str, Any]) -> IceServer:
    urls = row.get("urls", row.get("url"))
    return IceServer(
        urls=tuple(filter(None, map(text, urls if isinstance(urls, list) else [urls]))),
        username=text(row.get("username")) or "",
        credential=text(row.get("credential")) or "",
    )


def _of_the_avatar(failure: Failure) -> str | None:
    """Say what is wrong with the avatar, if it is that."""
    if failure.code == _RETIRED or (failure.code == "10003" and _TOO_OLD.search(failure.message)):
        return f"{RETIRED} (HeyGen said: {failure.message})"
    told = _AVATAR.get(failure.code)
    return f"{told} (HeyGen said: {failure.message})" if told else None


def _denied(failure: Failure) -> Denied:
    told = _of_the_avatar(failure)
    if told:
        return Denied(code=failure.code, message=told)
    state = _STATES.get(failure.code)
    if state is None and _NOT_YET.search(failure.message):
        state = SessionState.CONNECTING
    hold = hold_of(failure)
    return Denied(
        code=failure.code,
        message=failure.message,
        state=state,
        transient=hold is not None and not hold.pauses,
        lost=state is None and isinstance(verdict(failure), NoAnswer),
    )


def _row(row: Mapping[str, Any]) -> Progress:
    # Nobody but who has its offer can start a session, so one whose reply was lost stays new.
    new = text(row.get("status")) == SessionState.NEW
    return Progress(
        stage=Stage.QUEUED if new else Stage.WORKING,
        remote_id=first(row, "session_id", "id"),
        created_at=number(row.get("created_at")),
    )
