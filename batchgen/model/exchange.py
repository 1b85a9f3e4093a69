"""What passes between batchgen and the server: requests, replies, and what they were found to mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping


#: 4xx of gateways that speak of the waiting and not of the request: it may be at work behind them all the same. 499 is
#: nginx's, and what gRPC gateways make of a call that was cancelled.
GIVEN_UP = frozenset({408, 499})
#: 4xx that pass by themselves, where nothing is lost by asking again.
PASSING = GIVEN_UP | {425, 429}

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Purpose(StrEnum):
    """Why a request is made. It decides how it is counted, timed and repeated."""

    CREATE = "create"  #: Costs money: never repeated except by the rules of submissions.
    STATUS = "status"
    LIST = "list"
    ACCOUNT = "account"
    SESSION = "session"  #: Something said in a session that is open, or its end: it never opens one.
    DOWNLOAD = "download"
    UPLOAD = "upload"  #: Costs nothing, and takes as long as the file is large.


class Upload(NamedTuple):
    """The bytes of a file on their way."""

    pieces: Callable[[], AsyncIterator[bytes]]  #: From the beginning, each time it is called.
    size: int  #: Bytes.
    media_type: str
    sha256: str = ""  #: Of all of them, in hexadecimal, where it is known.

    @property
    def patience(self) -> float:
        """Seconds to wait for all of it: ten minutes, as HeyGen's own command line does, and more for what is large."""
        return 600.0 + self.size / 100_000


class Request(NamedTuple):
    """A request to the API, before any network."""

    method: str
    path: str  #: Such as ``/v3/videos``; a dialect knows no host.
    purpose: Purpose
    query: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] | None = None  #: Sent as JSON.
    key: str | None = None  #: Sent as ``Idempotency-Key``.
    upload: Upload | None = None  #: Sent as the body, in place of JSON.
    host: str = "api"  #: Which of the API's hosts: ``api``, or ``upload`` for v1's files.


class Reply(NamedTuple):
    """A whole reply, uninterpreted."""

    status: int
    headers: Mapping[str, str] = _NOTHING  #: Looked up by names in lower case.
    body: bytes = b""


class Hold(StrEnum):
    """Why a request was held back: it was certainly not accepted, and may be sent again."""

    NOT_SENT = "not_sent"  #: No connection was made.
    RATE = "rate"  #: Too many requests.
    CONCURRENCY = "concurrency"  #: Too many jobs at once.
    IN_PROGRESS = "in_progress"  #: The first request with this key is still being worked on.
    DAILY = "daily"  #: A daily allowance is used up.
    CREDIT = "credit"  #: The account has no credit left.
    CREDENTIALS = "credentials"  #: The key was refused, or may not do this.
    PROXY = "proxy"  #: A proxy on the way wants to know who asks.

    @property
    def pauses(self) -> bool:
        """Whether the whole run must stop sending: waiting a moment will not help."""
        return self in {Hold.DAILY, Hold.CREDIT, Hold.CREDENTIALS, Hold.PROXY}


class Accepted(NamedTuple):
    """The server took the submission."""

    remote_ids: tuple[str | None, ...] = ()  #: One a job, in order; empty for a batch, whose ids come later.
    batch_id: str | None = None
    credits: float | None = None  #: Where the reply tells what it cost.


class HeldBack(NamedTuple):
    """The server certainly did not take it, and it may be sent again."""

    hold: Hold
    retry_after: float | None = None  #: Seconds, in the server's own words.
    code: str = ""
    message: str = ""


class Refused(NamedTuple):
    """The server said no to this content. Sending it again would be refused again."""

    code: str
    message: str


class NoAnswer(NamedTuple):
    """Nothing tells whether the server took it."""

    code: str  #: ``no_reply``, ``http_500``, ``unreadable`` …
    message: str = ""
    retry_after: float | None = None


Outcome = Accepted | HeldBack | Refused | NoAnswer


class Stage(StrEnum):
    """What the server's many words for a status come down to."""

    QUEUED = "queued"  #: Accepted, and waiting for its turn at the server.
    WORKING = "working"  #: Rendering, or a word nobody has seen before: not an end.
    READY = "ready"
    BROKEN = "broken"
    UNKNOWN = "unknown"  #: The server says it has no such id.


class Progress(NamedTuple):
    """What the server says of one of its jobs, in a status reply or as a row of a list."""

    stage: Stage
    remote_id: str | None = None
    batch_id: str | None = None
    item: int | None = None  #: Its place in that batch.
    video_url: str | None = None  #: May still be missing when the stage is READY.
    duration_s: float | None = None  #: Seconds of finished video.
    error_code: str | None = None
    error: str | None = None
    title: str | None = None  #: Rows of a list carry these three; a lost job is recognised by them.
    callback_id: str | None = None
    language: str | None = None
    created_at: float | None = None  #: Epoch seconds.
    prompt: str | None = None  #: What was asked for, where that is told.
    hold: Hold | None = None  #: What the account lacked, where it broke for that: all others would break for it too.


class Page(NamedTuple):
    """A page of progress, and where the next one begins."""

    rows: tuple[Progress, ...]
    next_token: str | None = None
    over: bool = False  #: Of a batch: whether the server is done with it, and no more of it is to come.


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What the account has left."""

    remaining: float | None  #: In ``unit``; None where the account is metered without a bound.
    unit: str  #: ``credits`` or ``usd``.
    billing: str = ""  #: wallet, subscription, usage_based or quota.
    owner: str = ""  #: Whose account it is, where the reply tells.
    #: What it is made of, where the reply tells.
    parts: Mapping[str, float] = field(default_factory=dict, compare=False)
