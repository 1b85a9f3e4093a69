"""What is learned of an account's limits is remembered for it alone, told once, and doubted when it is old."""

from __future__ import annotations

import random

import pytest

from batchgen.model.exchange import Hold
from batchgen.pipeline.happened import LimitLearned
from batchgen.pipeline.pacing.limits import OLD_S, REQUESTS, Limits
from batchgen.pipeline.pacing.pace import Pace
from batchgen.store.sqlite import SqliteStore

REALM = "api.heygen.com"


class Clock:
    def __init__(self, at=1_000_000.0):
        self.at = at

    def now(self):
        return self.at

    def ticks(self):
        return self.at


@pytest.fixture
def store(tmp_path):
    store = SqliteStore.open(str(tmp_path / "state.db"), threaded=False)
    yield store
    store.close()


def limits(store, *, account="a", at=1_000_000.0, told=None):
    tell = (told if told is not None else []).append
    return Limits(store, realm=REALM, account=account, clock=Clock(at), tell=tell)


async def learned(store, *, places, account="a", told=None):
    found = limits(store, account=account, told=told)
    await store.apply(found.learn_places("v3", places))
    return found


async def test_the_next_run_begins_with_the_places_that_were_learned(store):
    await learned(store, places=10)

    assert limits(store).concurrency("v3", None).limit == 10


async def test_accounts_in_one_state_file_share_no_limits(store):
    await learned(store, places=10, account="a")

    assert limits(store, account="b").concurrency("v3", None).learned is None
    assert limits(store, account="b").rate("v3", REQUESTS).rate is None


async def test_what_a_person_gave_is_kept_to_whatever_was_learned(store):
    await learned(store, places=10)

    assert limits(store, at=1_000_000.0 + 2 * OLD_S).concurrency("v3", 4).limit == 4


async def test_of_places_learned_long_ago_one_more_is_tried_at_once(store):
    await learned(store, places=10)

    jobs = limits(store, at=1_000_000.0 + 2 * OLD_S).concurrency("v3", None)

    assert (jobs.limit, jobs.learned) == (11, 10)
    jobs.refused(10)
    assert (jobs.limit, jobs.learned) == (10, 10)


async def test_a_limit_is_told_when_it_is_learned_and_when_it_is_notably_another(store):
    told = []
    found = await learned(store, places=10, told=told)

    for places in (10, 11, 10, 20):
        await store.apply(found.learn_places("v3", places))

    assert told == [LimitLearned(name="v3.concurrency", value=10.0), LimitLearned(name="v3.concurrency", value=20.0)]


async def test_a_rate_is_remembered_once_it_was_measured_and_the_next_run_leaves_by_it(store):
    found, clock = limits(store), Clock(0.0)
    pace = Pace(clock=clock, chance=random.Random(1), tell=lambda _: None)
    tokens, at = 2.0, 0.0
    for _ in range(600):
        clock.at += max(0.01, pace.wait(creates=True))
        tokens, at, left_at = min(2.0, tokens + (clock.at - at) * 2.0), clock.at, clock.at
        pace.take(creates=True)
        if tokens >= 1:
            tokens -= 1
            pace.served(creates=True, left_at=left_at)
        else:
            pace.hold(Hold.RATE, 1.0, creates=True, left_at=left_at)
            await store.apply(found.learn_rates("v3", pace))

    rate = limits(store).rate("v3", "rate.creating").rate
    assert rate == pytest.approx(2.0, rel=0.1)
    assert limits(store).rate("v3", REQUESTS).rate is None
    assert limits(store).rate("v3", "rate.creating", given=9.0).rate is None
    # Long ago: it is begun with all the same, and grows at once.
    doubted = limits(store, at=1_000_000.0 + 2 * OLD_S).rate("v3", "rate.creating")
    for n in range(60):
        doubted.left(float(n))
    assert doubted.rate > 1.5 * rate
