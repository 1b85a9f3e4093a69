"""Renders of films of many lengths: a film of an hour is not looked at as if it were one of a minute."""

import math
import random
from dataclasses import replace

import pytest

from batchgen.model.job import changed
from batchgen.pipeline.options import Options
from batchgen.pipeline.renders import BEYOND_S, RenderTimes
from batchgen.pipeline.seen import FEW, KEPT
from batchgen.pipeline.usual import FURTHER, Growth, Usual
from batchgen.pipeline.watching.attention import SHORTER, Attention
from benchmarks.lab import live
from benchmarks.setting import Library, Setting
from tests.pipeline.test_attention import START, job

#: A minute of film renders in two minutes and a half, an hour of it in half an hour and two minutes.
AT_LENGTH = {
    **{
        f"render.translation.at_length.{name}": value for name, value in {"length_s": 60.0, "longest_s": 3600.0}.items()
    },
    **{f"render.translation.at_length.{name}": 150.0 for name in ("early", "middle", "late")},
    "render.translation.at_length.share": 0.2,
}
ALL_AT_ONCE = Setting(
    jobs=600, kind="translation", options=Options(download=False, api="v2"), slots=((0.0, 1000),), lists=(),
    library=Library(),
)  # fmt: skip


def film(pk, length_s):
    return changed(job(pk, kind="translation"), length_s=length_s)


def times(remembered=None):
    return RenderTimes(remembered or {}, lambda job: job.length_s)


@pytest.mark.parametrize(("start_s", "pace"), [(0.0, 1.0), (120.0, 0.6), (600.0, 0.0), (30.0, 4.0)])
def test_what_a_render_takes_by_the_minute_is_found_in_what_was_seen(start_s, pace):
    chance = random.Random(3)
    lengths = [math.exp(chance.uniform(math.log(60), math.log(3600))) for _ in range(KEPT)]
    seen = [(one, (start_s + pace * one) * math.exp(chance.normalvariate(0, 0.2))) for one in lengths]
    growth = Growth.of(seen)

    for short, long in ((60.0, 600.0), (600.0, 3600.0)):
        found = growth.factor(long) / growth.factor(short)
        assert found == pytest.approx((start_s + pace * long) / (start_s + pace * short), rel=0.3)


def test_a_film_longer_than_all_that_were_seen_is_not_put_off_by_a_guess():
    growth = Growth.of([(60.0 + n, 60.0 + n) for n in range(10)])

    assert growth.factor(3600.0) == growth.factor(69.0 * FURTHER)


def test_renders_of_no_time_and_films_of_one_length_have_a_growth_as_well():
    assert Growth.of([(60.0, 0.0)] * FEW).factor(120.0) >= 1.0
    assert Growth.of([(60.0, 100.0)] * FEW).factor(60.0) == 1.0


def test_a_long_film_is_looked_at_later_than_a_short_one_and_is_no_stall_so_soon():
    watched = Attention(times(AT_LENGTH), interval=5.0, began=START)
    short, long = film(1, 60.0), film(2, 3600.0)
    for one in (short, long):
        watched.rendering(one, START)

    assert watched.worth_it_at(short, START + 1, hurried=False) == START + 150.0
    assert watched.worth_it_at(long, START + 1, hurried=False) == pytest.approx(START + 1920.0)
    assert watched.until_next_look(short, START + 140) == 10.0
    assert watched.until_next_look(long, START + 640) == pytest.approx(1280.0)
    assert watched.stalled(short, START + 1801) is not None
    assert watched.stalled(long, START + 1801) is None
    assert watched.stalled(long, START + 3 * 1920 + 1) is not None


@pytest.mark.parametrize("lengths", [[60.0] * 20, [60.0 + 5 * pk for pk in range(20)]])
def test_the_first_film_of_an_hour_after_short_ones_is_no_stall_as_soon_as_they_were(lengths):
    seen = times()
    for pk, length_s in enumerate(lengths):
        seen.note(film(pk, length_s), 2.0 * length_s)
    again = times({one.name: one.value for one in seen.lesson("translation", "here", at=START)})

    for one in (seen, again):
        assert one.beyond(film(100, 60.0)) == BEYOND_S
        assert one.beyond(film(101, 3600.0)) >= 2 * 3600.0


