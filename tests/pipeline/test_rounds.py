"""What it costs to see the ends of batches that nobody waits for, and that nothing is lost on the way: in virtual time."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

import pytest

from batchgen.model.status import Event, Status
from batchgen.pipeline.happened import Moved
from batchgen.pipeline.options import Options
from batchgen.rehearsal.machine import Time, VirtualLoop
from batchgen.store.sqlite import SqliteStore
from benchmarks import lab
from benchmarks.account import Told
from benchmarks.lab import live
from benchmarks.setting import Setting, renders

BATCHES = Setting(
    jobs=160, kind="translation", options=Options(download=False, batch="always"), slots=((0.0, 100_000),)
)


@contextmanager
def answers(change):
    """Have ``change`` see each call with its answer, and give another in its place; the calls are noted."""
    calls, handle = [], lab.Account.handle

    def changed(self, call):
        calls.append((self._time.passed, call.method, call.path))
        return change(call, handle(self, call))

    with patch.object(lab.Account, "handle", changed):
        yield calls


def as_it_is(_call, answer):
    return answer


def without(*names):
    """Leave fields out of the rows of a list."""

    def change(call, answer):
        if call.method != "GET" or call.path != "/v3/video-translations":
            return answer
        body = json.loads(answer.body)
        body["data"] = [{name: value for name, value in row.items() if name not in names} for row in body["data"]]
        return replace(answer, body=json.dumps(body).encode())

    return change


def asked_batches(calls):
    return [at for at, method, path in calls if method == "GET" and "/batches/" in path]


@pytest.mark.parametrize("kind", ["translation", "video"])
def test_the_ids_of_a_batch_come_with_the_pages_that_tell_who_ended(kind):
    with answers(as_it_is) as calls:
        told = live(replace(BATCHES, kind=kind))

    assert told.done == BATCHES.jobs
    assert len(asked_batches(calls)) == 1
    # Two batches, and the last hundred take a few looks of their own.
    assert sum(told.requests.values()) <= 35
    assert sum(late for late, _ in told.lateness) <= 0.5 * sum(took for _, took in told.lateness)


def test_a_list_that_gives_back_no_token_costs_a_request_a_batch():
    with answers(without("callback_id")) as calls:
        told = live(BATCHES)

    assert told.done == BATCHES.jobs
    assert len(asked_batches(calls)) == 2


def test_a_person_who_wants_no_token_in_titles_has_each_batch_asked_at_once():
    options = replace(BATCHES.options, title_token=False)
    with answers(as_it_is) as calls:
        told = live(replace(BATCHES, kind="video", options=options))

    assert told.done == BATCHES.jobs
    assert len(asked_batches(calls)) == 2
    assert max(asked_batches(calls)) <= 10.0


def test_a_list_that_cannot_be_read_stops_nothing():
    def change(call, answer):
        gone = call.method == "GET" and call.path == "/v3/video-translations"
        return replace(answer, status=404, body=b"<html>not found</html>") if gone else answer

    with answers(change):
        told = live(BATCHES)

    assert told.done == BATCHES.jobs


def test_a_list_that_gives_no_links_has_them_asked_for_one_by_one():
    with answers(without("video_url")):
        told = live(BATCHES)

    assert told.done == BATCHES.jobs
    assert sum(late for late, _ in told.lateness) <= 0.5 * sum(took for _, took in told.lateness)


@pytest.mark.parametrize(("bad", "within_s"), [(range(20, 30), 15.0), (range(110, 120), 600.0)])
def test_what_a_batch_refuses_is_told_at_once_if_the_first_shows_it_and_else_with_the_first_round(
    bad, within_s, monkeypatch
):
    failed, handle, note = [], lab.Account.handle, lab._note
    links = {f"https://example.com/{number}.mp4" for number in bad}

    def spoiled(self, call):
        if call.method == "POST":
            for one in call.json["video_translations"]:
                if one["video"]["url"] in links:
                    one["output_languages"] = ["Klingon"]
        return handle(self, call)

    def noted(account, time, told, fact):
        if isinstance(fact, Moved) and fact.event is Event.BROKEN:
            failed.append(time.passed)
        note(account, time, told, fact)

    monkeypatch.setattr(lab.Account, "handle", spoiled)
    monkeypatch.setattr(lab, "_note", noted)

    told = live(BATCHES)

    assert (told.done, len(failed)) == (BATCHES.jobs - len(bad), len(bad))
    assert max(failed) <= within_s


def test_a_run_that_dies_before_it_knows_the_ids_of_its_jobs_buys_none_twice(tmp_path):
    time, told = Time(), Told()
    account = lab.Account(BATCHES, time, told)
    loop = VirtualLoop(time, longest=lab.LONGEST_S)
    nameless = []

    async def die_and_go_on():
        store = SqliteStore.open(str(tmp_path / "state.db"), threaded=False)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(lab._command(BATCHES, account, store, time, told, tmp_path), 200.0)
        nameless.extend(job for job in store.in_state(1, Status.RENDERING, 1000) if not job.remote_id)
        store.close()
        store = SqliteStore.open(str(tmp_path / "state.db"), threaded=False)
        await lab._command(BATCHES, account, store, time, told, tmp_path)
        store.close()

    with renders(BATCHES):
        loop.run_until_complete(die_and_go_on())
    loop.close()

    assert len(nameless) == 60
    assert told.done == len(account.world.studio.everything) == BATCHES.jobs


def test_a_run_that_waits_no_longer_learns_the_ids_of_what_it_leaves(tmp_path):
    setting = replace(BATCHES, options=replace(BATCHES.options, timeout=100.0))
    time, told = Time(), Told()
    account = lab.Account(setting, time, told)
    loop = VirtualLoop(time, longest=lab.LONGEST_S)
    store = SqliteStore.open(str(tmp_path / "state.db"), threaded=False)

    with renders(setting), pytest.raises(AssertionError, match="RENDERING"):
        loop.run_until_complete(lab._command(setting, account, store, time, told, tmp_path))
    left = store.in_state(1, Status.RENDERING, 1000)
    store.close()
    loop.close()

    assert len(left) == BATCHES.jobs
    assert all(job.remote_id for job in left)
