"""The file itself: who may read it, which batchgen wrote it, how it is searched, and who holds it."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from batchgen.model.errors import LockedError, StoreError
from batchgen.model.job import digest
from batchgen.model.status import Status
from batchgen.store import engine
from batchgen.store.interface import PastRun
from batchgen.store.lock import RunLock
from batchgen.store.schema import current_version
from batchgen.store.sqlite import SqliteStore
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


def test_the_file_is_its_owners_alone(desk):
    files = [path for path in desk.path.parent.iterdir() if path.name.startswith("state.db")]

    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_state_of_the_future_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "state.db"
    SqliteStore.open(str(path)).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("update meta set value = ? where name = 'schema'", (str(current_version() + 1),))

    with pytest.raises(StoreError, match="newer batchgen"):
        SqliteStore.open(str(path))

    with closing(sqlite3.connect(path)) as database:
        assert database.execute("select value from meta where name = 'schema'").fetchall() == [
            (str(current_version() + 1),)
        ]


@pytest.mark.skipif(os.name == "nt", reason="no pipe has a place in a folder there")
def test_what_is_no_file_is_no_state_and_nothing_is_left_beside_it(tmp_path):
    os.mkfifo(tmp_path / "state.db")

    with pytest.raises(StoreError, match="no file"):
        SqliteStore.open(str(tmp_path / "state.db"))

    assert [path.name for path in tmp_path.iterdir()] == ["state.db"]


def test_what_was_written_is_there_when_it_is_opened_again(tmp_path):
    path = str(tmp_path / "state.db")
    first = SqliteStore.open(path)
    number = first.begin_run(command="run a.csv", sheets=[3, 4], realm="sandbox", api="v3", at=1.0)
    first.close()

    second = SqliteStore.open(path)

    assert second.last_run("sandbox") == PastRun(number=number, sheets=(3, 4), api="v3", selection=None)
    assert second.last_run("api.heygen.com") is None
    assert second.begin_run(command="run", sheets=[], realm="sandbox", api="v3", at=1.0) == number + 1
    second.close()


def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute("create table customers (id)")
    before = path.read_bytes()

    with pytest.raises(StoreError, match="another program"):
        SqliteStore.open(str(path))

    assert path.read_bytes() == before


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells which files are open")
@pytest.mark.parametrize("theirs", ["create table customers (id)", "create table meta (name, value)"])
def test_a_state_that_cannot_be_used_is_let_go_of(tmp_path, theirs):
    # Whoever asks again and again, as an assistant's server does, would run out of files.
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(theirs)
        if "meta" in theirs:
            database.execute("insert into meta values ('schema', 999)")

    with pytest.raises(StoreError):
        SqliteStore.open(str(path))

    assert not [name for name in open_files() if name.startswith(str(path))]


def open_files() -> list[str]:
    return [os.readlink(entry.path) for entry in os.scandir("/proc/self/fd") if os.path.lexists(entry.path)]


def test_a_state_that_another_program_keeps_locked_is_told_after_a_while(desk, monkeypatch):
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.2)
    store = SqliteStore.open(str(desk.path), threaded=False)
    with closing(sqlite3.connect(desk.path, isolation_level=None)) as other:
        other.execute("begin exclusive")

        with pytest.raises(StoreError, match="keeps the state file locked"):
            store.begin_run(command="run", sheets=[], realm="sandbox", api="v3", at=1.0)

    store.close()


def test_a_state_whose_folder_is_gone_is_told_by_whoever_reads_it(desk):
    planned = desk.plan([entry(1)])
    shutil.rmtree(desk.path.parent)

    with pytest.raises(StoreError, match="not there any more"):
        desk.jobs(planned)


def test_a_state_beside_which_nothing_can_be_written_is_not_said_to_be_gone(desk, tmp_path):
    desk.plan([entry(1)])
    desk.store.close()
    desk.path.with_name(desk.path.name + "-wal").mkdir()  # As in a folder that may only be read.

    with pytest.raises(StoreError, match="nothing can be written in its folder"):
        engine.copy_state(desk.path, tmp_path / "copy.db")


def test_a_state_that_may_only_be_read_is_to_be_copied_and_no_other_one_to_be_named(desk):
    desk.plan([entry(1)])
    desk.store.close()
    desk.path.chmod(0o400)
    if chattr := shutil.which("chattr"):  # Root may write to what is only marked as read-only.
        subprocess.run([chattr, "+i", str(desk.path)], check=False, capture_output=True)
    try:
        if os.access(desk.path, os.W_OK):
            pytest.skip("this user may write everything")
        with pytest.raises(StoreError, match=r"copy the folder to where you may write\.$"):
            engine.prepare_file(desk.path)
    finally:
        if chattr:
            subprocess.run([chattr, "-i", str(desk.path)], check=False, capture_output=True)


def test_reading_goes_on_while_another_connection_writes(desk):
    planned = desk.plan([entry(n) for n in range(5000)])
    lines = desk.store.lines(planned.sheet.pk)
    first = next(lines)

    desk.plan([entry(n, content=f"other {n}") for n in range(10)], at=2.0)

    assert first.row == 2
    assert sum(1 for _ in lines) == 4999, "a reading sees the sheet as it was when it began"


HOLDER = """
import sys, time
from pathlib import Path
from batchgen.store.lock import RunLock
with RunLock(Path(sys.argv[1]), command="batchgen run a.csv", since="12:00"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_says_who_holds_it_and_dies_with_its_holder(tmp_path):
    path = tmp_path / "state.db"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    ours = RunLock(path, command="batchgen run b.csv", since="12:01")

    with pytest.raises(LockedError) as refused, ours:
        pass
    holder.send_signal(signal.SIGKILL)
    holder.wait(10)
    holder.stdout.close()

    assert str(holder.pid) in str(refused.value)
    assert "batchgen run a.csv" in str(refused.value)
    assert refused.value.exit_code == 6
    with ours:
        assert Path(f"{path}.lock").exists()


def test_a_state_has_one_lock_by_whatever_name_it_is_opened(tmp_path):
    path, other = tmp_path / "state.db", tmp_path / "link.db"
    path.touch()
    other.symlink_to(path)

    with RunLock(path, command="a", since="now"):
        assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.glob("state.db.*")} == {0o600}
        with pytest.raises(LockedError, match="process"), RunLock(other, command="b", since="now"):
            pass


