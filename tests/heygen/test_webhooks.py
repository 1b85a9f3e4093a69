"""What arrives at an endpoint is believed where it is signed, fresh and an event, and where it is not, it says why."""

import hashlib
import hmac
import json

import pytest

from batchgen.heygen import DIALECTS
from batchgen.heygen.errors import ApiError
from batchgen.model.exchange import Hold, Purpose, Reply, Stage
from batchgen.model.webhook import Announcement, Verdict

NOW = 1_790_000_000.0
SECRET = "whsec_test"
BODY = b'{"event_type":"avatar_video.success","event_data":{"video_id":"v1","url":"https://x.example/1.mp4"}}'
#: `printf %s "$BODY" | openssl dgst -sha256 -hmac whsec_test`
SIGNATURE = "b077eebff962604f563720501e319efbc1016aee62da3f2ce968346e210c51c9"


def headers(api, signature=SIGNATURE, at=NOW, event_id="evt_1"):
    if api == "v2":
        return {"signature": signature}
    return {"heygen-signature": signature, "heygen-timestamp": str(int(at)), "heygen-event-id": event_id}


def hear(api, body=BODY, secret=SECRET, now=NOW, **given):
    return DIALECTS[api].webhooks.hear(headers(api, **given), body, secret=secret, now=now)


def said(api, event, **row):

    body = json.dumps({"event_type": event, "event_data": row}).encode()
    heard = hear(api, body, signature=hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest())
    assert isinstance(heard, Announcement)
    return heard.progress


@pytest.mark.parametrize("api", DIALECTS)
def test_a_signed_event_is_heard(api):
    heard = hear(api)

    assert isinstance(heard, Announcement)
    assert heard.event == "avatar_video.success"
    assert (heard.progress.stage, heard.progress.remote_id) == (Stage.READY, "v1")
    assert heard.progress.video_url == "https://x.example/1.mp4"


@pytest.mark.parametrize("api", DIALECTS)
@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({"signature": ""}, Verdict.UNSIGNED),
        ({"signature": "0" * 64}, Verdict.FORGED),
        ({"signature": "ümlaut"}, Verdict.FORGED),
        ({"signature": "\udcfc"}, Verdict.FORGED),
        ({"signature": SIGNATURE[:-1]}, Verdict.FORGED),
        ({"secret": "another"}, Verdict.FORGED),
        ({"body": BODY.replace(b"1.mp4", b"2.mp4")}, Verdict.FORGED),
    ],
)
def test_what_is_not_signed_with_the_secret_is_not_believed(api, given, verdict):
    assert hear(api, **given) is verdict


def test_what_the_agent_made_is_told_as_a_video_and_only_v3_is_asked_for_it():
    made = said("v3", "video_agent.success", video_id="v1", session_id="s", url="https://x.example/1.mp4")
    failed = said("v3", "video_agent.fail", video_id="v1", msg="No.")
    asked = {api: DIALECTS[api].webhooks.register("https://x.example/", key="k").body["events"] for api in DIALECTS}

    assert (made.stage, made.remote_id, made.video_url) == (Stage.READY, "v1", "https://x.example/1.mp4")
    assert (failed.stage, failed.error) == (Stage.BROKEN, "No.")
    assert "video_agent.success" in asked["v3"]
    assert not [event for event in asked["v2"] if "agent" in event]


@pytest.mark.parametrize(("off", "fresh"), [(-300, True), (300, True), (-301, False), (301, False)])
def test_an_event_of_another_time_is_not_believed(off, fresh):
    assert (hear("v3", at=NOW + off) is not Verdict.STALE) is fresh


@pytest.mark.parametrize("told", ["", "yesterday", "nan"])
def test_an_event_without_a_time_is_not_believed(told):
    given = headers("v3") | {"heygen-timestamp": told}

    assert DIALECTS["v3"].webhooks.hear(given, BODY, secret=SECRET, now=NOW) is Verdict.STALE


def test_an_event_is_recognised_by_its_signature_and_by_its_id():
    first, again, other = hear("v3"), hear("v3", event_id="evt_2"), hear("v3", signature=SIGNATURE.upper())

    assert first.marks == (SIGNATURE, "evt_1")
    assert set(first.marks) & set(again.marks) == {SIGNATURE}
    assert other.marks == first.marks


