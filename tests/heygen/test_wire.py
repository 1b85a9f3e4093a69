"""Four envelopes, errors in all of them, and what gateways add."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchgen.heygen.wire import Failure, Success, decipher, retry_after
from batchgen.heygen.words import stage
from batchgen.model.exchange import Reply, Stage


def reply(body, status=200, **headers) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}, body=raw)


@pytest.mark.parametrize(
    ("body", "data"),
    [
        ({"code": 100, "data": {"id": "a"}, "message": "Success"}, {"id": "a"}),
        ({"code": 100, "data": {"id": "a"}, "msg": None, "message": None}, {"id": "a"}),
        ({"error": None, "data": {"video_id": "a"}}, {"video_id": "a"}),
        ({"data": {"video_id": "a"}}, {"video_id": "a"}),
        ({"data": [], "has_more": False, "next_token": None}, []),
        ({"batch_id": "b"}, {"batch_id": "b"}),
        (
            {"code": 100, "data": {"status": "failed", "error": {"code": 40119}}},
            {"status": "failed", "error": {"code": 40119}},
        ),
    ],
)
@pytest.mark.parametrize("status", [200, 201, 202])
def test_every_envelope_gives_its_data_under_every_2xx(body, data, status):
    found = decipher(reply(body, status))

    assert isinstance(found, Success)
    assert found.data == data


@pytest.mark.parametrize(
    ("body", "status", "code", "message", "param", "spoken"),
    [
        ({"code": 400543, "message": "No", "data": None}, 400, "400543", "No", None, True),
        ({"code": 400543, "message": "No", "data": None}, 200, "400543", "No", None, True),
        (
            {"data": None, "error": {"code": "trial_video_limit_exceeded", "message": "No"}},
            429,
            "trial_video_limit_exceeded",
            "No",
            None,
            True,
        ),
        ({"data": None, "error": {"code": 40001, "message": "No"}}, 200, "40001", "No", None, True),
        (
            {"error": {"code": "INVALID_PARAMETER", "message": "No", "param": "script", "doc_url": "x"}},
            400,
            "invalid_parameter",
            "No",
            "script",
            True,
        ),
        ({"error": "Something is wrong", "data": None}, 200, "error", "Something is wrong", None, False),
        ({"error": "Something is wrong"}, 400, "http_400", "Something is wrong", None, False),
        ({"error": "not_found"}, 404, "not_found", "not_found", None, True),
        ({"error": {"message": "No"}}, 200, "error", "No", None, False),
        ({"message": "Forbidden"}, 403, "http_403", "Forbidden", None, False),
        ({"detail": "Not Found"}, 404, "http_404", "Not Found", None, False),
        ({}, 500, "http_500", "", None, False),
        ({"code": 100, "data": {"id": "a"}}, 500, "http_500", "", None, False),
        (b"", 200, "unreadable", "The reply is empty.", None, False),
        (b"[1]", 200, "unreadable", "The reply is not JSON: [1]", None, False),
        (b"\xff\xfe\x00", 200, "unreadable", None, None, False),
        (b"[" * 100_000, 200, "unreadable", None, None, False),
        (
            b"<html><head><style>p{}</style><title>502 Bad Gateway</title></head></html>",
            502,
            "http_502",
            "The reply is not JSON: 502 Bad Gateway",
            None,
            False,
        ),
    ],
)
def test_every_way_to_say_an_error_is_understood(body, status, code, message, param, spoken):
    found = decipher(reply(body, status))

    assert isinstance(found, Failure)
    assert (found.code, found.param, found.spoken, found.status) == (code, param, spoken, status)
    assert message is None or found.message == message


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "30"}, 30.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "Mon, 23 Nov 2026 10:00:40 GMT", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 40.0),
        ({"retry-after": "Mon, 23 Nov 2026 09:00:00 GMT", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 0.0),
        ({"retry-after": "Mon, 23 Nov 2026 10:00:40 GMT"}, None),
        ({"retry-after": "Mon, 23 Nov 2026 10:00:40 -0000", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 40.0),
        ({"retry-after": "Mon, 99 Nov 2026 10:00:40 GMT", "date": "x"}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_beside_the_replys_own(headers, seconds):
    assert retry_after(headers) == seconds


@given(
    st.binary()
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["error", "code", "data", "message"]), x),
    ),
    st.integers(100, 599),
)
def test_no_reply_can_make_the_reader_raise(body, status):
    assert isinstance(decipher(reply(body, status)), Success | Failure)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("waiting", "pending", "queued", "Queued"), Stage.QUEUED),
        (("processing", "running", "draft", "Processing"), Stage.WORKING),
        (("completed", "success", "COMPLETED"), Stage.READY),
        (("failed",), Stage.BROKEN),
        (("not_found",), Stage.UNKNOWN),
        (("a word of next year", "", None, 7, {}), Stage.WORKING),
    ],
)
def test_every_word_has_its_stage_and_a_new_one_is_no_end(words, expected):
    assert {stage(word) for word in words} == {expected}


@pytest.mark.parametrize("half", [rb"\ud83d", rb"\uDE00", b"\xed\xa0\xbd"])
def test_half_a_letter_of_a_server_can_be_written_anywhere(half):
    body = rb'{"error": {"code": "c' + half + rb'", "message": "Your title ' + half + rb'", "param": "\ud83d\ude00"}}'

    found = decipher(reply(body, 400))

    assert (found.code, found.message, found.param) == ("c?", "Your title ?", "\N{GRINNING FACE}")


def test_what_only_looks_like_half_a_letter_stays_as_it_is():
    assert decipher(reply(rb'{"data": "C:\\ud83d \ud83d\ude00"}')).data == "C:\\ud83d \N{GRINNING FACE}"


@pytest.mark.parametrize(
    "steering", [r"\u001b[2J", r"\u001b]0;mine\u0007", r"\u009b31m", "\x9b31m", r"\u0000\b\f", "\x7f"]
)
def test_no_words_of_a_server_steer_a_terminal(steering):
    body = f'{{"error": {{"code": "no{steering}", "message": "No.{steering}\\r\\n2 of 2 are done."}}}}'.encode()

    found = decipher(reply(body, 401))

    assert found.message.isprintable()
    assert found.code.isprintable()


def test_texts_of_several_lines_in_what_a_server_has_stay_so():
    assert decipher(reply(rb'{"data": {"script": "One\n\tTwo\u0007"}}')).data == {"script": "One\n\tTwo "}
