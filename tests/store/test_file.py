"""The file itself: who may read it, which batchgen wrote it, and what is told where it cannot be had."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from batchgen.model.errors import StoreError
from batchgen.model.naming import digest
from batchgen.store import engine, mishaps
from batchgen.store.interface import KeepFile, PastRun
from batchgen.store.schema import current_version
from batchgen.store.sqlite import SqliteStore
from tests.store.conftest import entry


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


def test_a_new_state_that_several_open_at_the_same_moment_is_opened_by_all(tmp_path):
    def open_at(path):
        together.wait()
        SqliteStore.open(str(path)).close()

    together = Barrier(3)
    with ThreadPoolExecutor(3) as threads:
        for n in range(60):
            for opening in [threads.submit(open_at, tmp_path / f"{n}.db") for _ in range(3)]:
                opening.result()


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


def test_a_state_that_sqlite_finds_read_only_is_told_in_the_same_way(desk):
    desk.plan([entry(1)])
    with (
        closing(sqlite3.connect(f"{desk.path.as_uri()}?mode=ro", uri=True)) as reader,
        pytest.raises(sqlite3.OperationalError) as error,
    ):
        reader.execute("delete from jobs")

    assert str(mishaps.store_error(desk.path, error.value)) == str(mishaps.closed(desk.path))


def test_reading_goes_on_while_another_connection_writes(desk):
    planned = desk.plan([entry(n) for n in range(5000)])
    lines = desk.store.lines(planned.sheet.pk)
    first = next(lines)

    desk.plan([entry(n, content=f"other {n}") for n in range(10)], at=2.0)

    assert first.row == 2
    assert sum(1 for _ in lines) == 4999, "a reading sees the sheet as it was when it began"


def _without_names(database):
    database.execute("drop index jobs_today")
    database.execute("alter table jobs drop column today")


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
        _without_names(database)
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


async def test_a_file_that_was_saved_by_an_earlier_batchgen_is_known_by_the_digest_of_then(desk):
    [job] = desk.jobs(desk.plan([entry(1)]))
    await desk.store.apply([KeepFile(job=job.pk, path="/videos/1.mp4", size=9, at=1.0, digest="0" * 64)])
    desk.store.close()
    with closing(sqlite3.connect(desk.path)) as database, database:
        _without_names(database)
        database.execute("update meta set value = '17' where name = 'schema'")

    with closing(SqliteStore.open(str(desk.path))) as store:
        assert store.lines_of([1])[0].digest == "sha256:" + "0" * 64


def test_a_pool_that_is_interrupted_prints_nothing_of_its_own():
    script = (
        "import logging, batchgen.store.engine\n"
        "try:\n    raise KeyboardInterrupt\n"
        "except KeyboardInterrupt:\n"
        "    logging.getLogger('sqlalchemy.pool.impl.QueuePool').exception('Exception during reset or similar')"
    )

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ended.stderr == ""
