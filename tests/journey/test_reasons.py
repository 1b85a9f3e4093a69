"""Why a video failed is in the results, whatever told that it did."""

import json

import pytest

from batchgen.pipeline.watching.observe import NO_REASON
from batchgen.sandbox import Answer


@pytest.fixture
def terse(heygen, monkeypatch):
    """A HeyGen where each video fails, and what tells of many at once gives no reason."""
    serving = heygen(failed=1.0)
    answer = serving.world.handle

    def bare(call, *more):
        given = answer(call, *more)
        if call.method != "GET" or ("statuses" not in call.path and "batches" not in call.path):
            return given
        body = json.loads(given.body)
        rows = body["data"] if "statuses" in call.path else body["data"]["items"]
        for row in rows:
            row["error"] = None
        return Answer(given.status, json.dumps(body).encode(), given.headers)

    monkeypatch.setattr(serving.world, "handle", bare)
    return serving


@pytest.mark.parametrize("batch", ["never", "always"])
def test_a_failure_that_was_told_of_without_its_reason_is_asked_about_alone(desk, terse, batch):
    desk.videos(5)

    ended = desk.run("people.jsonl", "--batch", batch)

    assert ended.summary["failed"] == 5
    assert all(row["error"] for row in desk.results("people_results.csv"))


@pytest.mark.parametrize("batch", ["never", "always"])
def test_a_failure_of_which_heygen_tells_no_reason_anywhere_says_just_that(desk, heygen, monkeypatch, batch):
    serving = heygen(failed=1.0)
    answer = serving.world.handle

    def mute(call, *more):
        given = answer(call, *more)
        if call.method != "GET":
            return given
        return Answer(given.status, json.dumps(_without_reasons(json.loads(given.body))).encode(), given.headers)

    monkeypatch.setattr(serving.world, "handle", mute)
    desk.videos(3)

    ended = desk.run("people.jsonl", "--batch", batch)

    assert ended.summary["failed"] == 3
    assert {row["error"] for row in desk.results("people_results.csv")} == {NO_REASON}


def _without_reasons(told):
    if isinstance(told, list):
        return [_without_reasons(one) for one in told]
    if isinstance(told, dict):
        reasons = ("error", "failure_code", "failure_message")
        return {name: None if name in reasons else _without_reasons(one) for name, one in told.items()}
    return told
