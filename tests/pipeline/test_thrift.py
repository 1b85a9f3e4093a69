"""What it costs to see the ends of a thousand jobs, played through with nothing but their times."""

from __future__ import annotations

import random
from math import exp

import pytest

from batchgen.pipeline.watching.thrift import REQUEST, Course, Thrift

DAY = 86_400.0


def watched(ends):
    """Look at scouts, and then go round by pages, the oldest first; give the requests, and when each end was seen."""
    thrift, now, requests, names_known = Thrift(interval=5.0), 0.5, 0, False
    left, seen = dict(enumerate(ends)), {}
    while left:
        if thrift.ripe or names_known:
            course = Course()
            for page in sorted({job // REQUEST for job in left}):
                there = [job for job in left if job // REQUEST == page]
                ended = [job for job in there if left[job] <= now]
                requests += 1
                for job in ended:
                    seen[job] = now
                    del left[job]
                course.note(there, len(ended))
                if course.stopped and names_known:
                    break
            course.stopped, names_known = course.stopped and names_known, True
            thrift.went(course, left=len(left), accepted=0.0, now=now)
        else:
            requests += 1
            ended = sum(end <= now for end in ends[:REQUEST])
            thrift.scouted(asked=min(REQUEST, len(ends)), ended=ended, accepted=0.0, now=now)
        now = max(thrift.next_at, now + 0.2)
    return requests, [seen[job] - end for job, end in enumerate(ends)], now


def one_after_another(jobs, *, render_s, places):
    return [render_s * (1 + job // places) for job in range(jobs)]


def all_at_once(jobs, *, render_s, spread=0.33):
    chance = random.Random(7)
    return [render_s * exp(chance.normalvariate(0.0, spread)) for _ in range(jobs)]


@pytest.mark.parametrize("jobs", [500, 5000])
def test_a_queue_of_days_costs_a_few_requests_a_hundred_jobs(jobs):
    ends = one_after_another(jobs, render_s=1000.0, places=3)

    requests, _, over = watched(ends)

    # Some thirty in any case, at ages that grow; then four or five for each hundred.
    assert requests <= 30 + 0.05 * jobs
    assert over <= 1.1 * ends[-1]


def test_no_end_in_a_queue_is_seen_much_later_than_a_part_of_the_wait_that_it_took():
    ends = one_after_another(2000, render_s=1000.0, places=3)

    _, late, _ = watched(ends)

    # Those that end before anything is known of the pace wait for the first round.
    settled = [(wait, end) for wait, end in zip(late, ends, strict=True) if end > 20_000.0]
    assert all(wait <= 0.6 * end for wait, end in settled)
    assert max(late) <= 20_000.0


@pytest.mark.parametrize("spread", [0.2, 0.33, 0.6])
def test_renders_that_end_all_at_once_are_seen_with_few_requests_too(spread):
    ends = all_at_once(2000, render_s=480.0, spread=spread)

    requests, late, _ = watched(ends)

    # A few more are sent for the last hundred, by whoever waits for the end of the run.
    assert requests <= 0.055 * len(ends)
    assert sum(late) <= 0.65 * sum(ends)


def test_renders_of_an_instant_are_seen_in_one_sweep():
    requests, _, over = watched([0.01] * 5000)

    assert requests == 1 + 5000 / REQUEST
    assert over <= 15.0


@pytest.mark.parametrize(("last_accepted", "most"), [(None, 960.0), (910.0, 240.0)])
def test_the_last_of_a_run_are_not_left_alone_for_as_long_as_those_that_were_sent_long_before(last_accepted, most):
    thrift, course = Thrift(interval=5.0), Course()
    course.told, course.ended = set(range(700)), 580
    thrift.scouted(asked=100, ended=0, accepted=10.0, now=10.0)

    thrift.went(course, left=120, accepted=10.0, now=1210.0, last_accepted=last_accepted)

    assert thrift.next_at - 1210.0 == pytest.approx(most)


def test_a_job_that_is_never_ready_is_asked_about_less_and_less():
    thrift = Thrift(interval=5.0)
    now, waits = 100.0, []
    for _ in range(40):
        thrift.scouted(asked=100, ended=0, accepted=0.0, now=now)
        waits.append(thrift.next_at - now)
        now = thrift.next_at

    assert waits == sorted(waits)
    assert waits[-1] <= 0.5 * now
    assert now > 0.5 * DAY


def test_jobs_of_an_earlier_run_are_not_left_alone_for_as_long_as_they_waited_already():
    thrift = Thrift(interval=5.0)

    thrift.scouted(asked=100, ended=20, accepted=0.0, now=DAY)

    assert thrift.next_at - DAY <= 0.05 * DAY
