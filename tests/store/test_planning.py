"""Planning finds what is known, makes what is not, and leaves nothing behind when it is given up."""

import pytest

from batchgen.model.naming import once_more
from batchgen.model.status import Status
from batchgen.store.interface import Learn
from tests.store.conftest import entry


class GivenUpError(Exception):
    pass


def test_planning_that_is_given_up_leaves_nothing(desk):
    def work(planning):
        from batchgen.store.interface import SheetFacts

        planning.begin(SheetFacts(name="a", path="/a", columns=("n",), digest="d", results="r", realm="sandbox"))
        planning.add([entry(n) for n in range(5000)])
        raise GivenUpError

    with pytest.raises(GivenUpError):
        desk.store.plan(work)

    assert desk.store.sheets() == []
    assert desk.plan([entry(0)]).new == 1


def test_a_second_planning_that_is_given_up_leaves_the_first_as_it_was(desk):
    planned = desk.plan([entry(0), entry(1)])
    before = [(line.row, line.job.id) for line in desk.store.lines(planned.sheet.pk)]

    with pytest.raises(ZeroDivisionError):
        desk.plan([entry(n) if n < 3 else 1 / 0 for n in range(4)])
    with pytest.raises(TypeError):
        desk.plan([entry(7), None])

    assert [(line.row, line.job.id) for line in desk.store.lines(planned.sheet.pk)] == before


def test_rows_that_moved_find_their_jobs_again(desk):
    first = desk.plan([entry(n) for n in range(4)])
    ids = [job.id for job in desk.jobs(first)]

    second = desk.plan([entry(3, row=2), entry(0, row=3), entry(9, row=4)], at=2.0)

    assert (second.new, second.known) == (1, 2)
    assert [job.id for job in desk.jobs(second)] == [ids[3], ids[0], "job of video 9"]
    assert [line.row for line in desk.store.lines(second.sheet.pk)] == [2, 3, 4]
    assert second.sheet.pk == first.sheet.pk
    assert (second.sheet.lines, second.sheet.rows) == (3, 3)


def test_two_sheets_share_the_job_of_what_they_both_render(desk):
    one = desk.plan([entry(0)], name="one.csv")

    two = desk.plan([entry(0), entry(1)], name="two.csv")

    assert (two.new, two.known) == (1, 1)
    assert desk.jobs(two)[0].pk == desk.jobs(one)[0].pk
    assert len(desk.store.lines_of([desk.jobs(one)[0].pk])) == 2


def twins():
    return [entry(0, content="a"), entry(1, content="b"), entry(2, content="a"), entry(3, content="a")]


def test_lines_that_render_the_same_are_one_job_unless_copies_are_kept(desk):
    shared = desk.jobs(desk.plan(twins()))

    kept = desk.jobs(desk.plan(twins(), keep=True))

    assert len({job.pk for job in shared}) == 2
    assert len({job.pk for job in kept}) == 4
    assert len({job.file for job in kept}) == 4
    assert kept[0].pk == shared[0].pk


def named(*titles):
    return [
        entry(at, content="a", delivery=f'{{"title": "{one}"}}', file=f"/{one}.mp4") for at, one in enumerate(titles)
    ]


@pytest.mark.parametrize(
    "chunks", [[["one", "two", "three"]], [["one"], ["two", "three"]], [["one", "two"], ["three"]]]
)
@pytest.mark.parametrize("before", [[], ["old"], ["two"], ["one"]])
def test_of_lines_that_render_the_same_the_first_says_what_it_is_called(desk, before, chunks):
    if before:
        desk.plan(named(*before))

    for again in range(2):
        job = desk.jobs(desk.plan(chunks=[named(*one) for one in chunks], at=2.0 + again))[0]

        assert (job.delivery, job.file) == ({"title": "one"}, "/one.mp4")


def test_of_jobs_of_which_some_are_doubled_the_first_line_is_the_first_to_be_sent(desk):
    run = desk.run(desk.plan(twins()))

    assert [job.id for job in desk.store.fresh(run, 9)] == ["job of a", "job of b"]


def test_copies_are_the_same_in_every_planning_wherever_their_rows_stand(desk):
    first = {job.pk for job in desk.jobs(desk.plan(twins(), keep=True))}

    moved = desk.plan([*reversed(twins()), entry(9)], keep=True, at=2.0)
    fewer = desk.plan(twins()[:3], keep=True, at=3.0)

    assert moved.new == 1
    assert fewer.new == 0
    assert {job.pk for job in desk.jobs(fewer)} < first


async def test_again_makes_a_new_job_for_what_is_done_and_stays_with_it(desk):
    planned = desk.plan([entry(0), entry(1)])
    done, _ = desk.jobs(planned)
    await desk.take_to(Status.DONE, done)

    again = desk.plan([entry(0), entry(1)], again=True, at=2.0)
    later = desk.plan([entry(0), entry(1)], at=3.0)

    assert again.new == 1
    assert desk.jobs(again)[0].pk != done.pk
    assert desk.jobs(again)[0].status is Status.PLANNED
    assert [job.pk for job in desk.jobs(later)] == [job.pk for job in desk.jobs(again)]


