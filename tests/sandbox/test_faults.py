"""Each fault does what its name says, and nothing else."""

import json

import pytest

from batchgen.sandbox import Fate
from batchgen.sandbox.faults import PRESETS, Faults, parse


@pytest.mark.parametrize(
    ("fault", "status", "fate", "jobs"),
    [
        ("throttle", 429, Fate.DELIVER, 0),
        ("error_before", 500, Fate.DELIVER, 0),
        ("lost_before", 0, Fate.LOST, 0),
        ("error_after", 500, Fate.DELIVER, 1),
        ("lost", 200, Fate.LOST, 1),
        ("hang", 200, Fate.HANG, 1),
        ("slow", 200, Fate.DELIVER, 1),
    ],
)
def test_a_create_goes_wrong_before_or_after_the_job_exists(house, avatar, fault, status, fate, jobs):
    home = house(**{fault: 1.0})

    answer = home.call("POST", "/v3/videos", avatar)

    assert (answer.status, answer.fate) == (status, fate)
    assert len(home.ledger()["jobs"]) == jobs
    assert (home.ledger()["billed"] > 0) == bool(jobs)
    assert list(home.ledger()["faults"].values()) == [1]


@pytest.mark.parametrize(("fault", "jobs"), [("html_before", 0), ("html_after", 1)])
def test_a_gateway_answers_in_html(house, studio_v2, fault, jobs):
    home = house(**{fault: 1.0})

    answer = home.call("POST", "/v2/video/generate", studio_v2)

    assert answer.status in {502, 503, 504}
    assert answer.headers["content-type"] == "text/html"
    assert len(home.ledger()["jobs"]) == jobs


def test_an_error_hides_inside_200_on_v2_alone(house, studio_v2, avatar):
    home = house(inside_200=1.0)

    told = [home.call("POST", "/v2/video/generate", studio_v2) for _ in range(20)]

    bodies = [json.loads(answer.body) for answer in told]
    assert {answer.status for answer in told} == {200}
    assert {"code" in body for body in bodies} == {True, False}
    assert home.ledger()["jobs"] == []
    assert home.call("POST", "/v3/videos", avatar).status == 200


def test_a_create_of_v2_can_answer_in_the_envelope_of_v1(house, studio_v2):
    home = house(envelope=1.0)

    answer = home.call("POST", "/v2/video/generate", studio_v2)

    body = json.loads(answer.body)
    assert (answer.status, body["code"], body["message"]) == (202, 100, "Success")
    assert body["data"]["video_id"] == home.ledger()["jobs"][0]["id"]


@pytest.mark.parametrize(
    ("fault", "status", "fate"),
    [
        ("get_429", 429, Fate.DELIVER),
        ("get_500", 500, Fate.DELIVER),
        ("get_hang", 504, Fate.HANG),
        ("get_lost", 0, Fate.LOST),
    ],
)
def test_reads_go_wrong_too(house, avatar, fault, status, fate):
    home = house(**{fault: 1.0})

    assert home.call("POST", "/v3/videos", avatar).status == 200
    answer = home.call("GET", "/v3/videos")

    assert (answer.status, answer.fate) == (status, fate)


def test_throttling_says_how_long_to_wait(house, avatar):
    answer = house(throttle=1.0, retry_after=7).call("POST", "/v3/videos", avatar)

    assert answer.headers["retry-after"] == "7"


def test_lists_lag_and_statuses_lag_on_their_own(house, avatar):
    home = house(list_lag=3.0, statuses_lag=2.0)
    video = home.post("/v3/videos", avatar)["data"]["video_id"]

    def seen():
        status = home.get(f"/v3/videos/statuses?video_ids={video}")["data"][0]["status"]
        return len(home.get("/v3/videos")["data"]), status != "not_found"

    assert seen() == (0, False)
    home.clock.time += 2
    assert seen() == (0, True)
    home.clock.time += 1
    assert seen() == (1, True)
    assert home.get(f"/v3/videos/{video}")["data"]["id"] == video


