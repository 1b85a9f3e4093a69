"""Many rows are written by few statements, and what is written is the same as one by one."""

import sqlite3
from contextlib import closing

import pytest

from batchgen.model.errors import IllegalMove
from batchgen.model.status import Event, Status
from batchgen.store import bulk
from batchgen.store.bulk import MOST, BulkUpdate
from batchgen.store.interface import Learn
from batchgen.store.tables import jobs as table
from tests.store.conftest import entry, move

#: More than one statement takes.
MANY = MOST


@pytest.fixture(params=[True, False], ids=["together", "one by one"])
def database(request, monkeypatch):
    """A database that takes many rows in one update, and one that is too old for that."""
    monkeypatch.setattr(bulk, "FROM", request.param)


@pytest.mark.usefixtures("database")
async def test_each_of_many_jobs_gets_what_is_its_own(desk):
    jobs = desk.jobs(desk.plan([entry(n) for n in range(MANY)]))
    await desk.take_to(Status.RENDERING, *jobs)

    await desk.store.apply([Learn(job=job.pk, facts={"due_at": job.pk / 7, "polls": 3}) for job in jobs])
    ready = [move(job, Event.READY, old=Status.RENDERING, remote_id=f"r{job.pk}", duration_s=None) for job in jobs]
    await desk.store.apply(ready)

    told = [
        (job.status, job.remote_id, job.duration_s, job.due_at, job.polls)
        for job in desk.store.jobs(range(1, MANY + 1))
    ]
    assert told == [(Status.RENDERED, f"r{job.pk}", None, job.pk / 7, 3) for job in jobs]


@pytest.mark.usefixtures("database")
async def test_of_many_moves_none_is_made_where_one_job_has_left_its_state(desk):
    jobs = desk.jobs(desk.plan([entry(n) for n in range(MANY)]))
    await desk.take_to(Status.SENDING, jobs[-1])

    with pytest.raises(IllegalMove):
        await desk.store.apply([move(job, Event.CANCEL) for job in jobs])

    left = {job.status for job in desk.store.jobs([job.pk for job in jobs[:-1]])}
    assert left == {Status.PLANNED}


@pytest.mark.parametrize("turn", [None, (Status.RENDERING, Status.RENDERED), (Status.PLANNED, Status.SENDING)])
def test_an_update_of_many_looks_each_row_up_by_its_number(desk, turn):
    desk.plan([entry(n) for n in range(300)])
    texts = []
    with closing(sqlite3.connect(desk.path)) as driver:
        driver.set_trace_callback(texts.append)
        BulkUpdate(table).write(driver, range(1, 101), {"due_at": range(100), "run": [1] * 100}, turn)
        driver.set_trace_callback(None)
        [said] = [text for text in texts if text.startswith("UPDATE")]
        plan = [row[3] for row in driver.execute(f"explain query plan {said}")]

    # The values themselves are walked, and that is no table.
    assert [step for step in plan if step.startswith(("SCAN", "SEARCH")) and "CONSTANT" not in step] == [
        "SCAN given",
        "SEARCH jobs USING INTEGER PRIMARY KEY (rowid=?)",
    ]