@pytest.mark.parametrize("chunks", [[["new", "newer"]], [["new"], ["newer"]]])
async def test_what_is_made_once_more_is_called_as_its_first_line_says_now(desk, chunks):
    [done] = desk.jobs(desk.plan(named("old")))
    await desk.take_to(Status.DONE, done)

    found = desk.jobs(desk.plan(chunks=[named(*one) for one in chunks], again=True, at=2.0))[0]

    assert found.id == once_more(done.id)
    assert (found.delivery, found.file) == ({"title": "new"}, "/new.mp4")
    before = desk.store.jobs([done.pk])[0]
    assert (before.delivery, before.file) == ({"title": "old"}, "/old.mp4")


@pytest.mark.parametrize("titles", [["old"], ["old", "other"]])
async def test_what_is_made_once_more_and_called_as_before_has_a_file_of_its_own(desk, titles):
    [done] = desk.jobs(desk.plan(named("old")))
    await desk.take_to(Status.DONE, done)

    found = desk.jobs(desk.plan(chunks=[named(one) for one in titles], again=True, at=2.0))[0]

    assert (found.delivery, found.file) == ({"title": "old"}, f"/old-{found.id[:10]}.mp4")


async def test_what_nobody_named_has_a_new_title_and_the_mark_of_its_own_job_once_more(desk):
    [done] = desk.jobs(desk.plan([entry(0, content="a", file="/Old-job of a.mp4")]))
    await desk.take_to(Status.DONE, done)

    [found] = desk.jobs(desk.plan([entry(0, content="a", file="/New-job of a.mp4")], again=True, at=2.0))

    assert found.file == f"/New-{found.id[:10]}.mp4"


async def test_again_and_again_leads_to_the_newest(desk):
    planned = desk.plan([entry(0)])
    seen = []
    for at in range(2, 5):
        job = desk.jobs(planned)[0]
        seen.append(job.pk)
        await desk.take_to(Status.DONE, job)
        planned = desk.plan([entry(0)], again=True, at=at)

    assert desk.jobs(planned)[0].pk not in seen
    assert desk.jobs(desk.plan([entry(0)], at=9.0))[0].pk == desk.jobs(planned)[0].pk


async def test_labels_follow_the_sheet_until_the_request_has_left(desk):
    planned = desk.plan([entry(0, delivery='{"title": "old"}'), entry(1, delivery='{"title": "old"}')])
    await desk.take_to(Status.UNSURE, desk.jobs(planned)[1])

    planned = desk.plan([entry(n, delivery='{"title": "new"}', file=f"/new/{n}.mp4") for n in range(2)], at=2.0)

    assert [job.delivery["title"] for job in desk.jobs(planned)] == ["new", "old"]
    assert [job.file for job in desk.jobs(planned)] == ["/new/0.mp4", "/new/1.mp4"]


def test_a_run_takes_open_jobs_in_line_order_and_a_limit_the_first_of_them(desk):
    planned = desk.plan([entry(n) for n in (4, 2, 7, 1)])

    everything = [job.id for job in desk.store.fresh(desk.run(planned), 10)]
    first_two = [job.id for job in desk.store.fresh(desk.run(planned, limit=2), 10)]
    chosen = [job.id for job in desk.store.fresh(desk.run(planned, keep=lambda line: line.row > 4, limit=1), 10)]

    assert everything == [job.id for job in desk.jobs(planned)]
    assert first_two == everything[:2]
    assert chosen == [everything[0]]


def test_a_limit_counts_jobs_and_not_lines(desk):
    planned = desk.plan(twins())

    run = desk.run(planned, limit=2)

    assert desk.store.tally(run)[Status.PLANNED] == 2


@pytest.mark.parametrize("limit", [None, 2])
async def test_what_was_sent_by_a_clock_that_was_set_back_since_counts_from_where_a_run_takes_it_up(desk, limit):
    planned = desk.plan([entry(0), entry(1)])
    first = desk.run(planned)
    ahead, past = desk.jobs(planned)
    await desk.take_to(Status.RENDERING, ahead, past)
    # A run of the desk begins at 1.0.
    sent = [Learn(job=ahead.pk, facts={"submitted_at": 36_000.0}), Learn(job=past.pk, facts={"submitted_at": 0.5})]
    await desk.store.apply(sent, durable=True)

    desk.store.enlist(first, planned.sheet.pk, None, limit)
    by_itself = [job.submitted_at for job in desk.jobs(planned)]
    desk.run(planned, limit=limit)

    assert by_itself == [36_000.0, 0.5]
    assert [job.submitted_at for job in desk.jobs(planned)] == [1.0, 0.5]


async def test_a_run_leaves_what_is_done_alone(desk):
    planned = desk.plan([entry(0), entry(1)])
    await desk.take_to(Status.DONE, desk.jobs(planned)[0])

    run = desk.run(planned)

    assert [job.id for job in desk.store.fresh(run, 10)] == [desk.jobs(planned)[1].id]
