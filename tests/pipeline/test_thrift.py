"""What it costs to see the ends of a thousand jobs, played through with nothing but their times."""

from __future__ import annotations

import random
from math import exp

import pytest

from batchgen.pipeline.thrift import REQUEST, Thrift

DAY = 86_400.0


def watched(ends):
    """Look at jobs, the oldest first, when it is worth it; give the requests, and when each end was seen."""
    thrift, now, requests = Thrift(interval=5.0), 0.5, 0
    left, seen = dict(enumerate(ends)), {}
    while left:
        asked = list(left)[:REQUEST]
        ended = [job for job in asked if left[job] <= now]
        requests += 1
        for job in ended:
            seen[job] = now
            del left[job]
        thrift.looked(asked=len(asked), ended=len(ended), left=len(left), oldest=0.0, now=now)
        now = max(thrift.next_at, now + 0.2)
    return requests, [seen[job] - end for job, end in enumerate(ends)], now


def one_after_another(jobs, *, render_s, places):
    return [render_s * (1 + job // places) for job in range(jobs)]


def all_at_once(jobs, *, render_s):
    chance = random.Random(7)
    return [render_s * exp(chance.normalvariate(0.0, 0.33)) for _ in range(jobs)]


@pytest.mark.parametrize("jobs", [500, 2000, 20_000])
def test_a_queue_of_days_costs_a_few_requests_a_hundred_jobs(jobs):
    ends = one_after_another(jobs, render_s=1000.0, places=3)

    requests, _, over = watched(ends)

    # Some fifty in any case, at ages that grow; then two or three for each hundred.
    assert requests <= 80 + 0.04 * jobs
    assert over <= 1.02 * ends[-1]


def test_no_end_in_a_queue_is_seen_later_than_a_part_of_the_wait_that_it_took():
    ends = one_after_another(2000, render_s=1000.0, places=3)

    _, late, _ = watched(ends)

    assert all(wait <= 5.0 + 0.3 * end for wait, end in zip(late, ends, strict=True))


def test_renders_that_end_all_at_once_are_seen_with_few_requests_too():
    ends = all_at_once(2000, render_s=480.0)

    requests, late, _ = watched(ends)

    assert requests <= 0.06 * len(ends)
    assert sum(late) <= 0.75 * sum(ends)


def test_renders_of_an_instant_are_seen_in_one_sweep():
    requests, _, over = watched([0.01] * 5000)

    assert requests == 5000 / REQUEST
    assert over <= 15.0


def test_a_job_that_is_never_ready_is_asked_about_less_and_less():
    thrift = Thrift(interval=5.0)
    now, waits = 100.0, []
    for _ in range(40):
        thrift.looked(asked=100, ended=0, left=100, oldest=0.0, now=now)
        waits.append(thrift.next_at - now)
        now = thrift.next_at

    assert waits == sorted(waits)
    assert waits[-1] <= thrift.late(0.0, now)
    assert now > 0.5 * DAY
