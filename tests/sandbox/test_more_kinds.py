"""Lipsyncs, sessions of the video agent and cinematic videos, as HeyGen's v3 reference tells them."""

import json

import pytest

from batchgen.sandbox import Journal

AGENT = {"prompt": "A film about bees and their honey in spring.", "orientation": "portrait"}
CINEMATIC = {"type": "cinematic_avatar", "prompt": "She walks.", "avatar_id": ["Daisy"], "duration": 4}


def billed(home):
    return [job["billed"] for job in home.ledger()["jobs"]]


def test_a_lipsync_is_made_told_listed_renamed_and_deleted(house, lipsync):
    home = house()
    made = home.post("/v3/lipsyncs", lipsync)["data"]["lipsync_id"]
    before = home.get(f"/v3/lipsyncs/{made}")["data"]
    home.clock.time += 11
    after = home.get("/v3/lipsyncs")["data"][0]
    home.call("PATCH", f"/v3/lipsyncs/{made}", {"title": "New"})
    renamed = home.get(f"/v3/lipsyncs/{made}")["data"]
    gone = home.call("DELETE", f"/v3/lipsyncs/{made}").status, home.call("GET", f"/v3/lipsyncs/{made}").status

    assert (before["status"], before["callback_id"], before["video_url"]) == ("pending", "row-1", None)
    assert (after["id"], after["status"]) == (made, "completed")
    assert after["video_url"]
    assert after["caption_url"]
    assert (renamed["title"], gone) == ("New", (200, 404))


def test_a_lipsync_is_no_video_and_no_translation(house, lipsync):
    home = house()
    made = home.post("/v3/lipsyncs", lipsync)["data"]["lipsync_id"]

    assert home.get("/v3/videos")["data"] == home.get("/v3/video-translations")["data"] == []
    assert home.call("GET", f"/v3/videos/{made}").status == 404
    assert home.get(f"/v3/videos/statuses?video_ids={made}")["data"][0]["status"] == "not_found"
    assert home.get(f"/v3/lipsyncs/statuses?lipsync_ids={made}")["data"][0]["status"] == "queued"


def test_lipsyncs_of_a_batch_stand_or_fall_alone_and_a_key_gives_the_same_batch(house, lipsync):
    home = house()
    body = {"lipsyncs": [lipsync, {**lipsync, "audio": None}]}
    first, again = (home.post("/v3/lipsyncs/batches", body, idempotency_key="k")["data"]["batch_id"] for _ in range(2))
    home.clock.time += 11
    told = home.get(f"/v3/lipsyncs/batches/{first}")["data"]

    assert first == again
    assert [item["status"] for item in told["items"]] == ["completed", "failed"]
    assert len(home.ledger()["jobs"]) == 1


def test_a_session_of_the_agent_comes_to_one_video(house):
    home = house()
    made = home.post("/v3/video-agents", AGENT)["data"]
    home.clock.time += 11
    told = home.get(f"/v3/video-agents/{made['session_id']}")["data"]
    videos = home.get(f"/v3/video-agents/{made['session_id']}/videos")["data"]

    assert (made["status"], told["status"], told["progress"]) == ("thinking", "completed", 100)
    assert made["video_id"] == told["video_id"] == videos[0]["id"] == home.get("/v3/videos")["data"][0]["id"]
    assert told["messages"][0]["content"] == AGENT["prompt"]
    assert home.get("/v3/video-agents")["data"][0]["title"] == "A film about bees and their"


def test_the_id_of_an_agents_video_may_come_later_and_a_failure_is_told_in_the_session(house):
    home = house(item_lag=5.0, failed=1.0)
    made = home.post("/v3/video-agents", AGENT)["data"]
    home.clock.time += 11
    told = home.get(f"/v3/video-agents/{made['session_id']}")["data"]

    assert made["video_id"] is None
    assert (told["status"], told["messages"][0]["type"]) == ("failed", "error")
    assert billed(home) == [0.0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"prompt": ""},
        {"prompt": "x" * 10_001},
        {"prompt": "x", "callback_id": "row-1"},
        {"prompt": "x", "orientation": "round"},
        {"prompt": "x", "files": [{"type": "url"}]},
        {"prompt": "x", "files": [{"type": "asset_id", "asset_id": "a"}] * 21},
    ],
)
def test_what_an_agent_cannot_be_asked_is_refused_and_bought_by_nobody(house, wrong):
    home = house()

    assert home.call("POST", "/v3/video-agents", wrong).status == 400
    assert home.ledger()["jobs"] == []


def test_no_key_protects_a_session(house):
    home = house()
    first, second = (home.post("/v3/video-agents", AGENT, idempotency_key="k")["data"] for _ in range(2))

    assert first["session_id"] != second["session_id"]


def test_a_session_outlives_the_sandbox(house, tmp_path):
    with Journal(tmp_path / "journal") as journal:
        made = house(journal=journal).post("/v3/video-agents", AGENT)["data"]["session_id"]

    with Journal(tmp_path / "journal") as journal:
        told = house(journal=journal).get(f"/v3/video-agents/{made}")["data"]

    assert told["video_id"]


def test_a_cinematic_video_lasts_as_long_as_was_asked_and_costs_the_same_whatever_it_is(house):
    home = house()
    for body in (CINEMATIC, {**CINEMATIC, "duration": 15}, {**CINEMATIC, "duration": None, "auto_duration": True}):
        home.post("/v3/videos", body)
    home.clock.time += 11

    assert [video["duration"] for video in home.get("/v3/videos")["data"]] == [10.0, 15.0, 4.0]
    assert billed(home) == [7.0, 7.0, 7.0]
    assert home.call("POST", "/v3/videos", {**CINEMATIC, "auto_duration": True}).status == 400
    assert home.call("POST", "/v3/videos", {**CINEMATIC, "resolution": "4k"}).status == 400


def test_an_event_tells_the_end_of_an_agents_video_and_none_that_of_a_lipsync(house, lipsync):
    home = house()
    home.world.studio.hooks.add(family="v3", url="http://127.0.0.1:1/", events=None, base="http://127.0.0.1:2")
    home.post("/v3/video-agents", AGENT)
    home.post("/v3/lipsyncs", lipsync)
    home.clock.time += 11

    posts = home.world.studio.hooks.due()

    assert [json.loads(post.body)["event_type"] for post in posts] == ["video_agent.success"]
