"""Turns faults into answers: what goes wrong before a request is handled, and what becomes of a reply after it."""

import json
from dataclasses import replace

from batchgen.sandbox.draw import Draw
from batchgen.sandbox.faults import Faults
from batchgen.sandbox.wire import Answer, Family, Fate, Refusal, as_json, refuse, v1

_GATEWAYS = ((502, "Bad Gateway"), (503, "Service Temporarily Unavailable"), (504, "Gateway Time-out"))


def before(faults: Faults, *, family: Family, creates: bool, draw: Draw) -> Answer | None:
    """Give the answer that comes instead of handling a request, or None where it is handled."""
    if creates:
        return _before_create(faults, family, draw)
    if draw.hits("get_429", faults.get_429):
        return _throttled(faults, family, "get_429")
    if draw.hits("get_500", faults.get_500):
        return _broken(family, "get_500")
    if draw.hits("get_html", faults.get_html):
        return _gateway(draw, "get_html")
    if draw.hits("get_hang", faults.get_hang):
        return Answer(504, delay_s=faults.hang_s, fate=Fate.HANG, trouble="get_hang")
    if draw.hits("get_lost", faults.get_lost):
        return Answer(0, fate=Fate.LOST, trouble="get_lost")
    return None


def _before_create(faults: Faults, family: Family, draw: Draw) -> Answer | None:
    if draw.hits("throttle", faults.throttle):
        return _throttled(faults, family, "throttle")
    if draw.hits("500_before", faults.error_before):
        return _broken(family, "500_before")
    if family is not Family.V3 and draw.hits("inside_200", faults.inside_200):
        return _inside_200(draw)
    if draw.hits("html_before", faults.html_before):
        return _gateway(draw, "html_before")
    if draw.hits("lost_before", faults.lost_before):
        return Answer(0, fate=Fate.LOST, trouble="lost_before")
    return None


def after(answer: Answer, faults: Faults, *, family: Family, creates: bool, draw: Draw) -> Answer:
    """Give what the client gets to see of a reply to a request that was handled."""
    if creates and answer.status < 300:
        if draw.hits("lost", faults.lost):
            return replace(answer, fate=Fate.LOST, trouble="lost")
        if draw.hits("hang", faults.hang):
            return replace(answer, fate=Fate.HANG, delay_s=faults.hang_s, trouble="hang")
        if draw.hits("500_after", faults.error_after):
            return _broken(family, "500_after")
        if draw.hits("html_after", faults.html_after):
            return _gateway(draw, "html_after")
        if family is Family.V2 and draw.hits("envelope", faults.envelope):
            answer = _as_v1(answer)
    if draw.hits("slow", faults.slow):
        return replace(answer, delay_s=answer.delay_s + faults.slow_s, trouble="slow")
    return answer


def _as_v1(answer: Answer) -> Answer:
    told = v1(json.loads(answer.body)["data"])
    return replace(told, status=202, trouble="envelope")


def throttle(family: Family, seconds: float) -> Answer:
    """Say that requests come too fast."""
    refusal = Refusal(429, "rate_limit_exceeded", "Rate limit exceeded.", number=400123, retry_after=round(seconds))
    return refuse(refusal, family)


def _throttled(faults: Faults, family: Family, name: str) -> Answer:
    return replace(throttle(family, faults.retry_after), trouble=name)


def _broken(family: Family, name: str) -> Answer:
    refusal = Refusal(500, "internal_error", "Internal server error.", number=500)
    return replace(refuse(refusal, family), trouble=name)


def _inside_200(draw: Draw) -> Answer:
    """HTTP 200 and no job: as v1 says it (a code that is not 100), or as v2 does (an error that is not null)."""
    if draw.hits("as_v1", 0.5):
        told = as_json({"code": 40056, "data": None, "message": "Audio generation failed"})
    else:
        error = {"code": "internal_error", "message": "Something went wrong, nothing was created."}
        told = as_json({"data": None, "error": error})
    return replace(told, trouble="inside_200")


def _gateway(draw: Draw, name: str) -> Answer:
    status, reason = _GATEWAYS[draw.pick("gateway", len(_GATEWAYS))]
    page = (
        f"<html>\r\n<head><title>{status} {reason}</title></head>\r\n<body>\r\n"
        f"<center><h1>{status} {reason}</h1></center>\r\n<hr><center>cloudfront</center>\r\n</body>\r\n</html>\r\n"
    )
    return Answer(status, page.encode(), {"content-type": "text/html"}, trouble=name)
