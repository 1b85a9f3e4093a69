"""What goes in and out of the sandbox's world: calls, answers, refusals, and HeyGen's envelopes.

No I/O here: a transport turns its requests into calls, and does with an answer what the answer's fate says.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from batchgen.sandbox.blob import Blob
from batchgen.sandbox.film_spec import FilmSpec


class Fate(Enum):
    """What the transport does with an answer."""

    DELIVER = "deliver"  #: Send it, after its delay.
    LOST = "lost"  #: Cut the connection without a byte; a client sees a broken connection.
    HANG = "hang"  #: Say nothing at all for the delay, then cut; a client sees its read time out.
    CUT = "cut"  #: Send a share of the body, then cut the connection.


class Family(Enum):
    """Which of HeyGen's error envelopes a route answers with."""

    V1 = "v1"
    V2 = "v2"
    V3 = "v3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What an answer asks of the pictures and sound of a session."""

    session_id: str
    verb: str  #: offer: put an offer into the answer; answer: take theirs; ice: a candidate; close: be silent.
    sdp: str = ""
    mid: str = "0"


@dataclass(slots=True)
class Answer:
    """One reply, and how it travels."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0  #: Seconds before it is sent.
    fate: Fate = Fate.DELIVER
    cut_share: float = 1.0  #: Share of the body that gets through; only where the fate is CUT.
    film: FilmSpec | None = None  #: The body is this film, still to be made.
    live: Live | None = None  #: What is to be done about a session's pictures and sound first.
    trouble: str = ""  #: Name of the fault behind this answer, empty where it is what HeyGen would say.


@dataclass
class Call:
    """One request, as the transport read it; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    blob: Blob | None = None  #: The body of an upload, which may be too large to be held as one.
    reached: bool = True  #: Whether the address that it names answered, where there is one that has to.

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object; anything else is refused as HeyGen does."""
        try:
            parsed = json.loads(self.body or b"{}")
        except ValueError as error:
            raise Refusal(400, "invalid_parameter", "Request body is not valid JSON.") from error
        if not isinstance(parsed, dict):
            raise Refusal(400, "invalid_parameter", "Request body must be a JSON object.")
        return parsed

    @property
    def base(self) -> str:
        """The address that this call came to, on which links are built."""
        return "http://" + self.headers.get("host", "127.0.0.1")


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a defect
    """The API says no. `number` is the code that v1 and v2 use for it, 400175 being their INVALID_PARAMETER."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        param: str | None = None,
        number: int | str = 400175,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.param = status, code, message, param
        self.number, self.retry_after = number, retry_after


_JSON = "application/json"
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def as_json(content: Any, status: int = 200) -> Answer:
    """Wrap anything as a JSON answer."""
    return Answer(status, _encode(content).encode(), {"content-type": _JSON})


def v1(data: Any, *, message: str | None = "Success") -> Answer:
    """Wrap data as the v1 routes do."""
    return as_json({"code": 100, "data": data, "message": message})


def v2(data: Any) -> Answer:
    """Wrap data as the v2 routes do."""
    return as_json({"error": None, "data": data})


def v3(data: Any, status: int = 200) -> Answer:
    """Wrap one thing as the v3 routes do."""
    return as_json({"data": data}, status)


def v3_page(rows: Sequence[Any], token: str | None) -> Answer:
    """Wrap one page of a list as the v3 routes do: the cursor stands beside the data."""
    return as_json({"data": rows, "has_more": token is not None, "next_token": token})


def refuse(refusal: Refusal, family: Family) -> Answer:
    """Tell a refusal in the words of a family."""
    answer = as_json(_error_body(refusal, family), refusal.status)
    if refusal.retry_after is not None:
        answer.headers["retry-after"] = str(refusal.retry_after)
    return answer


def _error_body(refusal: Refusal, family: Family) -> dict[str, Any]:
    match family:
        case Family.V1:
            return {"code": refusal.number, "data": None, "message": refusal.message}
        case Family.V2:
            if refusal.status == 401:  # the gateway in front of v2 answers in v1's words
                return {"code": refusal.number, "data": None, "message": refusal.message}
            return {"data": None, "error": {"code": str(refusal.number), "message": refusal.message}}
        case _:
            guide = f"https://developers.heygen.com/docs/error-codes#{refusal.code}"
            error = {"code": refusal.code, "message": refusal.message, "param": refusal.param, "doc_url": guide}
            return {"error": error}
