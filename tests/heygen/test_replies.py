"""What both generations answer, read into one vocabulary."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchgen.heygen import DIALECTS
from batchgen.heygen.errors import ApiError
from batchgen.model.exchange import Balance, Page, Progress, Reply, Stage

V3, V2 = DIALECTS["v3"], DIALECTS["v2"]
BOTH = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
KINDS = ("video", "template", "translation")


def reply(body, status=200) -> Reply:
    return Reply(status=status, body=body if isinstance(body, bytes) else json.dumps(body).encode())


def status(dialect, body, kind="video", asked=("x",), http=200):
    return list(dialect.read_status(kind, reply(body, http), asked=asked))


V3_DONE = {
    "id": "x",
    "status": "completed",
    "video_url": "https://cdn/x.mp4?sig=1",
    "duration": 12.5,
    "title": "T · bgx",
    "callback_id": "bgx",
    "output_language": "es-ES",
    "created_at": 1_790_000_000,
    "failure_message": None,
}
V3_DONE_READ = Progress(
    stage=Stage.READY,
    remote_id="x",
    video_url="https://cdn/x.mp4?sig=1",
    duration_s=12.5,
    title="T · bgx",
    callback_id="bgx",
    language="es-ES",
    created_at=1_790_000_000.0,
)


def test_v3_tells_all_of_a_finished_job():
    assert status(V3, {"data": V3_DONE}) == [V3_DONE_READ]


@pytest.mark.parametrize(
    ("dialect", "kind", "data", "stage"),
    [
        (V3, "video", {"id": "x", "status": "waiting"}, Stage.QUEUED),
        (V3, "video", {"id": "x", "status": "pending"}, Stage.QUEUED),
        (V3, "translation", {"id": "x", "status": "running"}, Stage.WORKING),
        (V3, "translation", {"id": "x", "status": "dubbing"}, Stage.WORKING),
        (V3, "video", {"id": "x", "status": "completed", "video_url": None}, Stage.READY),
        (V3, "video", {"id": "x", "status": "completed", "video_url": ""}, Stage.READY),
        (V2, "video", {"id": "x", "status": "waiting"}, Stage.QUEUED),
        (V2, "template", {"id": "x", "status": "processing", "error": None}, Stage.WORKING),
        (V2, "video", {"status": "completed", "video_url": None}, Stage.READY),
        (V2, "translation", {"video_translate_id": "x", "status": "running", "message": ""}, Stage.WORKING),
    ],
)
def test_a_job_without_a_link_is_at_its_stage_all_the_same(dialect, kind, data, stage):
    assert status(dialect, {"data": data, "error": None}, kind) == [Progress(stage=stage, remote_id="x")]


@pytest.mark.parametrize(
    ("dialect", "kind", "data", "code", "words"),
    [
        (V3, "video", {"failure_code": "moderated", "failure_message": "No"}, "moderated", "No"),
        (
            V3,
            "translation",
            {"failure_message": "Your video's audio is missing"},
            None,
            "Your video's audio is missing",
        ),
        (
            V2,
            "video",
            {"error": {"code": 40119, "detail": "Longer than 3600 s", "message": "Too long"}},
            "40119",
            "Longer than 3600 s",
        ),
        (V2, "video", {"error": "Too long"}, None, "Too long"),
        (V2, "translation", {"message": "No audio"}, None, "No audio"),
    ],
)
def test_a_broken_job_tells_why_in_whatever_field_it_says_it(dialect, kind, data, code, words):
    [progress] = status(dialect, {"data": data | {"id": "x", "status": "failed"}}, kind)

    assert (progress.stage, progress.error_code, progress.error) == (Stage.BROKEN, code, words)


@pytest.mark.parametrize("length", [-5, 1e300, "soon", True, None])
def test_a_length_that_cannot_be_meant_is_told_by_nobody(length):
    [found] = status(V3, {"data": {**V3_DONE, "duration": length}})

    assert (found.stage, found.duration_s) == (Stage.READY, None)


def test_v2_tells_all_of_a_finished_video_and_translation():
    video = {
        "id": "x",
        "status": "completed",
        "video_url": "https://a",
        "duration": 3.5,
        "callback_id": "c",
        "created_at": 17,
        "error": None,
    }
    translation = {"video_translate_id": "x", "title": "T", "status": "success", "url": "https://b", "message": "ok"}

    assert status(V2, {"code": 100, "data": video, "message": "Success"}) == [
        Progress(
            stage=Stage.READY, remote_id="x", video_url="https://a", duration_s=3.5, callback_id="c", created_at=17.0
        )
    ]
    assert status(V2, {"error": None, "data": translation}, "translation") == [
        Progress(stage=Stage.READY, remote_id="x", video_url="https://b", title="T")
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_v3_tells_many_at_once_without_links_and_leaves_out_what_it_does_not_tell(kind):
    rows = [
        {"video_id": "a", "status": "completed"},
        {"video_id": "b", "status": "failed", "error": {"code": "tts", "message": "No voice"}},
        {"video_id": "c", "status": "not_found"},
        {"video_id": "d", "status": "queued", "batch_id": "b1", "item_index": 4, "error": None},
        {"video_id": "stranger", "status": "completed"},
        {"video_id": None, "status": "queued"},
    ]

    assert status(V3, {"data": rows}, kind, asked=("a", "b", "c", "d", "e")) == [
        Progress(stage=Stage.READY, remote_id="a"),
        Progress(stage=Stage.BROKEN, remote_id="b", error_code="tts", error="No voice"),
        Progress(stage=Stage.UNKNOWN, remote_id="c"),
        Progress(stage=Stage.QUEUED, remote_id="d", batch_id="b1", item=4),
    ]


@BOTH
@pytest.mark.parametrize("kind", KINDS)
def test_an_id_the_api_says_it_does_not_know_is_unknown(dialect, kind):
    [progress] = status(dialect, {"error": {"code": "video_not_found", "message": "No"}}, kind, http=404)

    assert (progress.stage, progress.remote_id) == (Stage.UNKNOWN, "x")


def test_v1s_own_code_for_an_unknown_id_is_understood():
    [progress] = status(V2, {"code": 40031, "message": "INVALID_VIDEO_ID", "data": None}, http=400)

    assert progress.stage is Stage.UNKNOWN


@BOTH
@pytest.mark.parametrize(
    ("body", "http"),
    [
        (b"<html>Not Found</html>", 404),
        ({"message": "no Route matched with those values"}, 404),
        ({"error": {"code": "internal_error"}}, 500),
        (b"<html>Bad Gateway</html>", 502),
        (b"", 200),
        ({"data": {}}, 200),
        ({"data": {"id": "another", "status": "completed", "video_url": "https://another"}}, 200),
    ],
)
def test_what_proves_nothing_of_a_job_is_worth_asking_again(dialect, body, http):
    with pytest.raises(ApiError) as caught:
        status(dialect, body, http=http)

    assert caught.value.transient
    assert not caught.value.missing


def test_v3_tells_a_page_of_a_batch_with_places():
    items = [
        {"item_index": 0, "video_id": "a", "status": "completed"},
        {"item_index": 1, "video_id": None, "status": "failed", "error": {"message": "No such avatar"}},
        {"item_index": 2, "video_id": None, "status": "queued"},
    ]
    data = {"batch_id": "b1", "status": "processing", "items": items, "has_more": True, "next_token": "t"}

    assert V3.read_batch("video", reply({"data": data}), batch_id="b1") == Page(
        rows=(
            Progress(stage=Stage.READY, remote_id="a", batch_id="b1", item=0),
            Progress(stage=Stage.BROKEN, batch_id="b1", item=1, error="No such avatar"),
            Progress(stage=Stage.QUEUED, batch_id="b1", item=2),
        ),
        next_token="t",
    )


def test_a_batch_the_api_does_not_know_is_missing():
    with pytest.raises(ApiError) as caught:
        V3.read_batch("video", reply({"error": {"code": "not_found"}}, 404), batch_id="b1")

    assert caught.value.missing


def test_v3_tells_a_page_of_the_list_with_links():
    page = V3.read_listing("translation", reply({"data": [V3_DONE], "has_more": True, "next_token": "t"}))

    assert page == Page(rows=(V3_DONE_READ,), next_token="t")


@pytest.mark.parametrize(
    ("more", "token"),
    [
        ({"has_more": False, "next_token": "t"}, None),
        ({"next_token": "t"}, "t"),
        ({}, None),
    ],
)
def test_a_list_ends_where_it_says_so(more, token):
    assert V3.read_listing("video", reply({"data": []} | more)) == Page(rows=(), next_token=token)


def test_a_list_that_goes_on_nowhere_is_not_taken_for_its_end():
    with pytest.raises(ApiError, match="not where"):
        V3.read_listing("video", reply({"data": [], "has_more": True, "next_token": None}))


def test_v2s_one_list_is_told_apart_by_what_its_rows_are():
    rows = [
        {"video_id": "a", "video_title": "T · bgx", "status": "completed", "created_at": 17, "type": "GENERATED"},
        {"video_id": "b", "video_title": "U", "status": "draft", "created_at": 18, "type": "TRANSLATED"},
    ]
    body = reply({"code": 100, "data": {"token": "t", "videos": rows}, "message": None})

    made = Progress(stage=Stage.READY, remote_id="a", title="T · bgx", created_at=17.0)
    translated = Progress(stage=Stage.WORKING, remote_id="b", title="U", created_at=18.0)
    assert V2.read_listing("video", body) == Page(rows=(made,), next_token="t")
    assert V2.read_listing("translation", body) == Page(rows=(translated,), next_token="t")


def test_v2s_list_with_links_tells_reasons_as_well():
    rows = [
        {
            "id": "a",
            "status": "completed",
            "video_url": "https://x/a.mp4",
            "duration": 3,
            "title": "T",
            "created_at": 1,
        },
        {"id": "b", "status": "failed", "failure_code": "bad", "failure_message": "No.", "output_language": "de"},
    ]

    page = V2.read_gallery("translation", reply({"data": rows, "has_more": True, "next_token": "t"}))

    made = Progress(
        stage=Stage.READY, remote_id="a", video_url="https://x/a.mp4", duration_s=3.0, title="T", created_at=1.0
    )
    broken = Progress(stage=Stage.BROKEN, remote_id="b", error_code="bad", error="No.", language="de")
    assert page == Page(rows=(made, broken), next_token="t")


@BOTH
@pytest.mark.parametrize("body", [{"data": {}}, {"data": None}, {"data": {"videos": None}}, b"<html>", {}])
@pytest.mark.parametrize("read", ["read_listing", "read_gallery"])
def test_an_unreadable_list_is_never_an_empty_one(dialect, body, read):
    with pytest.raises(ApiError) as caught:
        getattr(dialect, read)("video", reply(body))

    assert caught.value.transient


@pytest.mark.parametrize(
    ("data", "left"),
    [
        ({"billing_type": "wallet", "wallet": {"currency": "usd", "remaining_balance": 12.5}}, (12.5, "usd", "wallet")),
        ({"wallet": {"currency": "credits", "remaining_balance": 3}}, (3.0, "credits", "wallet")),
        ({"wallet": {"currency": "usd", "remaining_balance": None}}, (None, "usd", "wallet")),
        (
            {
                "subscription": {
                    "plan": "pro",
                    "credits": {"premium_credits": {"remaining": 10}, "add_on_credits": {"remaining": 5}},
                }
            },
            (15.0, "credits", "subscription"),
        ),
        ({"subscription": {"plan": "pro", "credits": {"premium_credits": None}}}, (None, "credits", "subscription")),
        ({"billing_type": "usage_based", "usage_based": {"remaining_credits": 0}}, (0.0, "credits", "usage_based")),
        ({"usage_based": {"spending_cap_usd": 100, "spending_current_usd": 120}}, (0.0, "usd", "usage_based")),
        ({"billing_type": "usage_based", "usage_based": {}}, (None, "usd", "usage_based")),
    ],
)
def test_v3_tells_what_is_left_however_the_account_pays(data, left):
    remaining, unit, billing = left

    assert V3.read_balance(reply({"data": data})) == Balance(remaining=remaining, unit=unit, billing=billing)


def test_v2_counts_its_quota_in_sixtieths_of_a_credit():
    body = reply({"error": None, "data": {"remaining_quota": 1800, "details": {"api": 1800}}})

    assert V2.read_balance(body) == Balance(remaining=30.0, unit="credits", billing="quota")
    assert V2.read_balance(body).parts == {"api": 30.0}


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "data",
                    "items",
                    "videos",
                    "status",
                    "id",
                    "error",
                    "code",
                    "credits",
                    "wallet",
                    "usage_based",
                    "subscription",
                    "next_token",
                ]
            ),
            inner,
        )
    ),
)


@BOTH
@given(body=anything, kind=st.sampled_from(KINDS), http=st.sampled_from([200, 404, 500]))
def test_no_json_makes_a_reader_raise_anything_but_its_own_error(dialect, body, kind, http):
    made = reply(body, http)
    for read in (
        lambda: dialect.read_status(kind, made, asked=["x"]),
        lambda: dialect.read_listing(kind, made),
        lambda: dialect.read_balance(made),
        lambda: V3.read_status(kind, made, asked=["x", "y"]),
        lambda: V3.read_batch(kind, made, batch_id="b"),
    ):
        with suppress(ApiError):
            read()
