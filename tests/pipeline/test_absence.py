"""The machine sleeps, or its clock is set ahead: looks go on in seconds, and what is learned of renders stays true."""

import pytest

from batchgen.cli.forecast import Forecast
from batchgen.model.status import Event
from batchgen.pipeline.absence import STEP_S, Absence
from batchgen.pipeline.happened import Moved, Stalled, Started, Woke
from batchgen.pipeline.options import Options
from batchgen.rehearsal.machine import VirtualClock
from benchmarks import lab
from tests.pipeline.test_attention import START, attention, job

NIGHT = 8 * 3600.0


class Watch:
    """A clock that a test moves; ``ticks`` may stand still meanwhile."""

    def __init__(self):
        self.at, self.passed = START, 0.0

    def now(self):
        return self.at

    def ticks(self):
        return self.passed

    def pass_(self, seconds, *, seen=True):
        self.at += seconds
        self.passed += seconds if seen else 0.0


def test_a_sleep_is_noticed_whether_the_ticks_stop_or_go_on():
    watch = Watch()
    absence = Absence(watch)

    absence.naps(30.0)
    watch.pass_(30.0)
    assert not absence.is_over()

    absence.naps(30.0)
    watch.pass_(30.0 + NIGHT, seen=False)
    assert absence.is_over()

    absence.naps(30.0)
    watch.pass_(30.0 + NIGHT)
    assert absence.is_over()
    assert not absence.is_over()

    absence.naps(None)
    watch.pass_(NIGHT)
    assert not absence.is_over()


def test_a_clock_that_is_set_ahead_again_and_again_is_noticed_by_all_of_it():
    watch = Watch()
    looks, renders = Absence(watch, step_s=STEP_S), Absence(watch)
    noticed = []
    for _ in range(4):
        watch.pass_(20.0, seen=False)
        watch.pass_(5.0)
        noticed.append((looks.is_over(), renders.is_over()))
    watch.pass_(5.0)

    assert noticed == [(True, False), (True, False), (True, False), (True, True)]
    assert not looks.is_over()


def test_what_rendered_through_a_night_of_sleep_tells_nothing_of_how_long_renders_take():
    watched = attention({})
    first, second, third = job(1), job(2), job(3)
    watched.rendering(first, START + 5)
    watched.queued(second, START + 5)
    now = START + NIGHT
    watched.woke(now)

    assert watched.ended(first, now + 1) is None
    watched.rendering(second, now + 1)
    assert watched.ended(second, now + 2) is None
    fresh = job(4, submitted_at=now)
    assert watched.ended(fresh, now + 12) == pytest.approx(12.0)
    assert watched.stalled(third, now + 20) is None


@pytest.mark.parametrize("queued", [True, False])
def test_the_next_look_after_a_night_of_sleep_is_no_hours_away(queued):
    watched = attention({"render.video.early": 8.0, "render.video.middle": 10.0, "render.video.late": 14.0})
    one = job(1)
    (watched.queued if queued else watched.rendering)(one, START + 5)
    now = START + NIGHT
    watched.woke(now)

    assert watched.until_next_look(one, now + 1) <= 10.0


@pytest.mark.parametrize("ticks", ["stop", "go on"])
@pytest.mark.parametrize("jobs", [8, 300])
def test_what_passed_while_an_answer_was_awaited_is_no_part_of_a_render(monkeypatch, ticks, jobs):
    handle, ticking, asleep, told = lab.Account.handle, VirtualClock.ticks, [], []

    def sleeps_once(self, call):
        if call.method == "GET" and not asleep and self._time.passed > 300.0:
            asleep.append(NIGHT)
            self._time.passed += NIGHT
        return handle(self, call)

    monkeypatch.setattr(lab.Account, "handle", sleeps_once)
    monkeypatch.setattr(VirtualClock, "ticks", lambda self: ticking(self) - sum(asleep) * (ticks == "stop"))
    monkeypatch.setattr(lab, "_note", lambda *args: told.append(args[-1]))
    lab.live(lab.Setting(jobs=jobs, options=Options(download=False), slots=((0.0, 1000),)))

    assert asleep
    assert not [fact for fact in told if isinstance(fact, Stalled)]
    assert _typical_render(told) < 3600.0


def _typical_render(told):
    forecast = Forecast()
    for fact in told:
        match fact:
            case Woke():
                forecast.woke(fact.at)
            case Started():
                forecast.started(fact.job, fact.at)
            case Moved(event=Event.ACCEPTED):
                forecast.accepted(fact.job, fact.at)
            case Moved(event=Event.READY):
                forecast.rendered(fact.job, fact.at)
    return forecast.typical or 0.0
