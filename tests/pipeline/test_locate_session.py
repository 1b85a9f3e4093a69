"""Which of the account's open sessions are those whose reply was lost."""

from __future__ import annotations

import pytest

from batchgen.model.errors import TransportError
from batchgen.model.exchange import Progress, Stage
from batchgen.model.job import Job, Submission
from batchgen.model.status import Status
from batchgen.pipeline.reconciling.locate_session import find_sessions, still_shows
from batchgen.pipeline.reconciling.skew import Skew


def row(name, *, at=1000.0, stage=Stage.QUEUED):
    return Progress(stage=stage, remote_id=name, created_at=at)


def job(idle=120):
    return Job(
        pk=1, id="j", kind="session", content={"idle_timeout": idle}, delivery={}, language=None, file=None, status=Status.UNSURE,
    )  # fmt: skip


def lost(at=1000.0):
    return Submission(
        pk=7, api="v3", kind="session", jobs=("j",), tokens=("t",), key="k", batched=False, body_digest="", created_at=at, unsure_since=at + 5,
    )  # fmt: skip


def found(rows, *, known=()):
    return {token: one.remote_id for token, one in find_sessions(rows, {"t": job()}, {7: lost()}, known).items()}


def test_a_new_session_that_nobody_knows_is_the_lost_one():
    assert found([row("a")]) == {"t": "a"}


@pytest.mark.parametrize(
    "other",
    [row("a", stage=Stage.WORKING), row("a", at=700.0), row("a", at=1300.0)],
    ids=["somebody is in it", "opened before", "opened after"],
)
def test_a_session_of_somebody_else_is_left_alone(other):
    assert found([other]) == {}


@pytest.mark.parametrize(("at", "skew"), [(700.0, Skew(ahead_s=300.0)), (1300.0, Skew(behind_s=300.0))])
def test_a_clock_that_is_wrong_hides_no_session(at, skew):
    assert find_sessions([row("a", at=at)], {"t": job()}, {7: lost()}, (), skew)


@pytest.mark.parametrize("date", [None, "", "soon"])
def test_a_reply_that_tells_no_time_says_nothing_of_the_clock(date):
    assert Skew(ahead_s=5.0).beside(date, 1000.0) == Skew(ahead_s=5.0)


def test_a_clock_that_was_set_right_between_two_replies_may_be_either():
    before = Skew().beside("Sun, 09 Sep 2001 01:46:40 GMT", 1_000_000_300.0)

    assert before.beside("Sun, 09 Sep 2001 01:46:45 GMT", 999_999_995.0) == Skew(behind_s=10.0, ahead_s=300.0)


def test_a_session_that_is_known_is_not_the_lost_one():
    assert found([row("a"), row("b")], known={"a": 1}) == {"t": "b"}


def test_where_it_cannot_be_told_which_is_ours_nothing_is_touched():
    with pytest.raises(TransportError, match="2 sessions are open"):
        found([row("a"), row("b")])


def test_an_empty_list_proves_something_only_until_the_idle_limit():
    assert still_shows(lost(), job(idle=60), 1059.0)
    assert not still_shows(lost(), job(idle=60), 1061.0)
