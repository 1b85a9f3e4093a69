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
LEANEST, ALONE, BAREST, BAREST_ALONE = "leanest", "alone", "barest", "barest alone"
#: So often each is run in turn; the middle one counts.
ROUNDS = 3
SERVER = ("--render", "0.02", "--concurrency", "100000", "--credits", "1000000000")


class _Took(NamedTuple):
    wall_s: float
    requests: int = 0


def measure(*, small: bool) -> Iterator[Figure]:
    """Run 5,000 translations three ways, by turns: a machine that others use is never as fast twice."""
    jobs, rounds = (200, 1) if small else (5000, ROUNDS)
    turns = [_turn(jobs) for _ in range(rounds)]
    wall = {name: median(turn[name].wall_s for turn in turns) for name in turns[0]}
    beside: dict[str, Any] = {"row": "whole run", "peer": wall[LEANEST], "against": "bare aiohttp", "unit": "s"}
    for batch, most in REACH.items():
        name = "batches" if batch == "always" else "single requests"
        yield Figure(measure=f"{jobs:,} translations, {name}", ours=wall[batch], reach=most, **beside)
    yield Figure(
        row="whole run", measure="the batches beside who only remembers", ours=wall["always"], peer=wall[BAREST],
        against="the barest loop", unit="s", reach=None,
    )  # fmt: skip
    # What a program that starts and ends as this one does would take, if its rows were as cheap as the barest loop's.
    floor = wall[ALONE] + wall[BAREST] - wall[BAREST_ALONE]
    yield Figure(
        row="whole run", measure="the batches beside the floor of this program", ours=wall["always"], peer=floor,
        against="its start and the barest rows", unit="s", reach=None,
    )  # fmt: skip
    yield Figure(measure="of these the start and the end: one translation", ours=wall[ALONE], reach=None, **beside)
    yield Figure(
        row="requests a job", measure=f"v3 batches, renders of 20 ms, {jobs:,} jobs",
        ours=max(turn["always"].requests for turn in turns) / jobs, peer=None, against="", unit="", reach=0.05,
    )  # fmt: skip


def _turn(jobs: int) -> dict[str, _Took]:
    ours = {batch: _ours(jobs, batch) for batch in REACH}
    alone = {ALONE: _ours(1, "always"), BAREST_ALONE: _barest(1)}
    return {LEANEST: _leanest(jobs), **ours, BAREST: _barest(jobs), **alone}


def _leanest(jobs: int) -> _Took:
    with sandbox(*SERVER) as url:
        return _Took(spend([sys.executable, "-m", "benchmarks.leanest", url, str(jobs)]).wall_s)


def _barest(jobs: int) -> _Took:
    with folder() as here, sandbox(*SERVER) as url:
        sheet = translations(here / "films.csv", jobs)
        spent = spend([sys.executable, "-m", "benchmarks.barest_run", url, str(sheet)], cwd=here)
        assert spent.code == 0, spent.output
        assert len(ledger(url)["jobs"]) == jobs
        return _Took(spent.wall_s)


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
        return _Took(spent.wall_s, sum(told["requests"][name] for name in ("create", "status", "list")))