def test_items_of_a_batch_have_no_id_for_a_while(house, avatar):
    home = house(item_lag=2.0)
    batch = home.post("/v3/videos/batches", {"videos": [avatar]})["data"]["batch_id"]

    before = home.get(f"/v3/videos/batches/{batch}")["data"]["items"][0]
    home.clock.time += 2
    after = home.get(f"/v3/videos/batches/{batch}")["data"]["items"][0]

    assert (before["video_id"], before["status"]) == (None, "queued")
    assert after["video_id"]


def test_completed_can_come_before_the_link(house, avatar):
    home = house(late_url=1.0, late_url_s=5.0)
    video = home.post("/v3/videos", avatar)["data"]["video_id"]

    home.clock.time += 11
    early = home.get(f"/v3/videos/{video}")["data"]
    home.clock.time += 5
    late = home.get(f"/v3/videos/{video}")["data"]

    assert (early["status"], early["video_url"]) == ("completed", None)
    assert late["video_url"]


def test_unknown_words_stand_for_what_is_under_way(house, avatar):
    home = house(odd_status=1.0)
    video = home.post("/v3/videos", avatar)["data"]["video_id"]

    words = {home.get(f"/v3/videos/{video}")["data"]["status"] for _ in range(20)}
    home.clock.time += 11

    assert words <= {"waiting", "queued_internal", "in_review"}
    assert home.get(f"/v3/videos/{video}")["data"]["status"] == "completed"


def test_a_read_can_meet_a_gateway_and_a_download_an_error(house, avatar):
    home = house(get_html=0.5, download_500=1.0)
    video = home.post("/v3/videos", avatar)["data"]["video_id"]
    home.clock.time += 11

    told = [home.call("GET", f"/v3/videos/{video}") for _ in range(20)]
    whole = next(answer for answer in told if answer.status == 200)

    assert {answer.headers["content-type"] for answer in told} == {"text/html", "application/json"}
    assert home.call("GET", json.loads(whole.body)["data"]["video_url"]).status == 500


def test_an_expired_link_is_denied_and_the_next_one_is_good(house, avatar):
    home = house(expired=0.5)
    video = home.post("/v3/videos", avatar)["data"]["video_id"]
    home.clock.time += 11

    statuses = [home.call("GET", home.get(f"/v3/videos/{video}")["data"]["video_url"]).status for _ in range(20)]

    assert set(statuses) == {200, 403}


def test_a_link_lives_as_long_as_it_says(house, avatar):
    home = house(options={"link_life": 60})
    video = home.post("/v3/videos", avatar)["data"]["video_id"]
    home.clock.time += 11
    link = home.get(f"/v3/videos/{video}")["data"]["video_url"]

    assert home.call("GET", link).status == 200
    assert home.call("GET", link.replace("Signature=", "Signature=0")).status == 403
    home.clock.time += 60
    assert home.call("GET", link).status == 403


def test_more_requests_than_the_rate_are_throttled(house):
    home = house(options={"rate": 5})

    statuses = [home.call("GET", "/v3/videos").status for _ in range(7)]
    home.clock.time += 1

    assert statuses == [200] * 5 + [429] * 2
    assert home.call("GET", "/v3/videos").status == 200


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("none", Faults()),
        ("mild", PRESETS["mild"]),
        ("lost=0.05,500_before=0.03", Faults(lost=0.05, error_before=0.03)),
        ("keys=ignored, list_lag=3", Faults(keys="ignored", list_lag=3)),
        ("", Faults()),
    ],
)
def test_faults_are_read_from_text(text, expected):
    assert parse(text) == expected


def test_a_preset_can_be_changed():
    assert parse("mild,lost=0.2").lost == 0.2
    assert parse("mild,lost=0.2").throttle == PRESETS["mild"].throttle


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("throtle=0.1", "'throttle'"),
        ("mlid", "'mild'"),
        ("lost=2", "from 0 to 1"),
        ("lost=much", "number"),
        ("lost", "lost=0.05"),
        ("keys=maybe", "honoured"),
    ],
)
def test_a_wrong_fault_is_named_with_the_right_one(text, hint):
    with pytest.raises(ValueError, match=hint):
        parse(text)
