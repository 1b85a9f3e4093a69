"""What the store is asked while a run works is looked up, and never walked over."""

import sqlite3
from contextlib import closing

import pytest

from batchgen.model.status import Status
from tests.store.conftest import entry


@pytest.fixture
def seen(desk):
    """Catch every question with its plan, on a connection of its own."""
    plans = []

    def explain(statement):
        with closing(sqlite3.connect(desk.path)) as database:
            rows = database.execute(f"explain query plan {statement}").fetchall()
        plans.append((statement, [row[3] for row in rows]))

    # As the driver itself tells them, with what was asked for in its place.
    reading = desk.store._reading.driver_connection
    reading.set_trace_callback(explain)
    yield plans
    reading.set_trace_callback(None)


QUESTIONS = {
    "fresh": lambda store, run: store.fresh(run, 50, after=10),
    "waiting": lambda store, run: store.waiting(run, 50, after=10),
    "local_file": lambda store, _: store.local_file("/a.mp4"),
    "local_files": lambda store, _: store.local_files("a"),
    "asset": lambda store, _: store.asset("sandbox", "v3", "a"),
    "asset_ids": lambda store, _: store.asset_ids("sandbox"),
    "to_repeat": lambda store, run: store.to_repeat(run),
    "rendering due": lambda store, run: store.in_state(run, Status.RENDERING, 50, due=9.0),
    "rendered": lambda store, run: store.in_state(run, Status.RENDERED, 50),
    "rendered due": lambda store, run: store.in_state(run, Status.RENDERED, 50, due=9.0),
    "next_due": lambda store, run: store.next_due(run),
    "rendering as": lambda store, run: store.rendering_as(run, ["a", "b"]),
    "unsure": lambda store, run: store.unsure(run),
    "interrupted": lambda store, _: store.interrupted(),
    "submission": lambda store, _: store.submission(1),
    "members": lambda store, _: store.members(1),
    "wanted_of": lambda store, run: store.wanted_of(1, run),
    "others_of": lambda store, run: store.others_of(store.submission(1), run),
    "given_ids": lambda store, _: store.given_ids(1),
    "intended_path": lambda store, _: store.intended_path(1),
    "lines_of": lambda store, _: store.lines_of([1, 2, 3]),
    "limits": lambda store, _: store.limits("sandbox"),
    "owners": lambda store, _: store.owners(["a", "b"]),
    "named": lambda store, _: store.named("a"),
}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_what_a_run_asks_while_it_works_is_a_seek_by_an_index(desk, seen, question):
    planned = desk.plan([entry(n) for n in range(300)])
    run = desk.run(planned)
    await desk.take_to(Status.UNSURE, *desk.jobs(planned)[:2])
    await desk.take_to(Status.RENDERING, *desk.jobs(planned)[2:5])
    seen.clear()

    QUESTIONS[question](desk.store, run)

    assert any(plan for _, plan in seen)
    for statement, plan in seen:
        scans = [step for step in plan if step.startswith("SCAN") and "INDEX jobs_sending" not in step]
        # A list that stands in the question itself is walked, and that is no table.
        assert [step for step in scans if not step.startswith("SCAN asked")] == [], (statement, plan)
        assert not any("AUTOMATIC" in step for step in plan), (statement, plan)


def test_a_claim_is_no_more_work_when_most_jobs_are_done(desk):
    planned = desk.plan([entry(n) for n in range(20_000)])
    run = desk.run(planned)
    with closing(sqlite3.connect(desk.path, isolation_level=None)) as database:
        database.execute("update jobs set status = 5 where pk < 19900")
    steps = []
    desk.store._reading.driver_connection.set_progress_handler(lambda: steps.append(1), 100)

    found = desk.store.fresh(run, 50)

    assert len(found) == 50
    # Hundreds of SQLite's instructions: the jobs that are done are not walked over.
    assert len(steps) < 100


WALKED = {
    "a sheet's counts": lambda store, run: store.tally_of([1]),
    "what is set aside": lambda store, run: store.commitments([1], made=False),
    "taking up what is open": lambda store, run: store.enlist(run, 1, None, None),
}


@pytest.mark.parametrize("question", WALKED)
def test_what_a_run_begins_with_is_no_more_work_when_most_jobs_are_done(desk, question):
    planned = desk.plan([entry(n) for n in range(20_000)])
    run = desk.run(planned)
    with closing(sqlite3.connect(desk.path, isolation_level=None)) as database:
        database.execute("update jobs set status = 5, run = null where pk > 100")
    desk.store.begin_run(command="run", sheets=[1], realm="sandbox", api="v3", at=1.0)
    steps = []
    with closing(desk.store._engines.writer.raw_connection()) as writing:
        for connection in (desk.store._reading.driver_connection, writing.driver_connection):
            connection.set_progress_handler(lambda: steps.append(1), 100)

    WALKED[question](desk.store, run + 1)

    # Hundreds of SQLite's instructions for each that is open at the most, and none for those that are done.
    assert len(steps) < 200
    assert desk.store.tally_of([1])[Status.DONE] == 19_900
    assert desk.store.tally_of([1])[Status.PLANNED] == 100
