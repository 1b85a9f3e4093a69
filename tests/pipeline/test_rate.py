"""How many requests a second are let: found by refusals, and kept to."""

from __future__ import annotations

import heapq
import random
from itertools import pairwise

import pytest

from batchgen.model.exchange import Hold
from batchgen.pipeline.pacing.pace import Pace
from batchgen.pipeline.pacing.rate import LearnedRate


class Still:
    """A clock that only moves when somebody sleeps."""

    def __init__(self):
        self.passed = 0.0

    def now(self):
        return self.passed

    def ticks(self):
        return self.passed

    async def sleep(self, seconds):
        self.passed += seconds


@pytest.mark.parametrize("rate", [0.5, 1.0, 5.0])
async def test_no_second_ever_holds_more_requests_than_the_rate(rate):
    clock, left = Still(), []
    pace = Pace(clock=clock, chance=random.Random(1), tell=lambda _: None, rate=rate)

    for _ in range(20):
        await pace.turn()
        left.append(clock.passed)

    window = max(1.0, 1.0 / rate)
    busiest = max(sum(start <= one < start + window for one in left) for start in left)
    assert busiest <= max(1, rate * window)


@pytest.mark.parametrize("rate", [0.5, 1.0, 5.0, 20.0])
async def test_no_second_of_the_server_holds_more_than_the_rate_though_some_requests_travel_longer(rate):
    clock, chance = Still(), random.Random(2)
    arrived = [clock.passed]  # The question for the balance, which came before the run.
    pace = Pace(clock=clock, chance=chance, tell=lambda _: None, rate=rate)

    for number in range(60):
        await pace.turn()
        arrived.append(clock.passed + (0.04 if number < rate else chance.uniform(0.0, 0.03)))

    window = max(1.0, 1.0 / rate)
    busiest = max(sum(start <= one < start + window for one in arrived) for start in arrived)
    assert busiest <= max(1, rate * window)
    assert clock.passed < 60 / rate * 1.06


async def test_retry_after_holds_every_call_that_follows_and_can_be_given_up():
    clock = Still()
    pace = Pace(clock=clock, chance=random.Random(1), tell=lambda _: None)
    pace.hold(Hold.RATE, 8.0, creates=False)

    assert await pace.turn(given_up=lambda: True) is False
    assert clock.passed < 8.0
    assert await pace.turn() is True
    assert clock.passed >= 8.0


async def test_a_server_that_has_no_place_left_may_still_be_asked_how_its_jobs_are_doing():
    pace = Pace(clock=Still(), chance=random.Random(1), tell=lambda _: None)
    pace.hold(Hold.CONCURRENCY, 8.0, creates=True)

    assert pace.wait(creates=True) >= 8.0
    assert pace.wait(creates=False) == 0.0


class Server:
    """Serves so many requests a second, and saves up those of a second; refuses the rest, and says how long to wait."""

    def __init__(self, rate, *, retry_after, only_creating=False, lost=0.0, saved=1.0):
        self.rate, self.retry_after, self.only_creating = rate, retry_after, only_creating
        self.lost, self._chance = lost, random.Random(4)  # The part that is refused for no reason.
        self.served, self.refused, self._at = 0, 0, 0.0
        self._tokens = self._most = max(saved, rate)

    def takes(self, now, *, creates=True):
        if self.only_creating and not creates:
            return True
        self._tokens, self._at = min(self._most, self._tokens + (now - self._at) * self.rate), now
        if self._tokens < 1 or self._chance.random() < self.lost:
            self.refused += 1
            return False
        self._tokens -= 1
        self.served += 1
        return True


def overload(server, seconds, *, reads_every=0.0, at_once=5):
    """Send as fast as is let, in waves of a few; give when each refusal came."""
    clock, refusals, read_at = Still(), [], 0.0
    pace = Pace(clock=clock, chance=random.Random(1), tell=lambda _: None)
    while clock.passed < seconds:
        left_at, wave = clock.passed, []
        if reads_every and clock.passed >= read_at and pace.wait(creates=False) == 0:
            pace.take(creates=False)
            wave.append(False)
            read_at = clock.passed + reads_every
        while len(wave) < at_once and pace.wait(creates=True) == 0:
            pace.take(creates=True)
            wave.append(True)
        clock.passed += 0.01
        for creates in wave:
            if server.takes(clock.passed, creates=creates):
                pace.served(creates=creates, left_at=left_at)
            else:
                refusals.append(clock.passed)
                pace.hold(Hold.RATE, server.retry_after, creates=creates, left_at=left_at)
    return refusals


@pytest.mark.parametrize("rate", [1, 5, 40])
def test_a_rate_that_is_told_by_refusals_alone_is_used_to_the_full(rate):
    server = Server(rate, retry_after=8.0)

    refusals = overload(server, 2400.0)

    assert server.served >= 0.93 * rate * 2400.0
    assert len(refusals) <= 0.02 * server.served + 20
    # No storm after a wait: once the rate is known, each refusal is alone.
    assert all(later - sooner >= 8.0 for sooner, later in pairwise(refusals) if sooner > 60.0)


