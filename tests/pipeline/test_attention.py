"""When a look is worth its request, and when a job has been away for too long: tables of numbers, and a few stories."""

import pytest

from batchgen.model.job import Job, changed
from batchgen.model.status import Status
from batchgen.pipeline.renders import RenderTimes
from batchgen.pipeline.seen import FEW
from batchgen.pipeline.watching.attention import EVEN, LONGEST_S, UNSEEN, Attention

START = 1_000_000.0
REMEMBERED = {"render.video.early": 300.0, "render.video.middle": 600.0, "render.video.late": 900.0}


def job(pk, *, submitted_at=START, kind="video"):
    return Job(
        pk=pk, id=f"j{pk}", kind=kind, content={}, delivery={}, language=None, file=None,
        status=Status.RENDERING, submitted_at=submitted_at, seq=pk,
    )  # fmt: skip


def attention(remembered=REMEMBERED, *, began=START):
    return Attention(RenderTimes(remembered), interval=5.0, began=began)


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (2, 6),  # a render that fails does so at once: the first looks come soon
        (20, 60),
        (80, 220),  # then none before the quickest of ten are ready
        (290, 10),
        (400, EVEN * 600),  # then evenly
    ],
)
def test_few_looks_come_before_the_quickest_render(age, wait):
    watched = attention()
    one = job(1)
    watched.rendering(one, START)

    assert watched.until_next_look(one, START + age) == pytest.approx(wait)


def test_where_nothing_is_known_a_look_is_worth_a_quarter_of_the_age():
    watched = attention({})
    one = job(1)
    watched.rendering(one, START)

    assert [watched.until_next_look(one, START + age) for age in (1, 40, 4000)] == [5.0, 10.0, 60.0]


def test_a_job_far_back_in_the_queue_is_left_alone_for_long_and_the_next_one_is_not():
    watched = attention()
    queue = [job(pk) for pk in range(1, 1001)]
    for one in queue:
        watched.queued(one, START)
    now = START
    for one in queue[:11]:
        now += 60.0
        watched.ended(one, now)

    waits = [watched.until_next_look(queue[place], now) for place in (11, 41, 999)]

    # A video a minute: nobody before the first, half an hour before the second, sixteen hours before the last.
    assert waits[0] <= 300 * 0.25
    assert waits[1] == pytest.approx(0.75 * 30 * 60, rel=0.05)
    assert LONGEST_S <= waits[2] <= 0.5 * 988 * 60


def test_a_queue_is_looked_at_a_few_dozen_times_and_not_every_minute_of_a_week():
    watched = attention()
    one, others = job(1001), [job(pk) for pk in range(1, 1001)]
    for queued in (*others, one):
        watched.queued(queued, START)
    now, looks, ended = START, 0, 0
    while ended < 1000:
        due = now + watched.until_next_look(one, now)
        while ended < 1000 and START + (ended + 1) * 600.0 <= due:
            watched.ended(others[ended], START + (ended + 1) * 600.0)
            ended += 1
        now, looks = due, looks + 1

    assert looks < 40
    # It is not found out late either.
    assert now - (START + 1000 * 600.0) < LONGEST_S


def test_a_render_is_timed_from_its_turn_and_not_from_its_acceptance():
    watched = attention({})
    one = job(1)
    watched.queued(one, START + 3600)
    watched.rendering(one, START + 3605)

    assert watched.ended(one, START + 4200) == 600.0


def test_what_was_accepted_before_the_run_teaches_nothing():
    watched = attention({}, began=START + 50_000)

    assert watched.ended(job(1), START + 50_010) is None


def test_what_left_the_queue_unseen_tells_no_render_time_and_is_no_stall():
    watched = attention({})
    one, other = job(1), job(2)
    for queued in (one, other):
        watched.queued(queued, START + 10)
    seen = START + 8 * 3600

    # Eight hours between two looks: it may have begun at any time of them.
    watched.rendering(one, seen)
    assert watched.stalled(one, seen + 60) is None
    assert watched.ended(one, seen + 600) is None
    assert watched.ended(other, seen + 600) is None
    assert watched.times.usual_of("video") is None


