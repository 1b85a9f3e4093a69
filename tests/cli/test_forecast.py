"""What is forecast of a run: nothing before something ended, and then by what was seen."""

import pytest

from batchgen.cli.forecast import Forecast


def test_nothing_is_forecast_before_anything_has_ended(watch):
    forecast = Forecast()
    for job in range(10):
        forecast.accepted(job, watch.time)

    assert forecast.left(watch.time + 60, to_send=5, under_way=10, to_save=0) is None
    assert forecast.rate(watch.time + 60) is None


def test_after_the_first_renders_it_counts_in_waves_of_what_is_under_way(watch):
    forecast = Forecast()
    for job in range(10):
        forecast.accepted(job, watch.time)
    forecast.rendered(0, watch.time + 60)
    forecast.ended(watch.time + 60)

    left = forecast.left(watch.time + 60, to_send=90, under_way=10, to_save=0)

    # Ninety more in waves of ten, a minute each, and the last of them needs its own minute.
    assert left == pytest.approx(10 * 60, rel=0.1)


def test_later_it_counts_by_what_ends_in_a_minute(watch):
    forecast = Forecast()
    for job in range(200):
        forecast.accepted(job, job * 2.0)
        forecast.rendered(job, job * 2.0 + 30)
        forecast.ended(job * 2.0 + 30)
    now = 199 * 2.0 + 30

    assert forecast.rate(now) == pytest.approx(0.5, rel=0.02)
    assert forecast.left(now, to_send=100, under_way=0, to_save=0) == pytest.approx(200, rel=0.05)


def test_the_youngest_video_still_needs_its_time(watch):
    forecast = Forecast()
    for job in range(100):
        forecast.accepted(job, float(job))
        forecast.rendered(job, job + 120.0)
        forecast.ended(job + 120.0)
    now = 219.0
    forecast.accepted(100, now)

    assert forecast.left(now, to_send=0, under_way=1, to_save=0) == pytest.approx(120)


def test_when_it_stalls_the_forecast_grows(watch):
    forecast = Forecast()
    for job in range(50):
        forecast.ended(float(job * 2))

    soon = forecast.left(100.0, to_send=50, under_way=0, to_save=0)
    later = forecast.left(300.0, to_send=50, under_way=0, to_save=0)

    assert later > 2 * soon


def test_what_is_queued_at_heygen_comes_in_waves_of_what_renders(watch):
    forecast = Forecast()
    for job in range(3):
        forecast.accepted(job, 0.0)
        forecast.started(job, 1000.0)
        forecast.rendered(job, 1600.0)

    # Ten minutes a render, three at once: their wait in the queue is no part of it.
    assert forecast.left(1600.0, to_send=0, queued=30, under_way=3, to_save=0) == pytest.approx(600 * 11)


def test_what_earlier_runs_remembered_stands_in_until_something_ends(watch):
    forecast = Forecast()
    assert forecast.left(0.0, to_send=40, under_way=0, to_save=0) is None

    forecast.begin(usual_s=600.0, places=10)

    assert forecast.left(0.0, to_send=40, under_way=0, to_save=0) == pytest.approx(600 * 5)


def test_slow_renders_are_looked_back_at_for_longer(watch):
    forecast = Forecast()
    for job in range(6):
        forecast.accepted(job, job * 900.0)
        forecast.rendered(job, job * 900.0 + 1800.0)
        forecast.ended(job * 900.0 + 1800.0)

    # One in a quarter of an hour: ten minutes would hold none of them.
    assert forecast.rate(6300.0) == pytest.approx(1 / 900)


def test_a_night_of_sleep_is_no_part_of_the_forecast(watch):
    forecast, night = Forecast(), 8 * 3600.0
    for job in range(10):
        forecast.accepted(job, watch.time + job)
    for job in range(5):
        forecast.rendered(job, watch.time + job + 60)
        forecast.ended(watch.time + job + 60)
    woke = watch.time + 65 + night
    forecast.woke(woke)
    for job in range(5, 10):
        forecast.rendered(job, woke + job)
        forecast.ended(woke + job)

    left = forecast.left(woke + 10, to_send=20, under_way=5, to_save=0)

    assert forecast.typical == pytest.approx(60, rel=0.1)
    assert left is not None
    assert left < 600
