"""How long it takes until the command does what it was asked for, over what Python itself needs for that."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, halfway
from benchmarks.gate import until_first_request
from benchmarks.machine import batchgen, folder, spend, translations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def measure(*, small: bool) -> Iterator[Figure]:
    """Time `--help`, `status` and `plan` beside the imports that they cannot do without."""
    times = 2 if small else 9
    with folder() as here:
        sheet = translations(here / "films.csv", 3)
        until_first_request(sheet, here, fresh=True)
        bare, imports, all_imports, help_, status = _side_by_side(
            times,
            lambda: _python("pass"),
            lambda: _python("import sqlalchemy"),
            lambda: _python("import sqlalchemy, pandas, aiohttp"),
            lambda: batchgen("--help", cwd=here).wall_s,
            lambda: batchgen("status", "--state", "first.db", cwd=here).wall_s,
        )
        first = _first_request(here, sheet, times)
    for name, ours, peer, against, reach in (
        ("--help", help_, bare, "python -c pass", 5.0),
        ("status", status, imports, "import sqlalchemy", 1.3),
        ("run, first request", first, all_imports, "import sqlalchemy, pandas, aiohttp", 1.5),
    ):
        yield Figure(
            row="start-up", measure=name, ours=1000 * ours, peer=1000 * peer, against=against, unit="ms", reach=reach
        )


def _side_by_side(times: int, *tasks: Callable[[], float]) -> list[float]:
    """Do each in turn, again and again: what disturbs the machine disturbs them all."""
    taken = [[task() for task in tasks] for _ in range(times)]
    return [halfway(found) for found in zip(*taken, strict=True)]


def _python(code: str) -> float:
    return spend([sys.executable, "-c", code]).wall_s


def _first_request(here: Path, sheet: Path, times: int) -> float:
    return halfway([until_first_request(sheet, here, fresh=True) for _ in range(times)])
