"""Writers that are let go while the disk is slow, as at the end of a run."""

import asyncio
import sqlite3
from contextlib import closing

from batchgen.model.status import Event, Status
from batchgen.store.sqlite import SqliteStore
from tests.store.conftest import Desk, entry, move


async def test_whoever_reads_after_a_writer_was_let_go_finds_what_it_wrote(tmp_path):
    with closing(SqliteStore.open(str(tmp_path / "state.db"), threaded=True)) as store:
        desk = Desk(store, tmp_path / "state.db")
        planned = desk.plan([entry(0)])
        desk.run(planned)
        await desk.take_to(Status.RENDERED, *desk.jobs(planned))
        (job,) = desk.jobs(planned)
        with closing(sqlite3.connect(desk.path, isolation_level=None)) as busy:
            busy.execute("begin immediate")
            asyncio.get_running_loop().call_later(0.3, busy.rollback)

            writing = asyncio.create_task(store.apply([move(job, Event.SAVED)], durable=True))
            await asyncio.sleep(0.05)
            writing.cancel()
            await asyncio.wait([writing])

            assert writing.cancelled()
            assert [job.status for job in desk.jobs(planned)] == [Status.DONE]
