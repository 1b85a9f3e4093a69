"""What the pipeline decides without doing anything: waits, paces, prices, budgets, doubts."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from batchgen.assembly.prices import read_prices
from batchgen.heygen import DIALECTS
from batchgen.model.errors import UsageError
from batchgen.model.exchange import Accepted, HeldBack, Hold, NoAnswer, Refused
from batchgen.model.job import Job, Submission
from batchgen.model.status import Event, Status
from batchgen.pipeline.breaker import Breaker, Tolerance
from batchgen.pipeline.budget import Budget
from batchgen.pipeline.concurrency import Concurrency
from batchgen.pipeline.length import Known
from batchgen.pipeline.pace import Pace
from batchgen.pipeline.protect import is_protected
from batchgen.pipeline.quote import quote
from batchgen.pipeline.rate import LearnedRate
from batchgen.pipeline.retry import backoff, until_next_look, until_next_poll
from batchgen.pipeline.settle import doubt, settle
from batchgen.pipeline.stop import Stop
from batchgen.pipeline.withdraw import withdraw
from batchgen.store.interface import Move, UpdateSubmission

HOUR = 3600.0
SENDING = Status.SENDING


def job(pk=1, *, item=0, kind="translation", content=None, status=SENDING):
    content = content or {"video": {"url": "https://example.com/a.mp4"}, "output_language": "Spanish"}
    facts = {"content": content, "delivery": {}, "language": None, "file": None, "status": status, "item": item}
    return Job(pk=pk, id=f"j{pk}", kind=kind, **facts)


def submission(*jobs, batched=False, **facts):
    known = {"pk": 7, "api": "v3", "kind": "translation", "key": "bg-k", "body_digest": "", "created_at": 0.0}
    members = {"jobs": tuple(one.id for one in jobs), "tokens": tuple(f"bg{one.pk}" for one in jobs)}
    return Submission(**known | members | {"batched": batched} | facts)


def settled(outcome, *jobs):
    timing = {"sent_at": 1.0, "now": 2.0, "first_poll": 5.0, "took_s": 1.0}
    changes = settle(outcome, submission(*jobs, batched=len(jobs) > 1), jobs, **timing)
    return [change for change in changes if isinstance(change, Move)]


@pytest.mark.parametrize(
    ("outcome", "event"),
    [
        (Accepted(remote_ids=("v1",)), Event.ACCEPTED),
        (HeldBack(hold=Hold.RATE), Event.HELD_BACK),
        (Refused(code="invalid_parameter", message="no"), Event.REFUSED),
        (NoAnswer(code="http_500"), Event.NO_ANSWER),
    ],
)
def test_each_outcome_moves_a_job_by_its_own_event(outcome, event):
    assert [move.event for move in settled(outcome, job())] == [event]


def test_a_batch_that_is_refused_as_a_whole_is_taken_apart_and_no_row_fails():
    moves = settled(Refused(code="invalid_parameter", message="videos[1]"), job(1), job(2, item=1))

    assert [move.event for move in moves] == [Event.HELD_BACK, Event.HELD_BACK]
    assert all(move.facts["solo"] and move.facts["submission"] is None for move in moves)


def test_a_job_of_a_batch_takes_the_id_of_its_own_place():
    moves = settled(Accepted(remote_ids=("a", "b")), job(2, item=1))

    assert moves[0].facts["remote_id"] == "b"


def test_the_same_failure_for_the_same_key_is_counted_and_silence_does_not_reset_it():
    first = doubt(submission(last_code="http_500", repeats=2), "http_500", 1.0)
    silent = doubt(submission(last_code="http_500", repeats=2), "no_reply", 1.0)

    assert first.facts["repeats"] == 3
    assert isinstance(silent, UpdateSubmission)
    assert "repeats" not in silent.facts


@pytest.mark.parametrize(
    ("api", "batched", "kind", "age", "protected"),
    [
        ("v3", False, "translation", 1 * HOUR, True),
        ("v3", True, "translation", 1 * HOUR, True),
        ("v3", False, "translation", 24 * HOUR, False),
        ("v3", False, "translation", -1 * HOUR, False),
        ("v3", True, "video", 1 * HOUR, False),
        ("v2", False, "video", 1 * HOUR, False),
    ],
)
def test_only_a_young_key_of_an_endpoint_known_to_honour_it_protects(api, batched, kind, age, protected):
    sent = submission(api=api, kind=kind, batched=batched)

    assert is_protected(sent, DIALECTS[api], age) is protected


def test_a_job_that_may_have_been_accepted_is_not_taken_back():
    planned = Status.PLANNED
    fresh, doubtful, held_back = (job(pk, status=planned) for pk in (1, 2, 3))
    doubtful, held_back = replace(doubtful, submission=7), replace(held_back, submission=8)
    known = {7: submission(doubtful, unsure_since=5.0), 8: submission(held_back)}

    done = withdraw([fresh, doubtful, held_back, job(4), fresh], known.__getitem__, at=9.0)

    assert [move.job for move in done.moves] == [1, 3]
    assert (done.doubtful, done.sent) == (1, 1)


@pytest.mark.parametrize(("looks", "wait"), [(0, 1.0), (1, 2.0), (2, 5.0), (3, 10.0), (4, 30.0), (9, 30.0)])
def test_looks_become_rarer(looks, wait):
    assert until_next_look(looks) == wait


@pytest.mark.parametrize(("attempt", "wait"), [(1, 1.0), (2, 2.0), (5, 16.0), (20, 60.0)])
def test_backoff_doubles_to_a_bound(attempt, wait):
    assert backoff(attempt) == wait


@pytest.mark.parametrize(("age", "wait"), [(0.0, 5.0), (40.0, 10.0), (4000.0, 60.0)])
def test_an_old_job_is_looked_at_less_often(age, wait):
    assert until_next_poll(age, 5.0) == wait


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
    """Serves so many requests a second, saved up for a second; refuses the rest, and says how long to wait."""

    def __init__(self, rate, *, retry_after, only_creating=False):
        self.rate, self.retry_after, self.only_creating = rate, retry_after, only_creating
        self.served, self.refused, self._tokens, self._at = 0, 0, max(1.0, rate), 0.0

    def takes(self, now, *, creates=True):
        if self.only_creating and not creates:
            return True
        self._tokens, self._at = min(max(1, self.rate), self._tokens + (now - self._at) * self.rate), now
        if self._tokens < 1:
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
                pace.served(creates=creates)
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
            rate.served(now)

    assert rate.rate is None or rate.rate > 20


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


def test_whatever_is_accepted_and_refused_one_more_may_always_be_sent():
    chance = random.Random(7)
    for _ in range(300):
        jobs = Concurrency(learned=chance.choice([None, 1, 2, 10]), doubted=chance.random() < 0.5)
        for _ in range(60):
            taken = chance.choice([0, 0, 1, jobs.limit, chance.randint(0, 40)])
            jobs.refused(taken) if chance.random() < 0.5 else jobs.accepted(1, taken)

            assert jobs.room(0) >= 1


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


@pytest.mark.parametrize("learned", [None, 1, 10])
def test_whatever_is_refused_and_accepted_one_job_may_always_be_sent(learned):
    chance = random.Random(5)

    for _ in range(300):
        jobs = Concurrency(learned=learned)
        for _ in range(60):
            taken = chance.randrange(12)
            jobs.refused(taken) if chance.random() < 0.6 else jobs.accepted(1, taken + 1)
            assert jobs.limit >= 1
            assert jobs.learned is None or jobs.learned >= 1


def test_a_given_concurrency_is_never_learned_away():
    jobs = Concurrency(given=3)
    jobs.refused(1)
    jobs.accepted(100, 3)

    assert jobs.limit == 3


@pytest.mark.parametrize(
    ("kind", "content", "seconds", "price"),
    [
        ("translation", {"output_language": "x"}, 10.0, 1.5),
        ("translation", {"output_language": "x"}, 31.0, 3.0),
        ("translation", {"output_language": "x", "mode": "precision"}, 60.0, 6.0),
        ("video", {"scenes": []}, 90.0, 3.0),
        ("video", {"scenes": [], "test": True}, 90.0, 0.0),
    ],
)
def test_a_length_costs_by_steps_of_half_a_minute_in_v2(kind, content, seconds, price):
    assert read_prices().pick("v2", "credits").real(kind, content, Known(), seconds) == pytest.approx(price)


def test_a_source_of_unknown_length_is_reckoned_at_five_minutes():
    assert read_prices().pick("v3", None).most("translation", {"output_language": "x"}, Known()) == pytest.approx(15)


def test_a_budget_counts_what_is_in_flight_and_gives_back_what_was_not_used():
    budget = Budget(31.0, read_prices(), api="v2")
    jobs = [job(pk) for pk in range(1, 4)]
    assert budget.affordable(jobs) == 2

    budget.hold(jobs[:2])
    assert budget.affordable(jobs[2:]) == 0

    ready = Move(job=1, old=Status.RENDERING, event=Event.READY, at=0.0, facts={"credits": 1.5})
    budget.note(ready, Status.RENDERED)
    assert (budget.spent, budget.held) == (1.5, 15.0)

    expired = Move(job=1, old=Status.RENDERED, event=Event.LINK_EXPIRED, at=0.0, facts={"credits": 1.5})
    budget.note(expired, Status.RENDERING)
    budget.note(ready, Status.RENDERED)
    assert (budget.spent, budget.held) == (1.5, 15.0)


def test_what_a_budget_holds_is_what_its_jobs_in_flight_may_cost_and_nothing_once_all_ended():
    budget, chance = Budget(1e6, read_prices(), api="v2", held={1: 0.1, 2: 0.2}), random.Random(7)
    flying = {1: 0.1, 2: 0.2}

    for pk in range(3, 2000):
        budget.hold([job(pk)])
        flying[pk] = budget.most(job(pk))
        for gone in chance.sample(sorted(flying), chance.randrange(min(3, len(flying)))):
            budget.note(Move(job=gone, old=SENDING, event=Event.HELD_BACK, at=0.0), Status.PLANNED)
            del flying[gone]
        assert budget.held == pytest.approx(sum(flying.values()), abs=1e-9)
    budget.hold([job(1)])  # Once more: it is set aside once.
    budget.hold([job(1)])
    assert budget.held == pytest.approx(sum((flying | {1: budget.most(job(1))}).values()), abs=1e-9)
    for gone in [1, *flying]:
        budget.note(Move(job=gone, old=SENDING, event=Event.REFUSED, at=0.0), Status.FAILED)

    assert (budget.held, budget.left) == (0.0, 1e6)


def test_a_budget_sends_nothing_whose_price_nobody_knows_and_says_how_to_tell_it():
    sold, unsold = (job(1, kind=kind, content={"prompt": "x"}) for kind in ("agent", "cinematic"))
    bounded, open_ended = (Budget(limit, read_prices(), api="v3", unit="credits") for limit in (1e9, None))

    assert (bounded.affordable([sold]), bounded.affordable([unsold])) == (0, 0)
    assert open_ended.affordable([sold, unsold]) == 2
    assert "[prices.v3.enterprise]" in bounded.no_room_for(sold)


def test_jobs_of_two_kinds_never_share_a_price_however_alike_their_sources_are():
    prices = read_prices()
    content = {"url": "https://e.com/a.mp4"}
    sold, unsold = (job(pk, kind=kind, content=content) for pk, kind in ((1, "translation"), (2, "lipsync")))
    budget = Budget(1e9, prices, api="v3", unit="credits")

    told = [quote(jobs, prices.pick("v3", "credits")) for jobs in ([sold, unsold], [unsold, sold])]

    assert [(one.unpriced, one.jobs) for one in told] == [(frozenset({"lipsync"}), 2)] * 2
    assert (budget.affordable([sold]), budget.affordable([unsold])) == (1, 0)


def failing(tolerance, codes):
    stop = Stop(lambda _: None)
    breaker = Breaker(tolerance, stop)
    for code in codes:
        if code:
            move = Move(job=1, old=SENDING, event=Event.REFUSED, at=0.0, facts={"error_code": code})
            breaker.note(move, Status.FAILED)
        else:
            breaker.note(Move(job=1, old=Status.RENDERING, event=Event.READY, at=0.0), Status.RENDERED)
    return stop.sending


def test_equal_failures_in_a_row_stop_a_run_and_a_success_between_them_does_not():
    assert failing(Tolerance.read("3"), ["a", "a", "a"])
    assert not failing(Tolerance.read("3"), ["a", "a", "", "a", "a"])
    assert not failing(Tolerance.read("3"), ["a", "b", "a", "b"])
    assert not failing(Tolerance.read("none"), ["a"] * 1000)


def test_a_share_of_failures_stops_a_run_once_enough_have_ended():
    assert not failing(Tolerance.read("30%"), ["a"] * 19)
    assert failing(Tolerance.read("30%"), ["", "", "a"] * 10)


@pytest.mark.parametrize("text", ["", "-1", "x", "0", "1.5", "0%"])
def test_a_tolerance_that_cannot_be_meant_is_refused(text):
    with pytest.raises(UsageError, match="max-failures"):
        Tolerance.read(text)