@pytest.mark.parametrize("api", DIALECTS)
def test_what_is_signed_and_no_event_is_told_as_such(api):

    for body in (b"", b"[]", b"{", b'{"event_data": {}}', b"\xff"):
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()

        assert hear(api, body, signature=signature) is Verdict.UNREADABLE


@pytest.mark.parametrize("api", DIALECTS)
def test_a_failure_for_want_of_credit_says_what_the_account_lacks(api):
    failed = said(api, "avatar_video.fail", video_id="v", msg="Insufficient credit. This operation requires credits.")

    assert failed.hold is Hold.CREDIT


@pytest.mark.parametrize("api", DIALECTS)
def test_each_event_says_what_its_documents_say(api):
    failed = said(api, "avatar_video.fail", video_id="v", msg="Video is too long", callback_id="c")
    translated = said(
        api, "video_translate.success", video_translate_id="t", url="https://x/t", output_language="German"
    )
    lost = said(api, "video_translate.fail", video_translate_id="t", message="No audio")

    assert (failed.stage, failed.remote_id, failed.error, failed.callback_id) == (
        Stage.BROKEN, "v", "Video is too long", "c",
    )  # fmt: skip
    assert (translated.stage, translated.remote_id, translated.language) == (Stage.READY, "t", "German")
    assert (lost.stage, lost.error, lost.hold) == (Stage.BROKEN, "No audio", None)


@pytest.mark.parametrize(
    "event", ["avatar_video_gif.success", "video_translate.preflight.download_failed", "new.thing"]
)
def test_an_event_that_is_no_end_gives_no_link(event):
    told = said("v3", event, video_id="v", url="https://x.example/v.gif", message="no")

    assert (told.stage, told.remote_id, told.video_url, told.error) == (Stage.WORKING, "v", None, None)


def test_an_event_of_nothing_of_ours_says_nothing_of_a_job():
    assert said("v3", "photo_avatar_train.success", photo_avatar_id="p") is None


def reply(status=200, **body):
    return Reply(status=status, body=json.dumps(body).encode())


def test_an_endpoint_is_registered_and_removed_in_each_generation():
    old, new = DIALECTS["v2"].webhooks, DIALECTS["v3"].webhooks
    row = {"endpoint_id": "e1", "url": "https://x/hook", "secret": "hidden", "status": "enabled"}

    registered = [
        old.read_registered(reply(code=100, data=row, msg=None, message=None)),
        new.read_registered(reply(201, data=row)),
    ]

    assert [(one.endpoint_id, one.secret) for one in registered] == [("e1", "hidden")] * 2
    assert "hidden" not in repr(registered)
    assert old.register("https://x/hook", key="k").body["url"] == new.register("https://x/hook", key="k").body["url"]
    assert (old.register("u", key="k").key, new.register("u", key="k").key) == (None, "k")
    assert [one.remove("e 1").purpose for one in (old, new)] == [Purpose.ACCOUNT] * 2
    assert (new.remove("e/1").path, old.remove("e/1").query) == (
        "/v3/webhooks/endpoints/e%2F1", (("endpoint_id", "e/1"),),
    )  # fmt: skip


@pytest.mark.parametrize("api", DIALECTS)
def test_an_endpoint_that_is_gone_is_removed(api):
    hooks = DIALECTS[api].webhooks

    hooks.read_removed(Reply(status=204))
    hooks.read_removed(reply(404, error={"code": "webhook_not_found", "message": "no"}))
    with pytest.raises(ApiError):
        hooks.read_removed(reply(500, error={"code": "internal_error", "message": "no"}))
    with pytest.raises(ApiError):
        hooks.read_registered(reply(data={"endpoint_id": "e1"}))


def test_lists_of_endpoints_are_read_in_each_generation():
    row = {"endpoint_id": "e1", "url": "https://x/hook"}

    assert DIALECTS["v3"].webhooks.read_listing(reply(data=[row], has_more=True, next_token="n")) == (
        [("e1", "https://x/hook")], "n",
    )  # fmt: skip
    for data in ([row], {"endpoints": [row]}):
        assert DIALECTS["v2"].webhooks.read_listing(reply(code=100, data=data)) == ([("e1", "https://x/hook")], None)
