"""A whole run, start-up included, over the leanest client there could be, against the same sandbox."""

from __future__ import annotations

import json
import sys
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.figures import Figure
from benchmarks.machine import batchgen, folder, ledger, sandbox, spend, translations

if TYPE_CHECKING:
    from collections.abc import Iterator

#: ``--batch``, and how much longer than the leanest client such a run may take.
REACH = {"never": 1.3, "always": 0.3}
LEANEST, ALONE = "leanest", "alone"
#: Loops that do the same in fewer lines: what only remembers, and what could keep the promises.
BAREST, KEEPING = "barest_run", "keeping_run"
#: So often each is run in turn; the middle one counts.
ROUNDS = 3
SERVER = ("--render", "0.02", "--concurrency", "100000", "--credits", "1000000000")


class _Took(NamedTuple):
    wall_s: float
    cpu_s: float
    requests: int = 0


def measure(*, small: bool) -> Iterator[Figure]:
    """Run 5,000 translations in several ways, by turns: a machine that others use is never as fast twice."""
    jobs, rounds = (200, 1) if small else (5000, ROUNDS)
    turns = [_turn(jobs) for _ in range(rounds)]
    wall = {name: median(turn[name].wall_s for turn in turns) for name in turns[0]}
    cpu = {name: median(turn[name].cpu_s for turn in turns) for name in turns[0]}
    beside: dict[str, Any] = {"row": "whole run", "peer": wall[LEANEST], "against": "bare aiohttp", "unit": "s"}
    for batch, most in REACH.items():
        name = "batches" if batch == "always" else "single requests"
        yield Figure(measure=f"{jobs:,} translations, {name}", ours=wall[batch], reach=most, **beside)
    # What a program that starts and ends as this one does would take, if its rows were as cheap as a loop's. It would
    # wait for nothing at its start and its end: what else a run of one translation takes is waiting for its render.
    least = {name: cpu[ALONE] + wall[name] - wall[_alone(name)] for name in (BAREST, KEEPING)}
    told = {BAREST: "such a start, and rows that are only remembered", KEEPING: "such a start, and rows as promised"}
    for name, measure in told.items():
        yield Figure(measure=f"the floor of batches: {measure}", ours=least[name], reach=None, **beside)
    busy = cpu[ALONE] + cpu[KEEPING] - cpu[_alone(KEEPING)]
    yield Figure(measure="the same, if it never waited for anything", ours=busy, reach=None, **beside)
    yield Figure(
        row="whole run", measure="the batches beside that floor", ours=wall["always"], peer=least[KEEPING],
        against="rows as promised", unit="s", reach=None,
    )  # fmt: skip
    yield Figure(measure="of these the start and the end: one translation", ours=cpu[ALONE], reach=None, **beside)
    yield Figure(
        row="requests a job", measure=f"v3 batches, renders of 20 ms, {jobs:,} jobs",
        ours=max(turn["always"].requests for turn in turns) / jobs, peer=None, against="", unit="", reach=0.05,
    )  # fmt: skip


def _turn(jobs: int) -> dict[str, _Took]:
    ours = {batch: _ours(jobs, batch) for batch in REACH} | {ALONE: _ours(1, "always")}
    loops = {name: _loop(name, jobs) for name in (BAREST, KEEPING)}
    alone = {_alone(name): _loop(name, 1) for name in (BAREST, KEEPING)}
    return {LEANEST: _leanest(jobs), **ours, **loops, **alone}


def _alone(name: str) -> str:
    return f"{name} {ALONE}"


def _leanest(jobs: int) -> _Took:
    with sandbox(*SERVER) as url:
        spent = spend([sys.executable, "-m", "benchmarks.leanest", url, str(jobs)])
        return _Took(spent.wall_s, spent.cpu_s)


def _loop(name: str, jobs: int) -> _Took:
    with folder() as here, sandbox(*SERVER) as url:
        sheet = translations(here / "films.csv", jobs)
        spent = spend([sys.executable, "-m", f"benchmarks.{name}", url, str(sheet)], cwd=here)
        assert spent.code == 0, spent.output
        assert len(ledger(url)["jobs"]) == jobs
        return _Took(spent.wall_s, spent.cpu_s)


def _ours(jobs: int, batch: str) -> _Took:
    with folder() as here, sandbox(*SERVER) as url:
        sheet = translations(here / "films.csv", jobs)
        spent = batchgen(
            "run", sheet.name, "--no-download", "--yes", "--batch", batch, "--state", "state.db", "--json",
            url=url, cwd=here,
        )  # fmt: skip
        told = json.loads(spent.output[spent.output.index("{") :])
        assert told["done"] == jobs, told
        assert len(ledger(url)["jobs"]) == jobs
        return _Took(spent.wall_s, spent.cpu_s, sum(told["requests"][name] for name in ("create", "status", "list")))
