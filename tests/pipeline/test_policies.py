"""What the pipeline decides without doing anything: outcomes, doubts, waits, prices, budgets."""

from __future__ import annotations

import random

import pytest

from batchgen.assembly.prices import read_prices
from batchgen.heygen import DIALECTS
from batchgen.model.errors import UsageError
from batchgen.model.exchange import Accepted, HeldBack, Hold, NoAnswer, Refused
from batchgen.model.job import Job, Submission, changed
from batchgen.model.status import Event, Status
from batchgen.pipeline.breaker import Breaker, Tolerance
from batchgen.pipeline.money.budget import Budget
from batchgen.pipeline.money.length import Known
from batchgen.pipeline.money.quote import quote
from batchgen.pipeline.reconciling.withdraw import withdraw
from batchgen.pipeline.retry import backoff, until_next_look, until_next_poll
from batchgen.pipeline.sending.protect import is_protected
from batchgen.pipeline.settle import doubt, settle
from batchgen.pipeline.stop import Stop
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

    assert is_protected(sent, DIALECTS[api], age, account="") is protected


@pytest.mark.parametrize(
    ("sent_by", "account", "protected"),
    [("mine", "mine", True), ("mine", "theirs", False), ("", "theirs", True), ("mine", "", True)],
)
def test_a_key_protects_in_the_account_that_it_was_sent_to(sent_by, account, protected):
    sent = submission(api="v3", kind="translation", account=sent_by)

    assert is_protected(sent, DIALECTS["v3"], 1.0, account=account) is protected


def test_a_job_that_may_have_been_accepted_is_not_taken_back():
    planned = Status.PLANNED
    fresh, doubtful, held_back = (job(pk, status=planned) for pk in (1, 2, 3))
    doubtful, held_back = changed(doubtful, submission=7), changed(held_back, submission=8)
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


def test_a_network_that_is_away_for_days_is_waited_for_to_the_end():
    assert {backoff(attempt) for attempt in (1025, 10**6)} == {60.0}
    assert backoff(10**6, first=0.5, most=30.0) == 30.0


@pytest.mark.parametrize(("age", "wait"), [(0.0, 5.0), (40.0, 10.0), (4000.0, 60.0)])
def test_an_old_job_is_looked_at_less_often(age, wait):
    assert until_next_poll(age, 5.0) == wait


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
    assert failing(Tolerance.read("99%"), ["a"] * 20)


@pytest.mark.parametrize("text", ["101%", "100%", "", "-1", "x", "0", "1.5", "0%"])
def test_a_tolerance_that_cannot_be_meant_is_refused(text):
    with pytest.raises(UsageError, match="max-failures"):
        Tolerance.read(text)
