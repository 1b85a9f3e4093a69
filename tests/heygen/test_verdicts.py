"""What a reply to a paying request means, in both generations: held back, refused, accepted, or nobody knows."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchgen.heygen import DIALECTS
from batchgen.heygen.errors import ApiError
from batchgen.model.exchange import Accepted, HeldBack, Hold, NoAnswer, Refused, Reply

HTML = b"<html><title>Bad Gateway</title></html>"
BOTH = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)


def reply(status, body, **headers) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}, body=raw)


def v3(code, message="", **more):
    return {"error": {"code": code, "message": message, **more}}


def v2(code, message=""):
    return {"data": None, "error": {"code": code, "message": message}}


def v1(code, message=""):
    return {"code": code, "message": message, "data": None}


HELD = [
    (429, v3("rate_limit_exceeded", "Slow down"), Hold.RATE),
    (429, v3("rate_limit_exceeded", "Too many concurrent jobs"), Hold.CONCURRENCY),
    (429, v3("rate_limit_exceeded", "Concurrency limit of 10 reached"), Hold.CONCURRENCY),
    (429, v3("concurrency_limit_exceeded"), Hold.CONCURRENCY),
    (429, v3("quota_exceeded"), Hold.DAILY),
    (429, v2("trial_video_limit_exceeded", "It seems you've reached your daily api trial limit 5."), Hold.DAILY),
    (429, v2("new_code", "You've reached your daily limit"), Hold.DAILY),
    (429, v1(400664, "TRIAL_VIDEO_LIMIT_EXCEEDED"), Hold.DAILY),
    (429, v3("insufficient_credit"), Hold.CREDIT),
    (429, {}, Hold.RATE),
    (429, HTML, Hold.RATE),
    (429, b"", Hold.RATE),
    (400, v3("resource_limit_reached"), Hold.DAILY),
    (400, v3("resource_limit_exceeded"), Hold.DAILY),
    (400, v1(400123, "exceed rate limit"), Hold.RATE),
    (409, v3("request_in_progress"), Hold.IN_PROGRESS),
    (402, v3("insufficient_credit"), Hold.CREDIT),
    (402, HTML, Hold.CREDIT),
    (400, v2("MOVIO_PAYMENT_INSUFFICIENT_CREDIT", "Insufficient credit"), Hold.CREDIT),
    (200, v2("MOVIO_PAYMENT_INSUFFICIENT_CREDIT"), Hold.CREDIT),
    (200, {"error": "Insufficient credit. Please top up.", "data": None}, Hold.CREDIT),
    (200, v3("rate_limit_exceeded"), Hold.RATE),
    (200, v1(400664), Hold.DAILY),
    (401, v3("unauthorized", "Unauthorized"), Hold.CREDENTIALS),
    (401, HTML, Hold.CREDENTIALS),
    (407, HTML, Hold.PROXY),
    (403, v3("forbidden"), Hold.CREDENTIALS),
    (403, HTML, Hold.CREDENTIALS),
    (400, v1(400112, "Unauthorized"), Hold.CREDENTIALS),
    (400, v2(400599, "Your account doesn't have API access"), Hold.CREDENTIALS),
    (200, v1(40009, "INVALID_CREDENTIALS"), Hold.CREDENTIALS),
    (425, b"", Hold.RATE),
]


@BOTH
@pytest.mark.parametrize(("status", "body", "hold"), HELD)
def test_what_was_certainly_not_taken_for_a_reason_that_passes_is_held_back(dialect, status, body, hold):
    outcome = dialect.read_create(reply(status, body, retry_after="7"), jobs=1, batched=False)

    assert isinstance(outcome, HeldBack)
    assert (outcome.hold, outcome.retry_after) == (hold, 7.0)
    assert outcome.code


REFUSED = [
    (400, v3("invalid_parameter", "bad", param="script"), "invalid_parameter"),
    (400, v3("download_failed"), "download_failed"),
    (400, v1(40001, "MISSING_PARAMS"), "40001"),
    (400, v1(400105, "BLOCKED_WORDS"), "400105"),
    (403, v3("resource_access_denied"), "resource_access_denied"),
    (403, v3("voice_not_usable"), "voice_not_usable"),
    (403, v3("ai_vendor_access_restricted"), "ai_vendor_access_restricted"),
    (403, v3("forbidden", param="avatar_id"), "forbidden"),
    (404, v3("avatar_not_found"), "avatar_not_found"),
    (404, HTML, "http_404"),
    (405, HTML, "http_405"),
    (409, v3("conflict"), "conflict"),
    (413, v3("payload_too_large"), "payload_too_large"),
    (413, HTML, "http_413"),
    (422, {"detail": [{"loc": ["body"]}]}, "http_422"),
    (200, v1(40001, "MISSING_PARAMS"), "40001"),
    (200, v2("invalid_parameter"), "invalid_parameter"),
    (200, {"error": "avatar not found", "data": None}, "error"),
    (202, v3("validation_error"), "validation_error"),
]


@BOTH
@pytest.mark.parametrize(("status", "body", "code"), REFUSED)
def test_what_was_certainly_not_taken_for_what_it_says_is_refused(dialect, status, body, code):
    outcome = dialect.read_create(reply(status, body), jobs=1, batched=False)

    assert isinstance(outcome, Refused)
    assert outcome.code == code


SILENT = [
    (500, v3("internal_error", "oops"), "http_500"),
    (500, v3("insufficient_credit"), "http_500"),
    (500, {"data": {"video_id": "x"}}, "http_500"),
    (502, HTML, "http_502"),
    (503, b"", "http_503"),
    (504, v3("gateway_timeout"), "http_504"),
    (520, HTML, "http_520"),
    (408, HTML, "http_408"),
    (499, HTML, "http_499"),
    (499, {"code": 1, "message": "context canceled", "details": []}, "http_499"),
    (101, b"", "http_101"),
    (302, b"", "http_302"),
    (307, HTML, "http_307"),
    (303, {"data": {"video_id": "x"}}, "http_303"),
    (200, HTML, "unreadable"),
    (200, b"", "unreadable"),
    (200, b'{"data":{"video_', "unreadable"),
    (200, {}, "unreadable"),
    (200, [], "unreadable"),
    (200, {"data": None}, "unreadable"),
    (200, {"data": {"status": "waiting"}}, "unreadable"),
    (200, {"data": {"video_id": None}}, "unreadable"),
    (200, {"data": {"video_id": "  "}}, "unreadable"),
    (200, {"code": 100, "data": {}, "message": "Success"}, "unreadable"),
    (200, v3("internal_error"), "internal_error"),
    (200, v1(500, "Internal Server Error"), "500"),
    (200, {"error": "Internal Server Error", "data": None}, "error"),
    (200, v2("gateway_timeout"), "gateway_timeout"),
]


@BOTH
@pytest.mark.parametrize(("status", "body", "code"), SILENT)
def test_what_may_have_been_taken_has_no_answer(dialect, status, body, code):
    outcome = dialect.read_create(reply(status, body, retry_after="7"), jobs=1, batched=False)

    assert isinstance(outcome, NoAnswer)
    assert outcome.code == code


V3_ACCEPTED = [
    {"data": {"video_id": "x", "status": "waiting", "output_format": "mp4"}},
    {"data": {"id": "x", "status": "pending"}},
    {"data": {"video_translation_ids": ["x"]}},
    {"error": {"code": "internal_error"}, "data": {"video_id": "x"}},
]
V2_ACCEPTED = [
    {"error": None, "data": {"video_id": "x"}},
    {"code": 100, "data": {"video_id": "x"}, "message": "Success"},
    {"error": None, "data": {"video_translate_id": "x", "video_translate_ids": None}},
    {"error": None, "data": {"video_translate_id": None, "video_translate_ids": ["x"]}},
    {"code": 400664, "data": {"video_id": "x"}},
]


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize(
    ("name", "body"), [("v3", body) for body in V3_ACCEPTED] + [("v2", body) for body in V2_ACCEPTED]
)
def test_a_2xx_with_an_id_is_accepted_whatever_stands_beside_it(name, body, status):
    assert DIALECTS[name].read_create(reply(status, body), jobs=1, batched=False) == Accepted(remote_ids=("x",))


@pytest.mark.parametrize("body", [{"data": {"batch_id": "b", "status": "processing"}}, {"batch_id": "b"}])
def test_a_batch_is_accepted_by_its_id_alone(body):
    assert DIALECTS["v3"].read_create(reply(202, body), jobs=3, batched=True) == Accepted(batch_id="b")


def test_a_batch_without_an_id_has_no_answer():
    outcome = DIALECTS["v3"].read_create(reply(202, {"data": {"status": "processing"}}), jobs=3, batched=True)

    assert isinstance(outcome, NoAnswer)


@BOTH
@given(
    status=st.integers(200, 599), body=st.binary() | st.builds(lambda code: json.dumps(v3(code)).encode(), st.text())
)
def test_no_reply_makes_reading_raise_and_no_5xx_is_ever_final(dialect, status, body):
    outcome = dialect.read_create(Reply(status=status, body=body), jobs=1, batched=False)

    assert isinstance(outcome, NoAnswer) or status < 500


READING = [
    (500, v3("internal_error"), {"transient": True, "hold": None, "missing": False}),
    (502, HTML, {"transient": True, "hold": None, "missing": False}),
    (499, HTML, {"transient": True, "hold": None, "missing": False}),
    (200, HTML, {"transient": True, "code": "unreadable"}),
    (200, v3("internal_error"), {"transient": True}),
    (404, HTML, {"transient": True, "missing": False}),
    (404, {"message": "no Route matched"}, {"transient": True, "missing": False}),
    (404, v3("not_found"), {"transient": False, "missing": True}),
    (401, v3("unauthorized"), {"transient": False, "hold": Hold.CREDENTIALS}),
    (402, v3("insufficient_credit"), {"transient": False, "hold": Hold.CREDIT}),
    (429, v3("rate_limit_exceeded"), {"transient": True, "hold": Hold.RATE, "retry_after": 7.0}),
    (400, v3("invalid_parameter"), {"transient": False, "hold": None, "missing": False}),
    (301, HTML, {"transient": False, "hold": None}),
]


@BOTH
@pytest.mark.parametrize(("status", "body", "said"), READING)
def test_a_failed_reading_says_whether_to_ask_again_wait_or_stop(dialect, status, body, said):
    with pytest.raises(ApiError) as caught:
        dialect.read_balance(reply(status, body, retry_after="7"))

    assert {name: getattr(caught.value, name) for name in said} == said
    assert caught.value.status == status
