"""Sessions with interactive avatars: what each has lived through, and where it stands at a moment.

Rule: as with jobs, where a session stands follows from what was noted of it and the time alone. Its pictures and sound
are the transport's business; it says here when they are connected, and asks here what is being said.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from batchgen.sandbox.draw import Draw
from batchgen.sandbox.lengths import WORDS_A_MINUTE
from batchgen.sandbox.options import Options
from batchgen.sandbox.plans import session_price
from batchgen.sandbox.wire import Refusal

#: Seconds from a task to the first word: of text that is repeated, and of an answer that is thought of first.
_THINKS_S = {"repeat": 0.1, "talk": 0.3}
_SHORTEST_S = 0.4
#: Avatars of versions that are served no more: HeyGen's deprecation notice names v1 and v2.
_OLD = re.compile(r"(?:^|[_-])v[12](?:$|[_-])", re.IGNORECASE)


class State(Enum):
    """Where a session stands, with the code by which it is told that it stands there."""

    NEW = 10001
    CONNECTING = 10002
    CONNECTED = 10003
    CLOSING = 10004
    CLOSED = 10005


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOrder:
    """What `streaming.new` asked for, read and checked."""

    avatar_id: str
    quality: str
    voice_id: str | None
    rate: float
    encoding: str
    version: str  #: v1 is WebRTC with an offer in the reply, v2 is LiveKit.
    idle_s: float
    knowledge: str | None


@dataclass(slots=True, kw_only=True)
class Speech:
    """One thing that the avatar says."""

    task_id: str
    text: str  #: As it was asked for.
    said: str
    begin: float  #: Epoch seconds, as all times here.
    end: float


@dataclass(slots=True, kw_only=True)
class Session:
    """One session."""

    id: str
    order: SessionOrder
    request: int  #: Number of the request that opened it, from 1.
    digest: str
    created_at: float
    until: float  #: When the plan ends it, whatever happens in it.
    touched_at: float  #: When somebody last did anything with it.
    started_at: float | None = None
    connected_at: float | None = None
    ended_at: float | None = None
    why: str = ""  #: stop, idle, limit or fault: what ended it.
    speeches: list[Speech] = field(default_factory=list)

    def settle(self, now: float) -> None:
        """End it where its time was over by now."""
        if self.ended_at is not None:
            return
        idle_at = max([self.touched_at, *(one.end for one in self.speeches)]) + self.order.idle_s
        at, why = min((idle_at, "idle"), (self.until, "limit"))
        if now >= at:
            self.ended_at, self.why = at, why

    def state(self, now: float) -> State:
        """Tell where it stands."""
        self.settle(now)
        if self.ended_at is not None:
            return State.CLOSED
        if self.connected_at is not None:
            return State.CONNECTED
        return State.NEW if self.started_at is None else State.CONNECTING

    def talking(self, now: float) -> Speech | None:
        """Give what is being said."""
        return next((one for one in self.speeches if one.begin <= now < one.end), None)

    def billed(self, now: float) -> float:
        """Give the credits it has cost by now."""
        self.settle(now)
        return session_price((now if self.ended_at is None else self.ended_at) - self.created_at)

    def to_record(self) -> dict[str, Any]:
        """Give it as plain JSON."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Session":
        """Read what to_record gave."""
        speeches = [Speech(**one) for one in record["speeches"]]
        return cls(**{**record, "order": SessionOrder(**record["order"]), "speeches": speeches})


