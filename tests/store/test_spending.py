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
