"""Sessions with avatars, as the documents tell them: their states, their codes, their limits and their price."""

import json

import pytest

from batchgen.sandbox import Fate, Journal

NEW = {"avatar_id": "Daisy_public", "quality": "low"}


def opened(home, **body):
    session = home.post("/v1/streaming.new", NEW | body)["data"]["session_id"]
    return session, {"session_id": session}


def connected(home, **body):
    session, one = opened(home, **body)
    home.post("/v1/streaming.start", one | {"sdp": {"type": "answer", "sdp": "v=0"}})
    home.world.studio.live.connected(session)
    return session, one


def test_a_session_is_opened_started_spoken_in_and_closed(house):
    home = house()

    session, one = opened(home)
    listed = [home.get("/v1/streaming.list")["data"]["sessions"][0]["status"]]
    home.post("/v1/streaming.start", one | {"sdp": {"type": "answer", "sdp": "v=0"}})
    listed.append(home.get("/v1/streaming.list")["data"]["sessions"][0]["status"])
    home.world.studio.live.connected(session)
    listed.append(home.get("/v2/streaming.list")["data"][0]["status"])
    said = home.post("/v1/streaming.task", one | {"text": "One two three four five.", "task_type": "repeat"})["data"]
    closed = home.post("/v1/streaming.stop", one)

    assert listed == ["new", "connecting", "connected"]
    assert said["duration_ms"] == 2000
    assert closed["data"] == {"status": "closed"}
    assert home.get("/v1/streaming.list")["data"]["sessions"] == []
    assert home.ledger()["sessions"][0]["said"] == ["One two three four five."]


def test_each_wrong_state_has_its_code(house):
    home = house()
    session, one = opened(home)
    said = one | {"text": "Hello."}
    codes = [home.post("/v1/streaming.task", said)["code"]]
    home.post("/v1/streaming.start", one | {"sdp": {"type": "answer", "sdp": "v=0"}})
    codes.append(home.post("/v1/streaming.task", said)["code"])
    home.world.studio.live.connected(session)
    codes.append(home.post("/v1/streaming.start", one | {"sdp": {"type": "answer", "sdp": "v=0"}})["code"])
    home.post("/v1/streaming.stop", one)
    codes.append(home.post("/v1/streaming.stop", one)["code"])
    codes.append(home.post("/v1/streaming.keep_alive", {"session_id": "nobody"})["code"])

    assert codes == [10001, 10002, 10003, 10005, 10006]


def test_an_old_avatar_is_refused_in_both_ways_of_the_notice(house):
    first = house().post("/v1/streaming.new", NEW | {"avatar_id": "Anna_public_v2"})
    home = house(session_old=1.0)
    _, one = opened(home)

    second = home.post("/v1/streaming.start", one | {"sdp": {"type": "answer", "sdp": "v=0"}})

    assert first == {
        "code": 10003, "message": "avatar version is deprecated, please update to v3+", "details": "invalid avatar",
    }  # fmt: skip
    assert second == {"code": 400014, "message": "Avatar version is deprecated, please update to v3+", "status": 400}
    assert house().post("/v1/streaming.new", NEW | {"avatar_id": "Anna_public_20240108"})["code"] == 100


def test_no_more_are_open_than_the_plan_allows(house):
    home = house(options={"sessions": 1})
    _, one = opened(home)

    full = home.post("/v1/streaming.new", NEW)["code"]
    home.post("/v1/streaming.stop", one)

    assert full == 10007
    assert home.post("/v1/streaming.new", NEW)["code"] == 100
    assert house(session_trial=1.0).post("/v1/streaming.new", NEW)["code"] == 10015


@pytest.mark.parametrize(("kept_alive", "open_then"), [(False, 0), (True, 1)])
def test_an_idle_session_ends_by_itself_unless_it_is_kept_alive(house, kept_alive, open_then):
    home = house()
    _, one = connected(home, activity_idle_timeout=30)

    home.clock.time += 29
    if kept_alive:
        home.post("/v1/streaming.keep_alive", one)
    home.clock.time += 2

    assert len(home.get("/v1/streaming.list")["data"]["sessions"]) == open_then


def test_the_plan_ends_a_session_however_lively_it_is(house):
    home = house(options={"session_s": 60.0})
    _, one = connected(home, activity_idle_timeout=3600)

    home.clock.time += 61

    assert home.post("/v1/streaming.task", one | {"text": "Still here?"})["code"] == 10005
    assert home.ledger()["sessions"][0]["why"] == "limit"


def test_a_session_costs_by_half_minutes_until_it_is_closed(house):
    home = house()
    before = home.ledger()["balance"]
    _, one = connected(home)

    home.clock.time += 61
    home.post("/v1/streaming.stop", one)
    home.clock.time += 600

    assert home.ledger()["billed"] == pytest.approx(0.3)
    assert before - home.ledger()["balance"] == pytest.approx(0.3)


def test_what_is_said_is_said_in_order_and_can_be_interrupted(house):
    home = house()
    session, one = connected(home)
    for text in ("One two three.", "Four five six."):
        home.post("/v1/streaming.task", one | {"text": text, "task_type": "repeat"})
    speeches = home.world.studio.live.at(session).speeches
    in_order = speeches[0].end < speeches[1].begin

    home.clock.time = speeches[0].begin + 0.1
    home.post("/v1/streaming.interrupt", one)

    assert in_order
    assert home.world.studio.live.at(session).talking(home.clock.time) is None
    assert len(home.world.studio.live.at(session).speeches) == 1


def test_a_reply_to_a_synchronous_task_comes_when_all_is_said(house):
    home = house()
    _, one = connected(home)

    answer = home.call("POST", "/v1/streaming.task", one | {"text": "One two three four five.", "task_mode": "sync"})

    assert answer.delay_s == pytest.approx(0.3 + 7 * 0.4, abs=1e-3)  # "You asked: …" is what it answers.


@pytest.mark.parametrize(("fault", "spoken"), [("task_lost", 1), ("task_lost_before", 0)])
def test_a_task_is_lost_before_or_after_it_is_taken(house, fault, spoken):
    home = house(**{fault: 1.0})
    session, one = connected(home)

    answer = home.call("POST", "/v1/streaming.task", one | {"text": "Hello.", "task_type": "repeat"})

    assert (answer.fate, answer.trouble) == (Fate.LOST, fault)
    assert len(home.world.studio.live.at(session).speeches) == spoken


def test_a_room_of_livekit_is_told_and_needs_no_answer(house):
    home = house()

    told = home.post("/v1/streaming.new", NEW | {"version": "v2"})["data"]
    home.post("/v1/streaming.start", {"session_id": told["session_id"]})

    assert {"url", "access_token", "realtime_endpoint", "session_duration_limit"} <= told.keys()
    assert told["sdp"] is None
    assert home.get("/v1/streaming.list")["data"]["sessions"][0]["status"] == "connected"


def test_a_sandbox_that_starts_again_knows_its_open_sessions(house, tmp_path):
    with Journal(tmp_path / "journal") as journal:
        session, _ = connected(house(journal=journal))
    with Journal(tmp_path / "journal") as journal:
        again = house(journal=journal)

        listed = json.loads(again.call("GET", "/v1/streaming.list").body)["data"]["sessions"]

    assert [one["session_id"] for one in listed] == [session]


def test_a_token_and_the_avatars_for_sessions_can_be_had(house):
    home = house()

    assert len(home.post("/v1/streaming.create_token", {})["data"]["token"]) == 32
    assert all("avatar_id" in one for one in home.get("/v1/streaming/avatar.list")["data"])
