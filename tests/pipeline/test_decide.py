"""What a look that found nothing means: when it is looked for again, sent again, or left to a person."""

from __future__ import annotations

import pytest

from batchgen.model.job import Job, Submission
from batchgen.model.status import Status
from batchgen.pipeline.options import Options
from batchgen.pipeline.reconciling.decide import Evidence, LeaveOpen, LookLater, SendAgain, decide
from batchgen.pipeline.retry import REPLAYS, REPLAYS_IN_OUTAGE

NOW = 1_790_000_000.0
LONG_AGO = NOW - 3600.0
JOB = Job(pk=1, id="j", kind="video", content={}, delivery={}, language=None, file=None, status=Status.UNSURE)


def lost(**facts):
    return Submission(
        **{
            "pk": 7, "api": "v2", "kind": "video", "key": "k", "body_digest": "", "created_at": LONG_AGO,
            "jobs": ("j",), "tokens": ("bg2345abcdef",), "batched": False, "unsure_since": LONG_AGO,
        }
        | facts
    )  # fmt: skip


def decided(submission=None, options=None, **known):
    evidence = {
        "began_at": NOW - 1.0, "now": NOW, "protected": False, "findable": True, "shown": True,
        "may_yet_show": False, "ours": True, "accepting": True,
    }  # fmt: skip
    return decide(submission or lost(), [JOB], Evidence(**evidence | known), options or Options(api="v2"))


def test_what_a_list_that_would_show_it_has_not_shown_for_long_is_sent_again():
    assert decided() == SendAgain(proven=True)


def test_what_a_key_protects_is_sent_again_after_a_few_seconds_and_nothing_is_proven_by_that():
    young = lost(unsure_since=NOW - 15.0)

    assert decided(young, protected=True) == SendAgain(proven=False)
    assert isinstance(decided(young), LookLater)


def test_the_last_look_falls_on_the_end_of_the_settling_time():
    nearly = lost(unsure_since=NOW - 119.0, looks=4)

    assert decided(nearly) == LookLater(look_at=NOW + 1.0)


def test_a_look_counts_by_when_it_began_and_not_by_when_it_ended():
    assert isinstance(decided(began_at=LONG_AGO + 60.0), LookLater)


def test_a_clock_that_was_set_back_begins_the_settling_time_anew():
    assert decided(lost(unsure_since=NOW + 500.0)) == LookLater(unsure_since=NOW)


def test_a_list_that_has_shown_no_such_job_yet_is_waited_for_while_it_may_and_then_proves_nothing():
    assert decided(shown=False, may_yet_show=True).aside
    assert isinstance(decided(shown=False), LeaveOpen)


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"ours": False}, "another key sent this"),
        ({"doubt": "part of its batch was accepted"}, "part of its batch"),
        ({"findable": False}, "no token to look for"),
        ({"shown": False}, "proves nothing"),
    ],
)
def test_what_nothing_proves_is_left_to_a_person_unless_a_key_protects_it(known, reason):
    left = decided(**known)

    assert isinstance(left, LeaveOpen)
    assert reason in left.reason
    assert decided(protected=True, **known) == SendAgain(proven=False)


@pytest.mark.parametrize(("accepting", "most"), [(True, REPLAYS), (False, REPLAYS_IN_OUTAGE)])
def test_a_key_that_is_answered_with_the_same_failure_each_time_is_not_sent_for_ever(accepting, most):
    def after(repeats):
        return decided(lost(repeats=repeats, last_code="http_500"), protected=True, accepting=accepting)

    assert after(most - 1) == SendAgain(proven=False)
    assert "http_500" in after(most).reason


def test_a_server_that_fails_again_and_again_is_left_alone_for_longer():
    once, often = (lost(unsure_since=NOW - 60.0, repeats=repeats) for repeats in (1, 7))

    assert decided(once, protected=True, accepting=False) == SendAgain(proven=False)
    assert isinstance(decided(often, protected=True, accepting=False), LookLater)


def test_of_a_session_absence_is_proven_only_while_its_list_would_show_it():
    talk = {"kind": "session", "unsure_since": NOW - 60.0}
    job = JOB._replace(kind="session", content={"idle_timeout": 300})

    def told(**facts):
        evidence = Evidence(
            began_at=NOW, now=NOW, protected=False, findable=True, shown=True, may_yet_show=False, ours=True,
            accepting=True,
        )  # fmt: skip
        return decide(lost(**talk | facts), [job], evidence, Options(api="v3"))

    assert told(created_at=NOW - 60.0) == SendAgain(proven=True)
    assert "idle limit" in told(created_at=NOW - 301.0).reason
