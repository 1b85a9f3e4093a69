"""Batches that the server denies, or whose pages lead back to one another: a run over them has an end."""

import json
from collections import Counter
from dataclasses import replace
from functools import partial

import pytest

from batchgen.pipeline.options import Options
from batchgen.sandbox import Answer
from benchmarks.account import Account
from benchmarks.lab import live
from benchmarks.setting import Setting

TRANSLATIONS = Setting(jobs=12, kind="translation", mean_s=30.0, options=Options(download=False, batch="always"))


@pytest.fixture
def asked(monkeypatch):
    """Count what is asked of the account, and let a test answer for it."""
    handle, told = Account.handle, Counter()

    def answering(self, call):
        told[call.path.rpartition("/")[0] if "/batches/" in call.path else call.path] += 1
        return told.answer(handle, self, call)

    monkeypatch.setattr(Account, "handle", answering)
    return told


def is_batch(call):
    return call.method == "GET" and "/batches/" in call.path


def denied(handle, account, call):
    if not is_batch(call):
        return handle(account, call)
    return Answer(404, json.dumps({"error": {"code": "not_found", "message": "No such batch"}}).encode(), {})


def test_videos_of_a_batch_that_is_denied_are_found_in_the_list(asked):
    asked.answer = denied

    told = live(TRANSLATIONS)

    assert told.done == 12


def test_videos_that_neither_batch_nor_list_knows_fail_and_end_the_run(asked):
    def nowhere(handle, account, call):
        if call.method == "GET" and call.path == "/v3/video-translations":
            return Answer(200, json.dumps({"data": [], "has_more": False, "next_token": None}).encode(), {})
        return denied(handle, account, call)

    asked.answer = nowhere

    told = live(TRANSLATIONS)

    assert told.done == 0
    assert asked["/v3/video-translations/batches"] < 40


def without_items(handle, account, call, keep):
    """Answer for a batch as it is, without some of its items."""
    answer = handle(account, call)
    if not is_batch(call):
        return answer
    body = json.loads(answer.body)
    body["data"]["items"] = list(filter(None, map(keep, body["data"]["items"])))
    return replace(answer, body=json.dumps(body).encode())


def test_videos_that_a_batch_never_names_are_found_in_the_list(asked):
    asked.answer = partial(without_items, keep=lambda item: item if item["item_index"] % 3 else None)

    assert live(TRANSLATIONS).done == 12


def test_items_of_a_batch_that_do_not_say_which_they_are_are_found_in_the_list(asked):
    asked.answer = partial(without_items, keep=lambda item: {**item, "item_index": None})

    assert live(TRANSLATIONS).done == 12


def test_videos_that_neither_their_batch_nor_the_list_names_fail_once_the_batch_is_over(asked):
    def nowhere(handle, account, call):
        if call.method == "GET" and call.path == "/v3/video-translations":
            return Answer(200, json.dumps({"data": [], "has_more": False, "next_token": None}).encode(), {})
        return without_items(handle, account, call, keep=lambda item: item if item["item_index"] % 3 else None)

    asked.answer = nowhere

    told = live(TRANSLATIONS)

    assert told.done == 8
    assert asked["/v3/video-translations/batches"] < 60


def test_pages_of_a_batch_that_lead_back_are_read_once(asked):
    def leading_back(handle, account, call):
        if not is_batch(call):
            return handle(account, call)
        answer = handle(account, replace(call, query={}))
        body = json.loads(answer.body)
        body["data"] |= {"has_more": True, "next_token": "again"}
        return replace(answer, body=json.dumps(body).encode())

    asked.answer = leading_back

    told = live(TRANSLATIONS)

    assert told.done == 12
    assert asked["/v3/video-translations/batches"] < 40


@pytest.mark.parametrize(
    ("status", "code"), [(404, "not_found"), (405, "method_not_allowed"), (400, "invalid_parameter")]
)
def test_videos_are_asked_about_one_by_one_where_many_in_one_request_are_refused(asked, status, code):
    def one_by_one(handle, account, call):
        if not call.path.endswith("/statuses"):
            return handle(account, call)
        return Answer(status, json.dumps({"error": {"code": code, "message": "No such address"}}).encode(), {})

    asked.answer = one_by_one

    told = live(replace(TRANSLATIONS, options=Options(download=False, batch="never")))

    assert told.done == 12
    assert asked["/v3/video-translations/statuses"], "asked for in bulk at first"


def test_a_list_that_never_tells_of_an_end_is_found_out_by_asking_about_one_by_its_id(asked):
    def lagging_for_good(handle, account, call):
        answer = handle(account, call)
        if call.method != "GET" or call.path not in {"/v1/video.list", "/v2/videos"}:
            return answer
        return replace(answer, body=answer.body.replace(b'"completed"', b'"processing"'))

    asked.answer = lagging_for_good

    told = live(Setting(jobs=12, mean_s=30.0, options=Options(download=False, api="v2")))

    assert told.done == 12


@pytest.mark.parametrize(
    "body", [b"<html>404 Not Found</html>", b'{"error": "not found"}'], ids=["a page", "JSON without a code"]
)
def test_a_lost_reply_is_settled_in_minutes_where_the_account_has_no_list_at_all(asked, body):
    lost = []

    def listless(handle, account, call):
        if call.method == "GET" and call.path == "/v3/videos":
            return Answer(404, body, {})
        answer = handle(account, call)
        if call.method == "POST" and not lost:
            lost.append(answer)
            return Answer(502, b"Bad Gateway", {})
        return answer

    asked.answer = listless

    told = live(Setting(jobs=3, mean_s=30.0, options=Options(download=False, batch="never")))

    assert lost
    assert told.done == 3
    assert told.makespan < 300
