"""What manifests took of a budget, and what they left behind."""

from batchgen.model.status import Status
from batchgen.store.interface import Learn
from tests.store.conftest import entry


async def made(desk, entries, status=Status.DONE, **facts):
    planned = desk.plan(entries, **facts)
    desk.run(planned)
    await desk.take_to(status, *desk.jobs(planned))
    await desk.store.apply([Learn(job.pk, {"credits": 3.0}) for job in desk.jobs(planned)])
    return planned


async def test_what_was_rehearsed_counts_in_no_budget_of_the_real_world(desk):
    await made(desk, [entry(0, content="rehearsed"), entry(1, content="rehearsed too")])
    real = await made(desk, [entry(0), entry(1)], realm="api.heygen.com")

    edited = desk.plan([entry(0)], realm="api.heygen.com")
    taken = desk.store.commitments([real.sheet.pk])

    assert edited.sheet.pk == real.sheet.pk
    assert (taken.spent, taken.left_behind) == (3.0, 3.0)


async def test_what_no_row_asks_for_and_nobody_has_is_found_until_a_row_asks_for_it_again(desk):
    planned = await made(desk, [entry(0)], Status.DONE)
    await made(desk, [entry(n) for n in (1, 2)], Status.RENDERING, name="b.csv")
    both = [entry(0), entry(3), entry(4)]
    again = desk.plan(both)
    desk.run(again)
    await desk.take_to(Status.RENDERED, *desk.jobs(again)[1:2])
    await desk.take_to(Status.UNSURE, *desk.jobs(again)[2:])

    before = desk.store.unfetched([planned.sheet.pk])
    desk.plan([entry(7)])
    gone = desk.store.unfetched([planned.sheet.pk])
    desk.plan([*both, entry(7)])

    assert before == []
    assert sorted(job.id for job in gone) == ["job of video 3", "job of video 4"]
    assert desk.store.unfetched([planned.sheet.pk]) == []


async def test_what_was_made_of_rows_as_they_were_is_counted_until_they_are_so_again(desk):
    planned = await made(desk, [entry(0), entry(1), entry(2)], Status.DONE)
    asked = [planned.sheet.pk]

    before = desk.store.outlived(asked)
    desk.plan([entry(0), entry(5), entry(6)])
    changed = desk.store.outlived(asked)
    desk.plan([entry(0), entry(1), entry(2)])

    assert (before, changed, desk.store.outlived(asked)) == (0, 2, 0)
