"""How many jobs at once an account lets: found by refusals, kept full, and followed when it changes."""

from __future__ import annotations

import random

import pytest

from batchgen.pipeline.pacing.concurrency import Concurrency


class Places:
    """An account that has so many places; jobs end when told to."""

    def __init__(self, places, jobs=None):
        self.places, self.taken, self.refusals, self.jobs = places, 0, 0, jobs or Concurrency()

    def fill(self):
        """Send as long as there is thought to be room, one wave after another."""
        while room := self.jobs.room(self.taken):
            for _ in range(room):
                if self.taken < self.places:
                    self.taken += 1
                    self.jobs.accepted(1, self.taken)
                else:
                    self.refusals += 1
                    self.jobs.refused(self.taken)
        return self.taken

    def go_on(self, jobs):
        """Let jobs end one by one, and each place be filled again."""
        for _ in range(jobs):
            self.taken -= 1
            self.fill()


@pytest.mark.parametrize("places", [1, 3, 10, 20, 500])
def test_places_are_found_with_few_refusals_and_then_kept_full(places):
    account = Places(places)

    assert account.fill() == places
    assert account.refusals <= 2 + places // 3
    assert account.jobs.learned == places

    account.refusals = 0
    account.go_on(2000)
    assert account.taken == places
    assert account.refusals <= 20


@pytest.mark.parametrize("places", range(4, 400, 3))
def test_finding_out_costs_few_refusals_and_few_round_trips_whatever_the_account(places):
    account, round_trips = Places(places), 0
    while account.taken < places:
        round_trips += 1
        allowed = account.jobs.room(account.taken)
        for _ in range(min(allowed, places - account.taken)):
            account.taken += 1
            account.jobs.accepted(1, account.taken)
    refused = account.jobs.room(account.taken)

    assert refused <= 2 + (2 * places) ** 0.5
    assert round_trips <= 4 + (2 * places) ** 0.5


def test_places_that_come_and_go_are_followed():
    account = Places(10)
    account.fill()

    account.places = 4
    account.go_on(12)
    assert account.jobs.learned == account.taken == 4

    account.places = 30
    account.go_on(200)
    assert account.taken == 30


def test_the_loss_of_a_hundred_places_costs_few_refusals():
    account = Places(200)
    account.fill()

    account.refusals, account.places = 0, 100
    account.go_on(200)

    assert account.taken == 100
    assert account.refusals <= 20


def test_lost_places_are_asked_for_sooner_than_new_ones_and_one_day_count_as_gone():
    account = Places(10)
    account.fill()
    account.go_on(200)
    account.places = 6
    account.go_on(20)

    def refusals(jobs):
        before = account.refusals
        account.go_on(jobs)
        return account.refusals - before

    assert refusals(600) >= 10
    account.go_on(400)
    assert refusals(600) <= 6


def test_places_that_another_program_gives_back_are_used_within_a_few_renders():
    account = Places(10)
    account.fill()
    account.go_on(200)
    account.places = 1
    account.go_on(40)

    account.places = 10
    account.go_on(60)

    assert account.taken == 10


@pytest.mark.parametrize("doubted", [False, True])
@pytest.mark.parametrize("learned", [None, 1, 2, 10])
def test_whatever_is_refused_and_accepted_one_job_may_always_be_sent(learned, doubted):
    chance = random.Random(5)

    for _ in range(300):
        jobs = Concurrency(learned=learned, doubted=doubted)
        for _ in range(60):
            taken = chance.choice([0, 0, 1, jobs.limit, chance.randint(0, 40)])
            jobs.refused(taken) if chance.random() < 0.6 else jobs.accepted(1, taken + 1)
            assert jobs.room(0) == jobs.limit >= 1
            assert jobs.learned is None or jobs.learned >= 1


def test_a_given_concurrency_is_never_learned_away():
    jobs = Concurrency(given=3)
    jobs.refused(1)
    jobs.accepted(100, 3)

    assert jobs.limit == 3


def test_what_renders_when_a_run_begins_proves_that_so_many_are_allowed():
    places = Concurrency()

    places.renders(15)

    assert places.room(15) > 0


@pytest.mark.parametrize(("given", "learned"), [(4, None), (None, 4)])
def test_what_renders_proves_nothing_against_what_was_told(given, learned):
    places = Concurrency(given, learned)

    places.renders(15)

    assert places.limit == 4


@pytest.mark.parametrize("squeezed", [1, 2])
@pytest.mark.parametrize("anew", [True, False], ids=["the next run", "the same run"])
def test_a_first_run_that_finds_the_places_taken_uses_them_once_they_are_free(squeezed, anew):
    account = Places(squeezed)
    account.fill()
    assert account.jobs.learned == squeezed
    if anew:
        account.jobs, account.taken = Concurrency(learned=account.jobs.learned), 0

    account.places = 20
    account.fill()
    account.go_on(30)

    assert account.taken == 20
