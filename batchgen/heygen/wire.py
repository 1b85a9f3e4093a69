"""Deciphers a reply into what it carries, or into the server's own words of what went wrong.

HeyGen's replies come in four envelopes, and an error may stand inside an HTTP 200 in three of them:

    v1        {"code": 100, "data": …, "message": …}              an error where ``code`` is not 100
    v2        {"error": null, "data": …}                          an error where ``error`` is an object or a text
    v3        {"data": …}                                         an error where there is an ``error`` object
    v3 lists  {"data": […], "has_more": …, "next_token": …}

Both ways of saying an error, ``error`` and ``code``, are looked for in every reply: HeyGen's documents show one
endpoint in different envelopes, and what a gateway adds follows none of them.
"""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from batchgen.heygen.fields import first, number, table, text
from batchgen.model.foreign import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from batchgen.model.exchange import Reply

#: What v1 says where all is well. The others are success codes that lookalikes of that envelope use.
_WELL = frozenset({"100", "0", "200"})

#: v1 and v2: ACCESS_TOKEN_EXPIRED.
_RAN_OUT = "401056"

_SNIPPET = 200


class Success(NamedTuple):
    """A 2xx reply that says no error."""

    data: Any  #: What stands under ``data``; the whole body where nothing does.
    body: Mapping[str, Any]  #: The whole body; a list's cursor stands beside its data.


class Failure(NamedTuple):
    """A reply that says an error, or that says nothing."""

    status: int  #: The HTTP status.
    code: str  #: The server's own, in lower case. Where it gave none: ``http_502``; in a 2xx ``error``, ``unreadable``.
    message: str
    spoken: bool  #: The server gave a code of its own: an answer of the API, not of a gateway before it.
    param: str | None  #: The field of the request that is meant.
    retry_after: float | None  #: Seconds.
    data: Mapping[str, Any]  #: What stood beside the error.


def decipher(reply: Reply) -> Success | Failure:
    """Tell what a reply carries. Never raises."""
    inside = 200 <= reply.status < 300
    body = _read(reply.body)
    if body is None:
        return _failure(reply, nameless="unreadable" if inside else "", message=_prose(reply))
    error = _error(body, inside=inside)
    if error is not None:
        code, message, param = error
        nameless = "error" if inside else ""
        return _failure(reply, code=code, nameless=nameless, message=message, param=param, data=body.get("data"))
    data = body.get("data")
    return Success(data=body if data is None else data, body=body)


def is_unsigned(reply: Reply) -> bool:
    """Tell whether a reply refuses who is asking, and so that nothing was done.

    Besides a 401, the error table of v1 and v2 has a code of its own for a token that has run out. In a 2xx it counts
    for nothing here: an id may stand beside it.
    """
    if reply.status == 401:
        return True
    if not 400 <= reply.status < 500:
        return False
    found = decipher(reply)
    return isinstance(found, Failure) and found.code == _RAN_OUT


def is_page(reply: Reply) -> bool:
    """Tell whether a web page came, or the way to one, where the API speaks JSON: that is another's."""
    page = 200 <= reply.status < 300 and reply.body.lstrip().startswith(b"<")
    return page or 300 <= reply.status < 400


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read ``Retry-After`` as seconds. A date is compared with the reply's own ``Date``, so no clock is needed."""
    said = headers.get("retry-after", "").strip()
    seconds = number(said)
    if seconds is None:
        until, now = _moment(said), _moment(headers.get("date", ""))
        seconds = (until - now).total_seconds() if until and now else None
    return None if seconds is None else max(0.0, seconds)


def _read(body: bytes) -> Mapping[str, Any] | None:
    """Give the JSON object that a body is, or None."""
    try:
        value = read_json(body)
    except ValueError:  # Bytes that are no text, text that is no JSON, JSON that is a trap.
        return None
    return value if isinstance(value, dict) else None


def _error(body: Mapping[str, Any], *, inside: bool) -> tuple[str, str, str | None] | None:
    """Find an error's code, message and field; ``inside`` tells that the status was 2xx."""
    error = body.get("error")
    if isinstance(error, dict) and error:
        message = first(error, "message", "detail", "msg") or ""
        return text(error.get("code")) or "", message, text(error.get("param"))
    if isinstance(error, str) and error:
        # Some v2 endpoints give a sentence where others give an object. A lone word is a code.
        code = error if re.fullmatch(r"\w+", error) else ""
        return code, first(body, "message") or error, None
    code = text(body.get("code")) or ""
    well = code in _WELL or not code
    if inside and well:
        return None
    return "" if well else code, first(body, "message", "msg", "detail", "Message") or "", None


def _failure(
    reply: Reply,
    *,
    message: str,
    code: str = "",
    nameless: str = "",
    param: str | None = None,
    data: Any = None,
) -> Failure:
    return Failure(
        status=reply.status,
        code=code.lower() or nameless or f"http_{reply.status}",
        message=" ".join(message.split()),
        spoken=bool(code),
        param=param,
        retry_after=retry_after(reply.headers),
        data=table(data),
    )


def _prose(reply: Reply) -> str:
    """Quote the beginning of a body that is no JSON, without its markup."""
    raw = reply.body[: 20 * _SNIPPET].decode("utf-8", "replace")
    plain = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", raw, flags=re.DOTALL | re.IGNORECASE)
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in plain).split())
    return f"The reply is not JSON: {words[:_SNIPPET]}" if words else "The reply is empty."


def _moment(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
