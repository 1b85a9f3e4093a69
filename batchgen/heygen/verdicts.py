"""Says what a failure means: for a request that costs money, and for one that only reads.

Rule: what may have been accepted is never called refused or held back. A 5xx is no answer even where it carries
JSON, since the server may have failed after it had taken the job; and so is every reply that cannot be read.

The codes are data. They come from HeyGen's v3 reference, from the error table of its v1 and v2 documents, and from
recorded replies.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from batchgen.heygen.errors import ApiError
from batchgen.heygen.fields import table
from batchgen.heygen.wire import Failure, Success, decipher
from batchgen.model.exchange import GIVEN_UP, HeldBack, Hold, NoAnswer, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchgen.model.exchange import Reply

#: What an accepting reply is read as.
Taken = TypeVar("Taken")

#: Codes that mean the same under any status below 500, a 200 included.
_HOLDS: dict[str, Hold] = {
    # v3 spells them like this, and so do the newer of the v2 endpoints.
    "request_in_progress": Hold.IN_PROGRESS,
    "rate_limit_exceeded": Hold.RATE,
    "insufficient_credit": Hold.CREDIT,
    "movio_payment_insufficient_credit": Hold.CREDIT,
    "quota_exceeded": Hold.DAILY,
    "trial_video_limit_exceeded": Hold.DAILY,
    # v3 answers these with a 400, yet they speak of the account: the same request passes after the reset.
    "resource_limit_reached": Hold.DAILY,
    "resource_limit_exceeded": Hold.DAILY,
    "unauthorized": Hold.CREDENTIALS,
    "authentication_failed": Hold.CREDENTIALS,
    # Numbers of v1 and v2.
    "400123": Hold.RATE,
    "10007": Hold.CONCURRENCY,
    "10015": Hold.CONCURRENCY,
    "400664": Hold.DAILY,
    "40009": Hold.CREDENTIALS,  # invalid credentials
    "400112": Hold.CREDENTIALS,  # unauthorized
    "40102": Hold.CREDENTIALS,  # unauthorized
    "401056": Hold.CREDENTIALS,  # access token expired
    "401057": Hold.CREDENTIALS,  # invalid access token
    "400101": Hold.CREDENTIALS,  # user not found
    "400561": Hold.CREDENTIALS,  # space not found
    "400562": Hold.CREDENTIALS,  # forbidden
    "400573": Hold.CREDENTIALS,  # permission denied
    "400599": Hold.CREDENTIALS,  # the plan has no API access
    "400631": Hold.CREDENTIALS,  # user blocked
}

#: 403 codes that speak of one voice, avatar or file: the row is wrong, the account is not.
_ONE_RESOURCE = frozenset({"resource_access_denied", "voice_not_usable", "ai_vendor_access_restricted", "400685"})

#: Codes that speak of who asks, whatever is asked for.
_OF_WHO = frozenset(
    {
        *("unauthorized", "authentication_failed", "40009", "400112", "40102", "401056", "401057"),
        *("400101", "400561", "400599", "400631"),
    }
)

#: Codes inside a 2xx that say the server itself stumbled: as silent on what became of the job as a 5xx is.
_STUMBLED = re.compile(r"internal(_server)?_error|server_error|service_unavailable|(gateway_)?timeout|50\d")

#: Codes by which the API says that it has no such id. 40031 is v1's INVALID_VIDEO_ID.
_MISSING = frozenset(
    {"not_found", "resource_not_found", "video_not_found", "video_translation_not_found", "webhook_not_found", "40031"}
)

#: Codes of v1 and v2 for an avatar, photo, voice or template that is not there.
_ABSENT = frozenset({"400144", "400174", "40090", "400116", "400548", "40118"})

#: What a 429 is about, where its code does not tell: the first pattern that its code or message matches.
_LIMITS: tuple[tuple[re.Pattern[str], Hold], ...] = (
    (re.compile("concurren", re.IGNORECASE), Hold.CONCURRENCY),
    (re.compile(r"\bdaily\b|\btrial\b|per day", re.IGNORECASE), Hold.DAILY),
)

#: Where v2 gives an error as a plain sentence, the sentence is all there is.
_NO_CREDIT = re.compile(r"(you have )?insufficient[ _](api )?(credit|quota|balance)", re.IGNORECASE)


def hold_of(failure: Failure) -> Hold | None:
    """Tell why the server held a request back; None where it did not."""
    if failure.status >= 500 or failure.status in GIVEN_UP:
        return None
    known = _HOLDS.get(failure.code)
    if known is None and (failure.status == 402 or _NO_CREDIT.match(failure.message)):
        return Hold.CREDIT
    if failure.status == 429 and known in {None, Hold.RATE}:
        return _limit(failure)
    if known is Hold.RATE and re.search("concurren", failure.message, re.IGNORECASE):
        return Hold.CONCURRENCY
    return known or _by_status(failure)


def lacked(code: str | None, message: str | None) -> Hold | None:
    """Tell what the account lacked, where a job that had been accepted broke for that, and for nothing of its own."""
    found = _HOLDS.get((code or "").lower())
    if found is None and _NO_CREDIT.match(message or ""):
        return Hold.CREDIT
    return found if found in {Hold.CREDIT, Hold.DAILY} else None


def verdict(failure: Failure) -> HeldBack | Refused | NoAnswer:
    """Say what a failed reply to a creating request means for its jobs."""
    hold = hold_of(failure)
    if hold is not None:
        wait = failure.retry_after
        return HeldBack(hold=hold, retry_after=wait, code=failure.code, message=failure.message)
    if _silent(failure):
        # Two equal replies must have equal codes: the status speaks, and the server's own code goes with the words.
        code = failure.code if 200 <= failure.status < 300 else f"http_{failure.status}"
        words = f"{failure.code}: {failure.message}" if code != failure.code else failure.message
        return NoAnswer(code=code, message=words, retry_after=failure.retry_after)
    # A 4xx that is no JSON is a gateway's (too large, no such route): it reached nothing that could have been billed,
    # and the same request would come back the same.
    return Refused(code=failure.code, message=failure.message)


def trouble(failure: Failure) -> ApiError:
    """Say what a failed reply to a reading request means. A JSON 404 is proof that an id is unknown, HTML is not."""
    hold = hold_of(failure)
    lost = failure.status == 404 and not failure.spoken
    unclear = failure.status >= 500 or failure.status in GIVEN_UP | {425} or failure.code == "unreadable" or lost
    return ApiError(
        failure.code,
        failure.message,
        status=failure.status,
        hold=hold,
        retry_after=failure.retry_after,
        transient=unclear or _stumbled(failure) or (hold is not None and not hold.pauses),
        missing=failure.spoken and (failure.status == 404 or failure.code in _MISSING) and failure.status < 500,
        forbidden=failure.status == 403 and hold is Hold.CREDENTIALS and failure.code not in _OF_WHO,
    )


def settle(reply: Reply, accept: Callable[[Mapping[str, Any]], Taken | None]) -> Taken | HeldBack | Refused | NoAnswer:
    """Say what a reply to a creating request means; ``accept`` looks for the ids. Never raises.

    An id outranks an error that stands beside it in a 2xx: what has an id may have been paid for, and asking for it
    by that id tells the rest.
    """
    found = decipher(reply)
    if 200 <= reply.status < 300:
        accepted = accept(table(found.data))
        if accepted is not None:
            return accepted
    if isinstance(found, Failure):
        return verdict(found)
    return NoAnswer(code="unreadable", message="The reply says neither an id nor an error.")


def read(reply: Reply) -> Success:
    """Give what a reply to a reading request carries. Raises ``ApiError``."""
    found = decipher(reply)
    if isinstance(found, Failure):
        raise trouble(found)
    return found


def found_or_missing(reply: Reply) -> Mapping[str, Any] | None:
    """Give what a reply about one id carries; None where the API says that it has no such id. Raises ``ApiError``."""
    found = decipher(reply)
    if isinstance(found, Failure):
        problem = trouble(found)
        # v1 and v2 have a number for each thing that is not there (see the table of their errors).
        if problem.missing or problem.code in _ABSENT or problem.code.endswith("_not_found"):
            return None
        raise problem
    return table(found.data)


def removed(reply: Reply) -> None:
    """Make sure that something is gone; what the server does not know is. Raises ``ApiError``."""
    if reply.status != 204:
        found_or_missing(reply)


def unreadable(status: int, problem: str) -> ApiError:
    """Say that a 2xx reply lacks what it should carry."""
    return ApiError("unreadable", problem, status=status, transient=True)


def _by_status(failure: Failure) -> Hold | None:
    match failure.status:
        case 401:
            return Hold.CREDENTIALS
        case 407:
            return Hold.PROXY
        case 403 if failure.code not in _ONE_RESOURCE and failure.param is None:
            # Without a code of the API's this is a firewall that shuts everybody out. Pausing loses nothing, while
            # refusing would spend the whole sheet on it.
            return Hold.CREDENTIALS
        case 425:
            # By its definition the request was not processed, for fear of a replay.
            return Hold.RATE
        case _:
            return None


def _limit(failure: Failure) -> Hold:
    words = f"{failure.code} {failure.message}".replace("_", " ")
    return next((hold for pattern, hold in _LIMITS if pattern.search(words)), Hold.RATE)


def _silent(failure: Failure) -> bool:
    """Whether nothing tells what became of the request.

    A redirect is silent as well: to answer an accepted POST with "see over there" is an old custom. And so is what
    comes before an answer, where it is all that came: a proxy may have taken the request for another protocol's.
    """
    if 200 <= failure.status < 300:
        return failure.code == "unreadable" or _stumbled(failure)
    return not 400 <= failure.status < 500 or failure.status in GIVEN_UP


def _stumbled(failure: Failure) -> bool:
    """Whether a 2xx carries what should have been a 5xx."""
    said = "_".join(failure.message.lower().split()) if failure.code == "error" else failure.code
    return failure.status < 300 and _STUMBLED.fullmatch(said) is not None
