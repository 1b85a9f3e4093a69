"""Renders that are ready in no time, as those of a rehearsal are: nothing waits for looks that were made for minutes."""

import math
from dataclasses import replace

import pytest

from batchgen.pipeline.options import Options
from batchgen.pipeline.renders import FIRST_LOOK_S, QUICKEST, SOONEST_S, RenderTimes
from batchgen.pipeline.seen import FEW, KEPT
from batchgen.pipeline.watching.attention import Attention
from benchmarks.lab import live
from benchmarks.setting import Setting
from tests.pipeline.test_attention import START, job

ONE_BY_ONE = Options(download=False, batch="never")
IN_BATCHES = Options(download=False, batch="always")


def quick(**facts: float) -> Setting:
    return Setting(kind="translation", slots=((0.0, 1000),), options=ONE_BY_ONE, **facts)


@pytest.mark.parametrize(("round_trip_s", "write_s"), [(0.005, 0.002), (0.05, 0.01)])
def test_the_last_of_quick_renders_are_seen_at_once(round_trip_s, write_s):
    # They were asked about too early, and then not before half of an interval of five seconds had passed.
    told = live(quick(jobs=300, mean_s=0.02, round_trip_s=round_trip_s, write_s=write_s))

    assert told.done == 300
    assert told.makespan < 2.0


def test_batches_of_quick_renders_are_looked_at_as_soon_as_they_may_be_over():
    # Each two thousand were looked at half a second after they had left, and until then nothing more was sent.
    told = live(replace(quick(jobs=5000, mean_s=0.02, round_trip_s=0.005, write_s=0.002), options=IN_BATCHES))

    assert told.done == 5000
    assert told.makespan < 0.8
    assert sum(told.requests.values()) < 110


def test_what_renders_for_minutes_is_first_looked_at_as_if_nothing_were_known_of_it():
    times = RenderTimes({})
    unknown = times.first_look("translation")
    for _ in range(FEW):
        times.note(job(1, kind="translation"), 480.0)
    slow = times.first_look("translation")
    for seconds in (0.15, 0.02):
        for _ in range(KEPT):
            times.note(job(1, kind="translation"), seconds)
        assert times.first_look("translation") == pytest.approx(max(QUICKEST * seconds, SOONEST_S))

    assert unknown == slow == FIRST_LOOK_S


def test_what_is_over_by_the_time_it_is_asked_about_is_read_from_the_list_alone():
    told = live(quick(jobs=2000, mean_s=0.05, round_trip_s=0.06, write_s=0.02))

    # Asked about in bulk first, and read once more for its link, each would cost both.
    assert told.requests["list"] < 60
    assert told.requests["status"] < 30


def test_a_slow_render_among_quick_ones_is_looked_at_ever_less_often():
    watched = Attention(RenderTimes({}), interval=5.0, began=START)
    for pk in range(1, 10):
        watched.times.note(job(pk), watched.ended(job(pk), START + 0.1))

    waits = [watched.quick_s(job(20), START + age) for age in (0.01, 0.1, 10.0, 60.0)]

    assert watched.quick
    assert waits == [pytest.approx(wait) for wait in (0.1, 0.1, 0.95, 5.7)]


def test_nothing_is_looked_at_without_a_pause_however_young_it_is():
    watched = Attention(RenderTimes({}), interval=5.0, began=START)

    waits = [watched.quick_s(job(1), START + age) for age in (-1.0, 0.0, 0.25, 0.75)]

    assert waits == [0.05, 0.05, 0.25, math.inf]
    assert not watched.quick
