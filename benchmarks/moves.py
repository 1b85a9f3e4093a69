"""The store by the pipeline's own path: durable moves a second with a thousand waiting, beside raw SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

from batchgen.model.status import Event, Status
from batchgen.store.interface import Entry, Move, SheetFacts
from batchgen.store.sqlite import SqliteStore
from benchmarks.figures import Figure
from benchmarks.machine import folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAITING = 1000


def measure(*, small: bool) -> Iterator[Figure]:
    """Move jobs to and fro."""
    moves = 4000 if small else 60_000
    with folder() as here:
        ours = moves / asyncio.run(_ours(here, moves))
        raw = moves / _raw(here, moves)
    yield Figure(
        row="store", measure=f"durable moves a second, {WAITING:,} waiting", ours=ours, peer=None, against="",
        unit="/s", reach=30_000.0, at_least=True,
    )  # fmt: skip
    yield Figure(
        row="store", measure="the same beside bare sqlite3", ours=ours, peer=raw,
        against="executemany, 1,000 a commit", unit="/s", reach=None, at_least=True,
    )  # fmt: skip


async def _ours(here: Path, moves: int) -> float:
    store = SqliteStore.open(str(here / "state.db"))
    store.plan(_planned)
    began = time.perf_counter()
    await asyncio.gather(*(_one(store, pk, moves // WAITING) for pk in range(1, WAITING + 1)))
    took = time.perf_counter() - began
    store.close()
    return took


async def _one(store: SqliteStore, pk: int, moves: int) -> None:
    """Send a job and take it back, as a server that is full has it."""
    for n in range(moves):
        old, event = ((Status.PLANNED, Event.SEND), (Status.SENDING, Event.HELD_BACK))[n % 2]
        facts = {"credits": 1.5 if event is Event.SEND else None}
        await store.apply([Move(job=pk, old=old, event=event, at=1.0, facts=facts)], durable=True)


def _planned(planning: object) -> None:
    planning.begin(  # type: ignore[attr-defined]
        SheetFacts(name="a", path="/a", columns=("n",), digest="d", results="/r", realm="sandbox")
    )
    planning.add(  # type: ignore[attr-defined]
        [
            Entry(
                row=n, cells=(str(n),), job_id=f"job {n}", kind="video", content="{}", delivery="{}", language=None,
                file=None,
            )
            for n in range(WAITING)
        ]
    )  # fmt: skip
    planning.finish(1.0)  # type: ignore[attr-defined]


def _raw(here: Path, moves: int) -> float:
    with closing(sqlite3.connect(here / "raw.db", isolation_level=None)) as database:
        database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = full")
        database.execute("create table jobs (pk integer primary key, status, credits)")
        database.execute("create table events (pk integer primary key, job, at, event, status, detail)")
        database.executemany("insert into jobs values (?, 0, null)", [(n,) for n in range(WAITING)])
        began = time.perf_counter()
        for _ in range(moves // WAITING):
            database.execute("begin immediate")
            database.executemany(
                "update jobs set status = ?, credits = ? where pk = ? and status = ?",
                [(0, 1.5, n, 0) for n in range(WAITING)],
            )
            database.executemany(
                "insert into events (job, at, event, status, detail) values (?, ?, ?, ?, ?)",
                [(n, 1.0, "send", 1, "") for n in range(WAITING)],
            )
            database.execute("commit")
        return time.perf_counter() - began