def test_what_was_accepted_long_before_the_run_is_no_stall_at_its_first_look():
    watched = attention({}, began=START + 50_000)
    one = job(1)
    watched.rendering(one, START + 50_010)

    assert watched.stalled(one, START + 50_010) is None
    assert watched.stalled(one, START + 50_010 + 3601) is not None


def test_a_link_that_expires_makes_no_render_slower():
    watched = attention({})
    one = job(1)
    watched.rendering(one, START)

    assert [watched.ended(one, START + 300), watched.ended(one, START + 86_400)] == [300.0, None]


@pytest.mark.parametrize(
    ("remembered", "kind", "beyond"),
    [
        (REMEMBERED, "video", 3 * 900.0),
        ({name: value / 10 for name, value in REMEMBERED.items()}, "video", 1800.0),  # never before half an hour
        ({}, "video", 3 * 1200.0),
        ({}, "translation", 3 * 2700.0),
    ],
)
def test_a_render_far_beyond_the_usual_is_told_once(remembered, kind, beyond):
    watched = attention(remembered)
    one = job(1, kind=kind)
    watched.rendering(one, START)

    told = [watched.stalled(one, START + at) for at in (beyond - 1, beyond + 1, 2 * beyond)]

    assert told == [None, beyond + 1, None]


def test_a_long_queue_is_no_stall_as_long_as_it_moves():
    watched = attention()
    waiting, others = job(100), [job(pk) for pk in range(1, 30)]
    for one in (*others, waiting):
        watched.queued(one, START)
    for hour, one in enumerate(others):
        assert watched.stalled(waiting, START + hour * 2400.0) is None
        watched.ended(one, START + hour * 2400.0)

    # Of so long a queue it is not known what ended of late, so it may be quiet for a part of the wait so far.
    silent = 28 * 2400.0 + 2701
    assert watched.stalled(waiting, START + silent) is None
    assert watched.stalled(waiting, START + silent / (1 - UNSEEN)) is not None


def test_what_is_usual_is_remembered_once_a_few_renders_were_seen():
    times = RenderTimes({})

    worth = [times.note(job(1), 60.0 * n) for n in range(1, FEW + 1)]
    lessons = {one.name: one.value for one in times.lesson("video", "here", at=START)}

    assert worth == [False] * (FEW - 1) + [True]
    assert RenderTimes(lessons).usual_of("video") == times.usual_of("video")
    assert lessons == {"render.video.early": 60.0, "render.video.middle": 180.0, "render.video.late": 300.0}


def test_only_the_last_renders_say_what_is_usual():
    times = RenderTimes({})
    for _ in range(500):
        times.note(job(1), 10.0)
    for _ in range(200):
        times.note(job(1), 600.0)

    assert times.usual_of("video").early == 600.0
    assert times.usual_of("translation") is None


def test_what_is_usual_for_one_kind_says_nothing_of_another():
    watched = attention()
    one = changed(job(1), kind="template")
    watched.rendering(one, START)

    assert watched.until_next_look(one, START + 80) == 20.0


def test_where_nothing_is_known_the_first_end_of_another_makes_a_look_worth_it():
    watched = attention({})
    one, scout = job(1), job(64)
    watched.rendering(one, START)
    watched.rendering(scout, START)

    before = watched.worth_it_at(one, START + 20, hurried=False)
    watched.ended(scout, START + 20)

    assert before > START + 20
    assert watched.worth_it_at(one, START + 20, hurried=False) == START + 20


def test_one_end_among_many_that_were_looked_at_says_nothing_of_the_others():
    watched = attention({})
    one, *scouts = (job(n) for n in range(31))
    for scout in scouts:
        watched.rendering(scout, START)

    for scout in scouts[:3]:
        watched.ended(scout, START + 20)
    assert watched.worth_it_at(one, START + 20, hurried=False) > START + 20

    watched.ended(scouts[3], START + 20)
    assert watched.worth_it_at(one, START + 20, hurried=False) == START + 20


def test_whoever_waits_for_a_place_or_for_the_last_ones_looks_at_once():
    watched = attention({})
    one = job(1)
    watched.rendering(one, START)

    assert watched.worth_it_at(one, START + 20, hurried=True) == START + 20