def test_few_films_are_looked_at_before_the_others_in_a_sheet_that_goes_from_long_to_short():
    watched = Attention(times(), interval=5.0, began=START)
    lengths = [3600.0 * 0.99**pk for pk in range(400)]

    early = [pk for pk, length_s in enumerate(lengths) if watched.is_shortest(film(pk, length_s))]

    assert len(early) < 20
    assert lengths[early[-1]] * SHORTER <= lengths[-1]  # One that is about as short as the shortest is among them.


def test_a_film_of_unknown_length_is_expected_as_all_were():
    seen = times()
    for pk in range(100):
        seen.note(film(pk, 60.0), 150.0)
    for pk in range(100):
        seen.note(film(200 + pk, 3600.0), 1920.0)

    assert seen.usual(film(401, 3600.0)).early == pytest.approx(1920.0, rel=0.05)
    assert seen.usual(film(402, None)) == seen.usual_of("translation") == Usual(early=150.0, middle=150.0, late=1920.0)


def test_how_times_go_with_lengths_is_remembered_from_run_to_run():
    chance, seen = random.Random(5), times()
    for pk in range(60):
        length_s = chance.uniform(60, 3600)
        seen.note(film(pk, length_s), 120 + 0.6 * length_s)
    again = times({one.name: one.value for one in seen.lesson("translation", "here", at=START)})

    for pk, length_s in enumerate((60.0, 600.0, 3000.0), start=100):
        assert again.usual(film(pk, length_s)) == seen.usual(film(pk, length_s))
        assert again.usual(film(pk, length_s)).middle == pytest.approx(120 + 0.6 * length_s, rel=0.2)


def test_the_quick_ones_that_end_first_do_not_undo_what_was_remembered():
    again, fresh = times(AT_LENGTH), times()
    for one in (again, fresh):
        for pk in range(FEW):
            one.note(film(pk, 60.0), 100.0)

    assert fresh.usual(film(9, 60.0)).middle == 100.0
    assert again.usual(film(9, 60.0)).middle == pytest.approx(150.0, rel=0.1)


def test_renders_that_have_become_quick_are_not_told_apart_by_what_was_remembered_of_slow_ones():
    again = times(AT_LENGTH)
    for pk in range(100):
        again.note(film(pk, 3600.0), 2.0)

    assert again.usual(film(200, 3600.0)).middle == 2.0


def test_what_was_remembered_before_lengths_were_says_what_is_usual_for_all():
    usual = Usual(early=300.0, middle=600.0, late=900.0)
    again = times({f"render.translation.{part}": getattr(usual, part) for part in Usual.__dataclass_fields__})

    assert again.usual(film(1, 3600.0)) == again.usual_of("translation") == usual
    assert Usual.of(usual.renders()) == usual


def test_the_slow_ones_that_end_last_are_not_taken_for_all():
    # A thousand begin together: the last two hundred to end are the slow ones, and were all that was remembered.
    chance, seen = random.Random(1), times()
    ends = sorted(chance.uniform(100, 1000) for _ in range(1000))
    worth = [seen.note(film(pk, None), took, beside=999 - pk) for pk, took in enumerate(ends)]

    assert seen.usual_of("translation").early == pytest.approx(190, rel=0.1)
    assert seen.usual_of("translation").middle == pytest.approx(550, rel=0.1)
    assert worth[-1]  # What the last one tells is remembered, however many they were.


@pytest.mark.parametrize("seed", [7, 8])
def test_films_of_many_lengths_cost_far_fewer_looks_where_the_sheet_tells_them(seed):
    told, untold = (
        live(replace(ALL_AT_ONCE, seed=seed, library=Library(told=one))) for one in (True, False)
    )  # fmt: skip

    assert told.done == untold.done == ALL_AT_ONCE.jobs
    assert sum(told.requests.values()) < 0.75 * sum(untold.requests.values())
    assert sum(late for late, _ in told.lateness) < 0.07 * sum(took for _, took in told.lateness)
