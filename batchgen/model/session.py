"""What passes between batchgen and a session with an avatar: how it is reached, what is asked of it, what is heard."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

#: The kind of job that is a session.
KIND = "session"

#: What is noted when a line was said to its end, with its words.
SAID = "said"

#: Avatars of versions that sessions are not held with any more: HeyGen's deprecation notice names v1 and v2.
_OLD = re.compile(r"(?:^|[_-])v([12])(?:$|[_-])", re.IGNORECASE)


def retired_version(avatar_id: str) -> str | None:
    """Give the version that an avatar's id names, where it is one that HeyGen serves no more."""
    found = _OLD.search(avatar_id)
    return f"v{found[1]}" if found else None


class SessionState(StrEnum):
    """Where HeyGen says that a session stands."""

    NEW = "new"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    CLOSING = "closing"
    CLOSED = "closed"
    UNKNOWN = "unknown"  #: There is none of this id.

    @property
    def over(self) -> bool:
        """Whether nothing can be said in it any more."""
        return self in {SessionState.CLOSING, SessionState.CLOSED, SessionState.UNKNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class IceServer:
    """A server by whose help two machines find a way to each other."""

    urls: tuple[str, ...]
    username: str = ""
    credential: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A session that was opened, and how it is reached. What is secret in it is kept in memory alone."""

    session_id: str
    offer: str | None = field(default=None, repr=False)  #: Of WebRTC, as SDP; None where it is a LiveKit room.
    ice_servers: tuple[IceServer, ...] = ()
    room: str | None = None  #: Address of the LiveKit room.
    access_token: str | None = field(default=None, repr=False)  #: To that room.


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """HeyGen took a request about a session."""

    task_id: str | None = None  #: Of something that is to be said.
    duration_s: float | None = None  #: Seconds that it takes to be said, where the reply tells.


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """HeyGen did not take a request about a session, or nobody knows whether it did."""

    code: str
    message: str
    state: SessionState | None = None  #: Where the session stands instead of where it would have to.
    transient: bool = False  #: It certainly was not taken, and may be in a moment.
    lost: bool = False  #: It may have been taken.


class Said(StrEnum):
    """Events of a session that something is made of, in the words of HeyGen's streaming SDK."""

    READY = "stream_ready"
    BEGUN = "avatar_start_talking"
    WORDS = "avatar_talking_message"
    WORDS_END = "avatar_end_message"
    ENDED = "avatar_stop_talking"
    GONE = "stream_disconnected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An event that a session told of itself."""

    type: str  #: One of ``Said``, or one that nobody has seen before.
    task_id: str | None = None
    message: str | None = None
    duration_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """Something that happened in a session, as it is noted."""

    at: float  #: Epoch seconds.
    what: str  #: opened, connected, asked, said, closed … or an event in HeyGen's own word.
    line: int | None = None  #: Which of its lines it concerns, from 1.
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session that was opened from here and is not known to be closed: it costs until it is."""

    session_id: str
    realm: str
    job: int
    at: float  #: Epoch seconds, when it was opened.


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepSession:
    """A change: a session is open, and has to be closed whatever becomes of its job."""

    session: OpenSession


@dataclass(frozen=True, slots=True, kw_only=True)
class DropSession:
    """A change: a session is closed."""

    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteOccurrence:
    """A change: something happened in a session. Appended, never changed."""

    job: int
    round: int  #: Which purchase of the job it is.
    occurrence: Occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """The film of a session."""

    path: str  #: Absolute.
    size: int  #: Bytes.
    digest: str  #: What its file is known by: by what it was taken, a colon, hexadecimal.
    duration_s: float
