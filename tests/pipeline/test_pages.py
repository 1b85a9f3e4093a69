"""What pages of a list tell of jobs, and what they cost in v2, which has no bulk status: whole runs in virtual time."""

from __future__ import annotations

import pytest

from batchgen.model.errors import NoReply
from batchgen.pipeline.options import Options
from batchgen.sandbox.wire import Answer
from benchmarks import lab
from benchmarks.lab import live
from benchmarks.setting import EMPTY, Setting


@pytest.mark.parametrize("kind", ["video", "translation"])
@pytest.mark.parametrize(("lists", "most"), [(("/v2/videos",), 3.6), (("/v1/video.list",), 4.5)])
def test_looks_share_the_pages_of_a_list(kind, lists, most):
    told = live(
        Setting(jobs=150, kind=kind, options=Options(download=False, api="v2"), slots=((0.0, 1000),), lists=lists)
    )

    assert told.done == 150
    assert sum(told.requests.values()) <= most * 150
    assert sum(late for late, _ in told.lateness) <= 0.05 * sum(took for _, took in told.lateness)


def test_a_list_that_is_not_there_stops_no_look(monkeypatch):
    for name in EMPTY:
        monkeypatch.setitem(EMPTY, name, lambda: Answer(404, b"<html>not found</html>"))
    jobs = Setting(jobs=12, options=Options(download=False, api="v2"), slots=((0.0, 1000),), lists=())

    assert live(jobs).done == 12


@pytest.mark.parametrize(
    ("api", "jobs"),
    [pytest.param("v2", 12, id="v2"), pytest.param("v3", 12, id="v3"), pytest.param("v3", 300, id="many")],
)
def test_a_list_that_never_answers_stops_no_look(monkeypatch, api, jobs):
    answer = lab.Account.handle

    def mute(self, call):
        if call.method == "GET" and call.path in {"/v3/videos", "/v2/videos", "/v1/video.list"}:
            raise NoReply("the gateway hung up")
        return answer(self, call)

    monkeypatch.setattr(lab.Account, "handle", mute)
    monkeypatch.setattr(lab, "LONGEST_S", 86_400.0)

    told = live(Setting(jobs=jobs, options=Options(download=False, api=api), slots=((0.0, 1000),)))

    assert told.done == jobs
    assert sum(late for late, _ in told.lateness) <= 0.5 * sum(took for _, took in told.lateness)


def test_a_list_that_shows_nothing_is_left_alone_and_jobs_are_asked_about_one_by_one():
    jobs = Setting(
        jobs=40, kind="translation", options=Options(download=False, api="v2"), slots=((0.0, 1000),), lists=()
    )

    told = live(jobs)

    assert told.done == 40
    assert sum(late for late, _ in told.lateness) <= 0.1 * sum(took for _, took in told.lateness)


def test_whose_link_came_with_another_ones_page_is_not_told_of_again():
    # So many at once that their links stand on several pages, of which each is read for jobs of its own.
    told = live(Setting(jobs=350, options=Options(download=False), slots=((0.0, 300),)))

    assert told.done == 350