def test_what_turned_out_to_be_a_limit_is_not_taken_for_chance_again_and_again():
    server = Server(1, retry_after=1.0, saved=8)

    refusals = overload(server, 2000.0, at_once=1)

    assert server.served >= 0.99 * 2000.0
    assert len(refusals) <= 25


@pytest.mark.parametrize("retry_after", [1.0, 8.0, None])
def test_two_refusals_are_enough_to_know_a_rate(retry_after):
    server = Server(5, retry_after=retry_after)

    refusals = overload(server, 420.0)

    assert server.served >= 0.95 * 5 * 420.0
    assert sum(sooner > 1.0 for sooner in refusals) <= 5


@pytest.mark.parametrize("rate", [1, 5, 20])
def test_refusals_at_random_do_not_hide_a_limit_and_are_not_taken_for_one(rate):
    server = Server(rate, retry_after=1.0, lost=0.02)
    waits = 1.0 + 0.02 * rate  # Each of these refusals costs a second, whatever is done.

    refusals = overload(server, 2000.0)

    assert server.served >= 0.7 * rate * 2000.0 / waits
    assert len(refusals) <= 0.04 * server.served


def test_a_limit_of_creating_requests_does_not_slow_down_reading():
    server = Server(1, retry_after=1.0, only_creating=True)

    overload(server, 1200.0, reads_every=0.25)

    assert server.served >= 0.94 * 1200.0


def test_a_steady_limit_of_one_a_second_is_soon_kept_to():
    server = Server(1, retry_after=1.0)

    refusals = overload(server, 1300.0)

    assert server.served >= 0.93 * 1300.0
    assert len(refusals) <= 15


@pytest.mark.parametrize("share", [0.05, 0.1])
def test_refusals_at_random_are_no_limit(share):
    rate, chance, now, held_until = LearnedRate(), random.Random(3), 0.0, 0.0

    for _ in range(4000):
        now = max(now + 0.02, held_until, now + rate.wait(now))
        rate.left(now)
        if chance.random() < share:
            held_until = now + 0.5
            rate.refused(left_at=now, now=now, held_until=held_until)
        else:
            rate.served(left_at=now, now=now)

    assert rate.rate is None or rate.rate > 20


def learned_of(seconds, *, jitter, seed, let=5.0, hold_s=8.0):
    """Send over wires that take longer now and then; give how many requests leave a second at the end."""
    rate, chance, arrivals, now, held_until = LearnedRate(), random.Random(seed), [], 0.0, 0.0
    server = Server(let, retry_after=hold_s)
    for _ in range(5):
        heapq.heappush(arrivals, (chance.uniform(0.0, jitter), 0.0))
    while now < seconds:
        free = max(now + 0.005, held_until, now + rate.wait(now))
        if arrivals and arrivals[0][0] <= free:
            at, left_at = heapq.heappop(arrivals)
            now = max(now, 2.0 * at - left_at)  # The way back takes as long as the way there.
            if server.takes(at):
                rate.served(left_at=left_at, now=2.0 * at - left_at)
            else:
                held_until = max(held_until, 2.0 * at - left_at + hold_s)
                rate.refused(left_at=left_at, now=2.0 * at - left_at, held_until=held_until)
        else:
            now = free
            rate.left(now)
            heapq.heappush(arrivals, (now + chance.uniform(0.0, jitter), now))
    return rate.rate


def test_two_refusals_tell_a_rate_to_within_a_hundredth_over_wires_that_are_not_alike():
    rates = [learned_of(120.0, jitter=0.1, seed=seed) for seed in range(10)]

    assert 4.95 <= sum(rates) / 10 < 5.0
    assert max(rates) < 5.0


def test_more_requests_than_are_remembered_are_a_measurement_as_well():
    rate, now = LearnedRate(), 0.0
    for _ in range(2):
        for _ in range(3000):
            now += 0.01
            rate.left(now)
            rate.served(left_at=now, now=now)
        rate.left(now)
        rate.refused(left_at=now, now=now, held_until=now + 30.0)
        now += 30.0

    assert 1.0 < rate.rate < 100.0


def test_a_refusal_that_took_so_long_that_all_that_is_remembered_came_after_it_ends_no_run():
    rate, now = LearnedRate(), 0.0
    for requests, slow in (5000, False), (7000, True):
        began = now
        for _ in range(requests):
            now += 0.01
            rate.left(now)
            rate.served(left_at=now, now=now)
        rate.refused(left_at=began if slow else now, now=now, held_until=now + 30.0)
        now += 30.0

    assert rate.rate > 0.0
