"""What a server asks for by Retry-After, taken at its word as far as that makes sense."""

import json

import pytest

from batchgen.pipeline.options import Options
from batchgen.pipeline.retry import LONGEST_WAIT_S, as_asked
from batchgen.sandbox import Answer
from benchmarks.account import Account
from benchmarks.lab import live
from benchmarks.setting import Setting

#: What creating requests are refused with, and which of them that is.
BUSY = {
    "places": (429, {"code": "rate_limit_exceeded", "message": "Too many concurrent videos"}),
    "key": (409, {"code": "request_in_progress", "message": "The first request is under way"}),
}


@pytest.mark.parametrize("about", BUSY)
def test_a_server_that_refuses_and_asks_for_no_wait_is_not_knocked_at_without_a_pause(monkeypatch, about):
    handle = Account.handle
    status, error = BUSY[about]
    refused = []

    def busy_for_a_minute(self, call):
        if call.method != "POST" or self._time.passed >= 60.0:
            return handle(self, call)
        refused.append(self._time.passed)
        return Answer(status, json.dumps({"error": error}).encode(), {"retry-after": "0"})

    monkeypatch.setattr(Account, "handle", busy_for_a_minute)
    told = live(Setting(jobs=5, options=Options(download=False, batch="never")))

    assert told.done == 5
    # Each of the five is tried after a second, two, four and so on.
    assert 5 <= len(refused) <= 40


@pytest.mark.parametrize(
    ("asked", "waits"),
    [(None, 4.0), (0.0, 4.0), (0.5, 0.5), (30.0, 30.0), (1_795_707_209.0, LONGEST_WAIT_S)],
)
def test_a_server_is_waited_for_as_long_as_it_asks_unless_that_tells_nothing(asked, waits):
    assert as_asked(asked, otherwise=4.0) == waits


def test_what_renders_is_fetched_at_once_when_the_day_is_used_up(monkeypatch):
    handle = Account.handle
    used_up = {"code": "quota_exceeded", "message": "The videos of this day are used up"}

    accounts = set()

    def three_a_day(self, call):
        accounts.add(self)
        if call.method != "POST" or len(self._told.created_at) < 3:
            return handle(self, call)
        return Answer(429, json.dumps({"error": used_up}).encode(), {"retry-after": "43200"})

    monkeypatch.setattr(Account, "handle", three_a_day)
    with pytest.raises(AssertionError, match="used up"):  # The lab wants everything done, and says why it is not.
        live(Setting(jobs=5, mean_s=60.0, options=Options(download=False, batch="never")))

    (account,) = accounts
    assert account._told.done == 3
    assert account._told.makespan < 600.0


def test_at_a_rate_of_few_requests_the_run_sees_what_becomes_of_its_videos_while_it_sends(monkeypatch):
    handle = Account.handle
    asked = []

    def noted(self, call):
        asked.append((call.method, self._time.passed))
        return handle(self, call)

    monkeypatch.setattr(Account, "handle", noted)
    options = Options(download=False, batch="never", rate=0.7)
    told = live(Setting(jobs=60, options=options, mean_s=10.0, slots=((0.0, 400),)))

    assert told.done == 60
    sends = [at for method, at in asked if method == "POST"]
    looks = [at for method, at in asked if method == "GET" and sends[0] < at < sends[-1]]
    assert len(looks) >= 10
    # What sends goes on meanwhile, and has most of the requests.
    assert len(looks) <= len(sends) / 2
