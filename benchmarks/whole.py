"""A whole run, start-up included, over the leanest client there could be, against the same sandbox."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from benchmarks.machine import batchgen, folder, ledger, sandbox, spend, translations

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = ("--render", "0.02", "--concurrency", "100000", "--credits", "1000000000")


def measure(*, small: bool) -> Iterator[Figure]:
    """Run 5,000 translations three ways."""
    jobs = 200 if small else 5000
    lean = _leanest(jobs)
    for batch, most in (("never", 1.3), ("always", 0.3)):
        wall, asked = _ours(jobs, batch)
        kind = "batches" if batch == "always" else "single requests"
        yield Figure(
            row="whole run", measure=f"{jobs:,} translations, {kind}", ours=wall, peer=lean, against="bare aiohttp",
            unit="s", reach=most,
        )  # fmt: skip
        if batch == "always":
            yield Figure(
                row="requests a job", measure=f"v3 batches, renders of 20 ms, {jobs:,} jobs", ours=asked / jobs,
                peer=None, against="", unit="", reach=0.05,
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
