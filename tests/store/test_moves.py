"""A job moves by the table or not at all, and what is written is written whole."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from batchgen.model.errors import IllegalMove
from batchgen.model.history import Attempt
from batchgen.model.status import TRANSITIONS, Event, Status
from batchgen.store.interface import KeepFile, Learn, LearnLimit
from tests.store.conftest import WAYS, entry, move


def rows(desk, query):
    with closing(sqlite3.connect(desk.path)) as database:
        return database.execute(query).fetchall()


async def test_a_move_is_written_with_its_event_beside_it(desk):
    job = desk.jobs(desk.plan([entry(0)]))[0]

    await desk.send(job)

    assert rows(desk, "select status from jobs") == [(Status.SENDING,)]
    assert rows(desk, "select job, event, status from events") == [(job.pk, "send", Status.SENDING)]


@pytest.mark.parametrize("event", [event for event in Event if event not in TRANSITIONS[Status.PLANNED]])
async def test_a_move_that_the_table_forbids_writes_nothing(desk, event):
    job, other = desk.jobs(desk.plan([entry(0), entry(1)]))

    with pytest.raises(IllegalMove):
        await desk.store.apply([Learn(job=other.pk, facts={"error": "x"}), move(job, event, error="y")])

    assert rows(desk, "select status, error from jobs") == [(0, None), (0, None)]
    assert rows(desk, "select count(*) from events") == [(0,)]


async def test_a_move_from_a_state_it_has_left_writes_nothing(desk):
    job, other = desk.jobs(desk.plan([entry(0), entry(1)]))
    await desk.send(job)

    with pytest.raises(IllegalMove):
        await desk.store.apply([move(other, Event.CANCEL), move(job, Event.CANCEL)], durable=True)

    assert rows(desk, "select status from jobs order by pk") == [(Status.SENDING,), (Status.PLANNED,)]


async def test_moves_of_one_job_in_one_list_are_written_in_their_order(desk):
    job = desk.jobs(desk.plan([entry(0)]))[0]
    await desk.send(job)

    await desk.store.apply(
        [
            move(job, Event.ACCEPTED, old=Status.SENDING, remote_id="r"),
            move(job, Event.READY, old=Status.RENDERING, video_url="u"),
            KeepFile(job=job.pk, path="/a.mp4", size=None, at=1.0),
            KeepFile(job=job.pk, path="/b.mp4", size=7, at=2.0),
            move(job, Event.SAVED, old=Status.RENDERED),
        ]
    )

    line = next(iter(desk.store.lines_of([job.pk])))
    assert (line.job.status, line.job.remote_id, line.saved) == (Status.DONE, "r", "/b.mp4")
    assert [name for (name,) in rows(desk, "select event from events order by pk")] == ["send", "accepted", "ready", "saved"]  # fmt: skip


async def test_of_many_orders_at_once_only_the_bad_one_fails(desk):
    jobs = desk.jobs(desk.plan([entry(n) for n in range(200)]))
    bad = {7, 100}

    ended = await asyncio.gather(
        *(
            desk.store.apply([move(job, Event.READY if n in bad else Event.CANCEL)], durable=n % 2 == 0)
            for n, job in enumerate(jobs)
        ),
        return_exceptions=True,
    )

    assert {n for n, one in enumerate(ended) if isinstance(one, IllegalMove)} == bad
    assert [one for n, one in enumerate(ended) if n not in bad] == [None] * 198
    assert rows(desk, "select status, count(*) from jobs group by status") == [(0, 2), (7, 198)]


async def test_what_no_database_takes_is_the_fault_of_its_order_alone(desk):
    jobs = desk.jobs(desk.plan([entry(n) for n in range(3)]))
    for job in jobs:
        await desk.send(job)
    told = ["a", "half a letter: \ud83d", "c"]

    ended = await asyncio.gather(
        *(
            desk.store.apply([move(job, Event.ACCEPTED, old=Status.SENDING, remote_id=one)], durable=True)
            for job, one in zip(jobs, told, strict=True)
        ),
        return_exceptions=True,
    )

    assert [type(one) for one in ended] == [type(None), UnicodeEncodeError, type(None)]
    assert rows(desk, "select remote_id from jobs order by pk") == [("a",), (None,), ("c",)]


async def test_a_durable_change_is_there_for_another_process_when_the_call_returns(desk):
    job = desk.jobs(desk.plan([entry(0)]))[0]

    pk = await desk.send(job)

    assert rows(desk, "select pk, key, jobs from submissions") == [(pk, f"key {pk}", f'["{job.id}"]')]


async def test_a_key_is_never_given_to_two_submissions(desk):
    jobs = desk.jobs(desk.plan([entry(0), entry(1)]))
    await desk.send(jobs[0])
    with closing(sqlite3.connect(desk.path, isolation_level=None)) as database:
        database.execute("update submissions set key = 'key 2'")

    with pytest.raises(Exception, match="UNIQUE"):
        await desk.send(jobs[1])

    assert rows(desk, "select status from jobs order by pk") == [(Status.SENDING,), (Status.PLANNED,)]


async def test_attempts_are_appended_and_long_messages_cut(desk):
    job = desk.jobs(desk.plan([entry(0)]))[0]
    pk = await desk.send(job)
    for n in range(3):
        await desk.store.apply(
            [Attempt(submission=pk, purpose="create", at=n, took_s=1, outcome="no_answer", message="x" * 9000)]
        )

    assert rows(desk, "select at, length(message) from attempts order by pk") == [(0, 2000), (1, 2000), (2, 2000)]


async def test_a_limit_of_the_account_is_the_last_that_was_learned(desk):
    for value in (10, 20):
        await desk.store.apply([LearnLimit(realm="sandbox", name="v3.concurrency", value=value, at=value)])

    assert desk.store.limits("sandbox") == {"v3.concurrency": 20}
    assert desk.store.limits("api.heygen.com") == {}


@pytest.mark.parametrize("status", WAYS)
async def test_counts_follow_the_moves(desk, status):
    planned = desk.plan([entry(n) for n in range(3)])
    run = desk.run(planned)
    await desk.take_to(status, *desk.jobs(planned)[:2])

    sheet = desk.store.tally_of([planned.sheet.pk])

    assert (sheet[status], sheet[Status.PLANNED]) == (2, 1)
    still_open = 2 if status not in {Status.DONE, Status.FAILED} else 0
    assert desk.store.tally(run)[status] == still_open
    assert desk.store.tally(run)[Status.PLANNED] == 1


async def test_failed_jobs_are_planned_again_as_a_new_purchase(desk):
    planned = desk.plan([entry(n) for n in range(3)])
    failed, done, _ = desk.jobs(planned)
    await desk.take_to(Status.FAILED, failed)
    await desk.take_to(Status.DONE, done)

    revived = desk.store.revive(planned.sheet.pk, None, 9.0)

    assert revived == {failed.pk}
    again = desk.jobs(planned)[0]
    assert (again.status, again.round, again.submission, again.error) == (Status.PLANNED, failed.round + 1, None, None)
    assert desk.jobs(planned)[1].status is Status.DONE
    assert rows(desk, f"select event from events where job = {failed.pk} order by pk desc limit 1") == [("retry",)]


async def test_where_a_few_of_many_failed_only_those_are_read(desk):
    planned = desk.plan([entry(n) for n in range(30)])
    one, other, still_open, *done = desk.jobs(planned)
    await desk.take_to(Status.FAILED, one, other)
    await desk.take_to(Status.DONE, *done)
    read = []

    def keep(line):
        read.append(line.job.pk)
        return True

    desk.store.revive(planned.sheet.pk, keep, 9.0)
    assert read == [one.pk, other.pk]

    desk.run(planned, keep=keep)
    assert read[2:] == [one.pk, other.pk, still_open.pk]
