"""The protocol of sessions: what is asked, and what each reply was found to mean."""

from __future__ import annotations

import json

import pytest

from batchgen.heygen import DIALECTS
from batchgen.heygen.streaming import Streaming
from batchgen.model.exchange import HeldBack, Hold, NoAnswer, Refused, Reply, Stage
from batchgen.model.job import Parcel
from batchgen.model.session import Denied, SessionState, Taken, retired_version

CONTENT = {"avatar_id": "Daisy", "quality": "low", "idle_timeout": 60, "lines": [{"text": "Hi", "type": "repeat"}]}
SDP = {"type": "offer", "sdp": "v=0"}


def reply(body, status=200):
    return Reply(status=status, body=body if isinstance(body, bytes) else json.dumps(body).encode())


def v1(data):
    return reply({"code": 100, "message": "success", "data": data})


def refused(code, message="", status=400):
    return reply({"code": code, "message": message}, status)


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_both_generations_open_a_session_alike_and_without_a_key(dialect):
    request = dialect.create([Parcel(kind="session", content=CONTENT)], key="k", batched=False)

    assert (request.method, request.path, request.key) == ("POST", "/v1/streaming.new", None)
    assert request.body == {"avatar_id": "Daisy", "quality": "low", "activity_idle_timeout": 60}


def test_everything_that_a_session_is_held_with_is_asked_for():
    more = {
        "protocol": "livekit",
        "voice": {"voice_id": "v", "rate": 1.2, "emotion": "Friendly"},
        "video_encoding": "H264",
        "knowledge_base": "We sell boats.",
        "extra": {"stt_settings": {"provider": "deepgram"}},
    }

    body = Streaming().open(Parcel(kind="session", content=CONTENT | more)).body

    assert body["version"] == "v2"
    assert {name: body[name] for name in ("voice", "video_encoding", "knowledge_base", "stt_settings")} == {
        "voice": more["voice"],
        "video_encoding": "H264",
        "knowledge_base": "We sell boats.",
        "stt_settings": {"provider": "deepgram"},
    }


def test_an_opened_session_tells_how_it_is_reached():
    servers = [{"urls": ["turn:a:3478"], "username": "u", "credential": "c"}, {"urls": "stun:b:3478"}, {}]

    opening = Streaming().read_open(v1({"session_id": "s1", "sdp": SDP, "ice_servers": [], "ice_servers2": servers}))

    assert (opening.session_id, opening.offer) == ("s1", "v=0")
    assert [one.urls for one in opening.ice_servers] == [("turn:a:3478",), ("stun:b:3478",)]
    assert "v=0" not in repr(opening)
    assert "'c'" not in repr(opening)


def test_an_opened_room_tells_its_address():
    told = {"session_id": "s1", "sdp": None, "url": "wss://x", "access_token": "t"}

    opening = Streaming().read_open(v1(told))

    assert (opening.offer, opening.room, opening.access_token) == (None, "wss://x", "t")


@pytest.mark.parametrize("code", [10007, 10015])
def test_an_account_that_is_full_holds_a_session_back(code):
    said = Streaming().read_open(refused(code, "Concurrent limit reached"))

    assert isinstance(said, HeldBack)
    assert said.hold is Hold.CONCURRENCY


@pytest.mark.parametrize(
    ("code", "message"),
    [(10003, "avatar version is deprecated, please update to v3+"), (400014, "Avatar version is deprecated")],
)
def test_an_avatar_that_is_too_old_is_told_as_what_it_is(code, message):
    opened, started = Streaming().read_open(refused(code, message)), Streaming().read_done(refused(code, message))

    for said in (opened, started):
        assert "of version v1 or v2" in said.message
        assert message in said.message
    assert isinstance(opened, Refused)
    assert isinstance(started, Denied)
    assert started.state is None


@pytest.mark.parametrize("code", [10012, 10013])
def test_an_avatar_that_cannot_be_had_is_refused_with_the_way_out(code):
    said = Streaming().read_open(refused(code, "no"))

    assert isinstance(said, Refused)
    assert "avatar_id" in said.message


@pytest.mark.parametrize("said", [reply(b"<html>", 502), reply(b"", 200), v1({"sdp": SDP})])
def test_a_reply_that_says_no_id_may_have_opened_a_session(said):
    assert isinstance(Streaming().read_open(said), NoAnswer)


@pytest.mark.parametrize(
    ("code", "state"),
    list(zip((10001, 10002, 10003, 10004, 10005, 10006), SessionState, strict=True)),
)
def test_each_code_of_a_state_is_read_as_that_state(code, state):
    said = Streaming().read_done(refused(code, "Session state wrong"))

    assert isinstance(said, Denied)
    assert (said.state, said.lost) == (state, False)


def test_a_session_of_the_newer_protocol_may_not_be_connected_yet():
    said = Streaming().read_done(refused(400006, "Session is not in correct state"))

    assert said.state is SessionState.CONNECTING


@pytest.mark.parametrize(
    ("said", "transient", "lost"),
    [
        (reply(b"<html>", 502), False, True),
        (refused(400123, "slow down", 429), True, False),
        (refused(1, "no"), False, False),
    ],
)
def test_a_denial_tells_whether_it_may_be_asked_again(said, transient, lost):
    denied = Streaming().read_done(said)

    assert (denied.transient, denied.lost) == (transient, lost)


def test_a_task_tells_its_id_and_how_long_it_takes():
    assert Streaming().read_done(v1({"duration_ms": 1600.5, "task_id": "t1"})) == Taken(task_id="t1", duration_s=1.6005)
    assert Streaming().read_done(v1(None)) == Taken()


@pytest.mark.parametrize(
    "body",
    [
        {
            "code": 100,
            "data": {"sessions": [{"session_id": "a", "status": "new", "created_at": 5}, {"session_id": "b"}]},
        },
        {"total": 2, "data": [{"session_id": "a", "status": "new", "created_at": 5}, {"session_id": "b"}]},
    ],
)
def test_the_list_tells_which_sessions_nobody_started(body):
    page = Streaming().read_listing(reply(body))

    assert [(row.remote_id, row.stage) for row in page.rows] == [("a", Stage.QUEUED), ("b", Stage.WORKING)]
    assert page.rows[0].created_at == 5
    assert page.next_token is None


def test_what_is_said_goes_with_its_kind_and_does_not_hang_until_it_is_over():
    request = Streaming().say("s1", "Hello.", "talk")

    assert request.body == {"session_id": "s1", "text": "Hello.", "task_type": "talk", "task_mode": "async"}


@pytest.mark.parametrize(
    ("avatar", "version"),
    [
        ("Anna_public_v2", "v2"),
        ("anna-V1-office", "v1"),
        ("Anna_v3", None),
        ("Anna_public_20240108", None),
        ("rev1", None),
    ],
)
def test_an_id_may_show_a_version_that_was_retired(avatar, version):
    assert retired_version(avatar) == version


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_a_session_is_asked_about_by_the_list_of_those_that_are_open(dialect):
    listed = {"code": 100, "data": {"sessions": [{"session_id": "a", "status": "new"}, {"session_id": "b"}]}}

    said = dialect.read_status("session", reply(listed), asked=["b", "c"])

    assert dialect.status("session", ["b"]).path == "/v1/streaming.list"
    assert [one.remote_id for one in said] == ["b"]