def test_a_lock_whose_holder_left_no_note_is_still_held(tmp_path):
    path = tmp_path / "state.db"
    with RunLock(path, command="a", since="now"):
        Path(f"{path}.holder").unlink()

        with pytest.raises(LockedError, match="another process"), RunLock(path, command="b", since="now"):
            pass


def _without_uploads(database):
    for statement in (
        "drop index jobs_planned",
        "alter table jobs drop column waits",
        "alter table jobs drop column assets",
        "create index jobs_planned on jobs (run, seq) where status = 0",
        "drop table local_files",
        "drop table assets",
    ):
        database.execute(statement)


async def test_a_file_of_the_first_version_keeps_the_tokens_that_its_submissions_carry(desk):
    [job] = desk.jobs(desk.plan([entry(1)]))
    await desk.send(job)
    desk.store.close()
    with closing(sqlite3.connect(desk.path)) as database, database:
        for column in ("tokens", "account"):
            database.execute(f"alter table submissions drop column {column}")
        database.execute("alter table runs drop column selection")
        database.execute("alter table runs drop column plan")
        database.execute("alter table sheets drop column layout")
        database.execute("alter table sheets drop column like_input")
        for column in ("length_s", "unit", "expected_low", "expected_high"):
            database.execute(f"alter table jobs drop column {column}")
        for column in ("captions", "jobs", "mark", "written"):
            database.execute(f"alter table sheets drop column {column}")
        for index in ("jobs_oldest", "jobs_failed", "jobs_cancelled", "jobs_remote_id", "jobs_batch_id"):
            database.execute(f"drop index {index}")
        database.execute("drop table files")
        database.execute("create table files (job integer primary key, path text not null, size integer, at float)")
        database.execute("insert into files values (1, '/videos/1.mp4', 9, 1.0)")
        _without_uploads(database)
        database.execute("drop table hooks")
        database.execute("drop table catalogue")
        database.execute("drop table open_sessions")
        database.execute("drop table occurrences")
        database.execute("update meta set value = '1' where name = 'schema'")
    with closing(SqliteStore.open(str(desk.path))) as store:
        assert not store.waiting(1, 10)
        # As the first version reckoned them: from the submission's key and the place in it.
        assert store.submission(1).tokens == ("bg" + digest("key 1", 0, length=10),)
        assert store.lines_of([1])[0].saved == "/videos/1.mp4"
        assert store.sheets()[0].captions is False


def test_a_pool_that_is_interrupted_prints_nothing_of_its_own():
    script = (
        "import logging, batchgen.store.engine\n"
        "try:\n    raise KeyboardInterrupt\n"
        "except KeyboardInterrupt:\n"
        "    logging.getLogger('sqlalchemy.pool.impl.QueuePool').exception('Exception during reset or similar')"
    )

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ended.stderr == ""
