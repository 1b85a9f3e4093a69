"""Long sheets: the time and memory of planning them, and what the state keeps of each job."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from benchmarks.gate import until_first_request
from benchmarks.machine import aside, batchgen, folder, ledger, sandbox, spend, translations
from benchmarks.whole import SERVER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: What any program does that reads the sheet at all, in bounded memory: the floor of every reader of ours.
_READ = "import sys, csv\nfor _ in csv.reader(open(sys.argv[1], newline='', encoding='utf-8')): pass"


def measure(*, small: bool) -> Iterator[Figure]:
    """Plan sheets of two lengths, and take up a state in which nearly all is done."""
    short, long = (500, 5000) if small else (100_000, 1_000_000)
    with folder() as here:
        sheets = [translations(here / f"{rows}.csv", rows, columns=6, width=12) for rows in (short, long)]
        brief, whole = (_plan(sheet, here) for sheet in sheets)
        read = spend([sys.executable, "-c", _READ, str(sheets[1])]).wall_s
        size = sheets[1].stat().st_size / 1e6
        yield Figure(
            row="rows", measure=f"plan of {long:,} rows ({size:.0f} MB)", ours=whole[0], peer=None, against="",
            unit="s", reach=40.0,
        )  # fmt: skip
        yield Figure(
            row="rows", measure="the same beside reading it", ours=whole[0], peer=read, against="csv.reader", unit="s",
            reach=None,
        )  # fmt: skip
        yield Figure(
            row="rows", measure=f"peak memory at {long:,} rows", ours=whole[1], peer=None, against="", unit="MB",
            reach=250.0,
        )  # fmt: skip
        yield Figure(
            row="rows", measure=f"memory at {long:,} rows over {short:,}", ours=whole[1], peer=brief[1],
            against=f"{short:,} rows", unit="MB", reach=1.2,
        )  # fmt: skip
        yield from _resume(here, sheets[1], long)
        yield from _run(here, sheets[0], short)


def _plan(sheet: Path, here: Path) -> tuple[float, float]:
    spent = batchgen("plan", sheet.name, "--state", "none.db", cwd=here)
    return spent.wall_s, spent.peak_mb


def _resume(here: Path, sheet: Path, rows: int) -> Iterator[Figure]:
    """Plan for good, call all but a few done, and start again."""
    state = here / "state.db"
    # Planned by the run itself; it is ended as soon as it asks the server for anything.
    until_first_request(sheet, here, fresh=True, state=state.name)
    payload, size = aside(_payload, state)
    yield Figure(
        row="rows", measure="state beyond the payload, a job", ours=(size - payload) / rows, peer=None, against="",
        unit="bytes", reach=400.0,
    )  # fmt: skip
    open_ = max(1, rows // 200)
    aside(_finish, state, open_)
    took = until_first_request(sheet, here, fresh=False, state=state.name)
    yield Figure(
        row="resume", measure=f"first request, {rows - open_:,} done and {open_:,} open", ours=took, peer=None,
        against="", unit="s", reach=3.0,
    )  # fmt: skip


def _run(here: Path, sheet: Path, rows: int) -> Iterator[Figure]:
    """Run a whole sheet in batches, with renders that take no time."""
    with sandbox(*SERVER) as url:
        spent = batchgen(
            "run", sheet.name, "--no-download", "--yes", "--batch", "always", "--state", "run.db", url=url, cwd=here
        )
        assert aside(_accepted, url) == rows
    yield Figure(
        row="rows", measure=f"run of {rows:,} rows", ours=spent.wall_s, peer=None, against="", unit="s", reach=None
    )
    yield Figure(
        row="rows", measure="its peak memory", ours=spent.peak_mb, peer=None, against="", unit="MB", reach=250.0
    )


def _finish(state: Path, but: int) -> None:
    """Call all jobs done but the first so many."""
    with closing(sqlite3.connect(state, isolation_level=None)) as database:
        database.execute("update jobs set status = 5, submission = null where pk > ?", (but,))


def _accepted(url: str) -> int:
    return len(ledger(url)["jobs"])


def _payload(state: Path) -> tuple[int, int]:
    """Give the bytes of what the sheet itself says, and of the file that keeps it."""
    with closing(sqlite3.connect(state, isolation_level=None)) as database:
        database.execute("pragma wal_checkpoint(truncate)")
        jobs = "select sum(length(content) + length(delivery) + length(coalesce(file, ''))) from jobs"
        [[content]] = database.execute(jobs).fetchall()
        [[cells]] = database.execute("select sum(length(cells)) from lines").fetchall()
    return int(content) + int(cells), state.stat().st_size
