"""Idempotency-Key, as HeyGen's v3 reference tells it."""

import json

import pytest

from batchgen.sandbox import Fate


def test_the_same_key_gives_the_first_reply_even_for_another_body(house, avatar):
    home = house()

    first = home.call("POST", "/v3/videos", avatar, idempotency_key="k1")
    again = home.call("POST", "/v3/videos", {**avatar, "title": "Other"}, idempotency_key="k1")

    assert again.body == first.body
    assert len(home.ledger()["jobs"]) == 1
    assert home.ledger()["jobs"][0]["key"] == "k1"


def test_a_key_holds_for_a_day_and_for_its_own_path(house, avatar, translation):
    home = house()
    home.call("POST", "/v3/videos", avatar, idempotency_key="k1")

    home.call("POST", "/v3/video-translations", translation, idempotency_key="k1")
    home.clock.time += 86_399
    home.call("POST", "/v3/videos", avatar, idempotency_key="k1")
    assert len(home.ledger()["jobs"]) == 2
    home.clock.time += 2
    home.call("POST", "/v3/videos", avatar, idempotency_key="k1")

    assert len(home.ledger()["jobs"]) == 3


def test_a_lost_reply_is_found_again_by_its_key(house, translation):
    home = house(lost=0.5)

    fates = []
    for number in range(20):
        home.call("POST", "/v3/video-translations/batches", {"video_translations": [translation]})
        fates.append(
            home.call(
                "POST",
                "/v3/video-translations/batches",
                {"video_translations": [translation]},
                idempotency_key=f"k{number // 4}",
            )
        )

    whole = [answer for answer in fates if answer.fate is Fate.DELIVER]
    assert len(whole) < 20
    assert len(home.ledger()["jobs"]) == 25
    assert len({answer.body for answer in fates}) == 5


def test_a_key_in_flight_is_a_409(house, avatar):
    home = house(slow=1.0, slow_s=3.0)
    home.call("POST", "/v3/videos", avatar, idempotency_key="k1")

    early = home.call("POST", "/v3/videos", avatar, idempotency_key="k1")
    home.clock.time += 4
    late = home.call("POST", "/v3/videos", avatar, idempotency_key="k1")

    assert early.status == 409
    assert json.loads(early.body)["error"]["code"] == "request_in_progress"
    assert late.status == 200
    assert len(home.ledger()["jobs"]) == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 256])
def test_a_key_of_the_wrong_shape_is_refused(house, avatar, key):
    assert house().call("POST", "/v3/videos", avatar, idempotency_key=key).status == 400


def test_keys_can_be_ignored(house, avatar):
    home = house(keys="ignored")

    for _ in range(2):
        home.call("POST", "/v3/videos", avatar, idempotency_key="k1")

    assert len(home.ledger()["jobs"]) == 2


@pytest.mark.parametrize(("batch_keys", "jobs"), [("ignored", 2), ("honoured", 1)])
def test_video_batches_honour_keys_where_that_is_asked_for(house, avatar, batch_keys, jobs):
    home = house(options={"batch_keys": batch_keys})

    for _ in range(2):
        home.call("POST", "/v3/videos/batches", {"videos": [avatar]}, idempotency_key="k1")

    assert len(home.ledger()["jobs"]) == jobs


@pytest.mark.parametrize("trouble", ["error_before", "error_after"])
def test_a_5xx_is_replayed_for_its_key_for_ever(house, avatar, trouble):
    home = house(replay_5xx=1.0, **{trouble: 1.0})

    statuses = [home.call("POST", "/v3/videos", avatar, idempotency_key="k1").status for _ in range(5)]

    assert statuses == [500] * 5
    assert len(home.ledger()["jobs"]) == (1 if trouble == "error_after" else 0)


def test_a_refusal_is_not_kept_unless_told_so(house, avatar):
    for replay, status in ((0.0, 200), (1.0, 400)):
        home = house(replay_4xx=replay)
        home.call("POST", "/v3/videos", {"type": "avatar"}, idempotency_key="k1")

        assert home.call("POST", "/v3/videos", avatar, idempotency_key="k1").status == status
