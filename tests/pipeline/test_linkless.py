"""Videos that are called ready, and to which no link ever comes: a run over them has an end, and asks rarely."""

import json
import math
from collections import Counter
from dataclasses import replace

import pytest

from batchgen.pipeline.options import Options
from benchmarks.account import Account
from benchmarks.lab import live
from benchmarks.setting import Setting


def without_links(told):
    """Take every link to a video out of what was told."""
    if isinstance(told, dict):
        return {name: None if name.endswith("url") else without_links(value) for name, value in told.items()}
    return [without_links(one) for one in told] if isinstance(told, list) else told


@pytest.fixture
def asked(monkeypatch):
    """Let no link be told before a moment of the account's own clock, and count what is asked of it."""
    handle, told = Account.handle, Counter()

    def answering(self, call):
        answer = handle(self, call)
        told[call.method] += 1
        if call.method != "GET" or self._time.passed >= told["links_from"]:
            return answer
        return replace(answer, body=json.dumps(without_links(json.loads(answer.body))).encode())

    monkeypatch.setattr(Account, "handle", answering)
    return told


@pytest.mark.parametrize("kind", ["video", "translation"])
@pytest.mark.parametrize("api", ["v3", "v2"])
@pytest.mark.parametrize("jobs", [3, 150])
def test_links_that_never_come_are_asked_for_ever_more_rarely_and_then_left(asked, kind, api, jobs):
    asked["links_from"] = math.inf

    with pytest.raises(AssertionError, match=f"RENDERED: 4>: {jobs}"):
        live(Setting(jobs=jobs, kind=kind, mean_s=30.0, options=Options(api=api, download=False)))

    assert asked["GET"] < 45 * jobs


@pytest.mark.parametrize("jobs", [3, 150])
def test_links_that_come_ten_minutes_late_are_taken(asked, jobs):
    asked["links_from"] = 600

    told = live(Setting(jobs=jobs, mean_s=30.0, options=Options(download=False)))

    assert told.makespan < 1200
