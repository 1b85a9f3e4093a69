"""A whole run, start-up included, over the leanest client there could be, against the same sandbox."""

from __future__ import annotations

import json
import sys
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from benchmarks.machine import batchgen, folder, ledger, sandbox, spend, translations

if TYPE_CHECKING:
    from collections.abc import Iterator

#: How the videos are sent, what that is called, and how much longer than the leanest client it may take.
WAYS = {"never": ("single requests", 1.3), "always": ("batches", 0.3)}
#: So often each is run in turn; the middle one counts.
ROUNDS = 3
SERVER = ("--render", "0.02", "--concurrency", "100000", "--credits", "1000000000")


def measure(*, small: bool) -> Iterator[Figure]:
    """Run 5,000 translations three ways, by turns: a machine that others use is never as fast twice."""
    jobs, rounds = (200, 1) if small else (5000, ROUNDS)
    lived = [(_leanest(jobs), *(_ours(jobs, batch) for batch in WAYS)) for _ in range(rounds)]
    lean = median(peer for peer, *_ in lived)
    for at, (batch, (name, most)) in enumerate(WAYS.items(), start=1):
        wall = median(turn[at][0] for turn in lived)
        yield Figure(
            row="whole run", measure=f"{jobs:,} translations, {name}", ours=wall, peer=lean, against="bare aiohttp",
            unit="s", reach=most,
        )  # fmt: skip
        if batch == "always":
            yield Figure(
                row="requests a job", measure=f"v3 batches, renders of 20 ms, {jobs:,} jobs",
                ours=max(turn[at][1] for turn in lived) / jobs, peer=None, against="", unit="", reach=0.05,
            )  # fmt: skip


def _leanest(jobs: int) -> float:
    with sandbox(*SERVER) as url:
        return spend([sys.executable, "-m", "benchmarks.leanest", url, str(jobs)]).wall_s


def _ours(jobs: int, batch: str) -> tuple[float, int]:
    with folder() as here, sandbox(*SERVER) as url:
        sheet = translations(here / "films.csv", jobs)
        spent = batchgen(
            "run", sheet.name, "--no-download", "--yes", "--batch", batch, "--state", "state.db", "--json",
            url=url, cwd=here,
        )  # fmt: skip
        told = json.loads(spent.output[spent.output.index("{") :])
        assert told["done"] == jobs, told
        assert len(ledger(url)["jobs"]) == jobs
        return spent.wall_s, sum(told["requests"][name] for name in ("create", "status", "list"))
