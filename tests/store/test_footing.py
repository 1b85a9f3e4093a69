"""A state whose files are taken away under whoever writes: a commit that the next run would not find is no commit."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from batchgen.model.errors import StoreError
from batchgen.model.status import Status
from batchgen.store.footing import Footing
from batchgen.store.lock import RunLock
from batchgen.store.sqlite import SqliteStore
from tests.store.conftest import Desk, entry

pytestmark = pytest.mark.skipif(os.name == "nt", reason="files that are open cannot be removed or replaced there")


@pytest.fixture
def desk(tmp_path):
    with closing(SqliteStore.open(str(tmp_path / "state.db"), threaded=True)) as store:
        yield Desk(store, tmp_path / "state.db")


@pytest.fixture
def planned(desk):
    planned = desk.plan([entry(0), entry(1), entry(2)])
    desk.run(planned)
    return planned


async def test_a_log_that_was_removed_stops_what_is_sent_and_what_stood_in_it_is_kept(desk, planned):
    first, second, third = desk.jobs(planned)
    await desk.take_to(Status.RENDERING, first)
    desk.path.with_name("state.db-wal").unlink()

    with pytest.raises(StoreError, match="nothing is lost"):
        await desk.send(second)
    with pytest.raises(StoreError, match="nothing is lost"):
        await desk.send(third)

    desk.store.close()
    with closing(SqliteStore.open(str(desk.path))) as again:
        states = [line.job.status for line in again.lines(planned.sheet.pk)]
    assert states == [Status.RENDERING, Status.SENDING, Status.SENDING]


async def test_a_log_that_another_program_began_anew_is_not_the_one_that_is_written(desk, planned):
    first, second, _ = desk.jobs(planned)
    await desk.send(first)
    log = desk.path.with_name("state.db-wal")
    log.rename(desk.path.with_name("kept"))
    log.touch()

    with pytest.raises(StoreError, match="nothing is lost"):
        await desk.send(second)


async def test_a_backup_that_is_put_back_under_a_run_stops_what_is_sent(desk, planned):
    first, second, _ = desk.jobs(planned)
    with closing(sqlite3.connect(desk.path)) as state, closing(sqlite3.connect(desk.path.with_name("copy"))) as copy:
        state.backup(copy)
    await desk.send(first)
    desk.path.with_name("copy").replace(desk.path)

    with pytest.raises(StoreError, match="took the place of the state"):
        await desk.send(second)


async def test_a_state_that_is_copied_while_it_is_written_is_written_on(desk, planned):
    first, second, _ = desk.jobs(planned)
    await desk.send(first)
    for path in list(desk.path.parent.iterdir()):
        shutil.copy2(path, path.with_name(f"copy of {path.name}"))
    with closing(sqlite3.connect(desk.path)) as other:
        assert other.execute("select count(*) from submissions").fetchone() == (1,)

    await desk.send(second)


async def test_a_run_that_another_one_came_beside_ends_where_its_lock_was_removed(tmp_path):
    path = tmp_path / "state.db"
    with (
        RunLock(path, command="batchgen run a.csv", since="now"),
        closing(SqliteStore.open(str(path), threaded=True)) as store,
    ):
        desk = Desk(store, path)
        planned = desk.plan([entry(0), entry(1), entry(2)])
        desk.run(planned)
        first, second, third = desk.jobs(planned)
        await desk.send(first)

        path.with_name("state.db.lock").unlink()
        await desk.send(second)  # Nobody else is here.

        with (
            RunLock(path, command="batchgen run b.csv", since="now"),
            pytest.raises(StoreError, match="another run has begun on the same state"),
        ):
            await desk.send(third)


def test_a_state_whose_disk_knows_no_log_is_written_on(tmp_path):
    path = tmp_path / "state.db"
    path.touch()
    footing = Footing(path)

    assert footing.lost() is None

    path.with_name("state.db-wal").touch()
    assert footing.lost() is None
    path.with_name("state.db-wal").unlink()
    assert isinstance(footing.lost(), StoreError)


@pytest.mark.parametrize("looks", range(3))
def test_a_folder_that_is_moved_between_two_looks_is_never_taken_for_a_log_that_was_removed(
    tmp_path, monkeypatch, looks
):
    folder = tmp_path / "state"
    folder.mkdir()
    for name in ("s.db", "s.db-wal", "s.db.lock"):
        (folder / name).touch()
    footing = Footing(folder / "s.db")
    assert footing.lost() is None
    seen = []

    def stat(path, look=Path.stat):
        if len(seen) == looks:
            folder.rename(tmp_path / "elsewhere")
        seen.append(path)
        return look(path)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", stat)
        lost = footing.lost()

    assert lost is None or "the state file is not there any more" in str(lost)
    assert "the state file is not there any more" in str(footing.lost())