class Sessions:
    """All sessions of an account."""

    def __init__(self, *, options: Options, now: Callable[[], float]) -> None:
        self._options, self._now = options, now
        self._all: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(self._all.values())

    def open(self, order: SessionOrder, *, request: int, digest: str, draw: Draw) -> Session:
        """Open one, or refuse it with a code of the documents."""
        now, faults = self._now(), self._options.faults
        if _OLD.search(order.avatar_id):
            raise Refusal(400, "", "avatar version is deprecated, please update to v3+", number=10003)
        if order.avatar_id.startswith("unknown"):
            raise Refusal(400, "", "avatar not found", number=10012)
        if draw.hits("session_trial", faults.session_trial):
            raise Refusal(400, "", "Trial API concurrent limit reached", number=10015)
        if len(self.open_ones()) >= self._options.sessions or draw.hits("session_full", faults.session_full):
            raise Refusal(400, "", "Concurrent limit reached", number=10007)
        lasts = faults.session_ends_s if draw.hits("session_ends", faults.session_ends) else self._options.session_s
        session = Session(
            id=draw.hex_id("session"),
            order=order,
            request=request,
            digest=digest,
            created_at=now,
            until=now + lasts,
            touched_at=now,
        )
        self._all[session.id] = session
        return session

    def restore(self, record: dict[str, Any]) -> None:
        """Take in a session as an earlier sandbox knew it."""
        self._all[record["id"]] = Session.from_record(record)

    def open_ones(self) -> list[Session]:
        """Give those that are open."""
        now = self._now()
        return [one for one in self if one.state(now) is not State.CLOSED]

    def find(self, session_id: str, *allowed: State) -> Session:
        """Find a session that stands where it should, or refuse with the code of where it stands instead."""
        session = self._all.get(session_id)
        if session is None:
            raise Refusal(400, "", "Session not found", number=10006)
        state = session.state(self._now())
        if state not in allowed:
            raise Refusal(400, "", f"Session state wrong: {state.name.lower()}", number=state.value)
        return session

    def at(self, session_id: str) -> Session | None:
        """Give a session wherever it stands."""
        return self._all.get(session_id)

    def start(self, session: Session) -> None:
        """Note that somebody answered its offer. LiveKit has no offer: there it is connected with that."""
        now = self._now()
        session.started_at = session.touched_at = now
        if session.order.version == "v2":
            session.connected_at = now

    def connected(self, session_id: str) -> None:
        """Note that its pictures and sound flow."""
        session = self._all[session_id]
        session.connected_at = session.touched_at = self._now()

    def say(self, session: Session, text: str, kind: str, draw: Draw) -> Speech:
        """Have something said, after all that is being said already."""
        now = self._now()
        said = text if kind == "repeat" else _reply(text, session.order.knowledge)
        begin = max([now, *(one.end for one in session.speeches)]) + _THINKS_S[kind]
        seconds = max(_SHORTEST_S, len(said.split()) * 60 / WORDS_A_MINUTE / session.order.rate)
        speech = Speech(task_id=draw.hex_id("task"), text=text, said=said, begin=begin, end=begin + seconds)
        session.speeches.append(speech)
        session.touched_at = now
        return speech

    def interrupt(self, session: Session) -> None:
        """Have nothing more said of what was asked for."""
        now = self._now()
        session.touched_at = now
        session.speeches = [one for one in session.speeches if one.begin <= now]
        for one in session.speeches:
            one.end = min(one.end, now)

    def end(self, session: Session, why: str = "stop") -> None:
        """End a session."""
        session.settle(self._now())
        if session.ended_at is None:
            session.ended_at, session.why = self._now(), why

    def billed(self, now: float) -> float:
        """Give the credits that all of them have cost by now."""
        return sum(one.billed(now) for one in self)

    def ledger(self) -> list[dict[str, Any]]:
        """Tell all of them, in the order in which they were opened."""
        now = self._now()
        return [
            {
                "id": one.id,
                "avatar_id": one.order.avatar_id,
                "request": one.request,
                "digest": one.digest,
                "created_at": one.created_at,
                "state": one.state(now).name.lower(),
                "ended_at": one.ended_at,
                "why": one.why,
                "said": [speech.said for speech in one.speeches],
                "billed": one.billed(now),
            }
            for one in self
        ]


def _reply(text: str, knowledge: str | None) -> str:
    """Make up an answer."""
    return f"You asked: {text}" + (f" All I know is: {knowledge}" if knowledge else "")
