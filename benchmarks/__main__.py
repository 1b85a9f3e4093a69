"""`python -m benchmarks`: measures each row beside its peer, prints a table of ratios, and writes a JSON file."""

from __future__ import annotations

import argparse
import compileall
import importlib
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.figures import Figure, table, write
from benchmarks.machine import ROOT, aside

#: In the order of the table; each is a module with ``measure``.
ROWS = ("whole", "schedule", "sheets", "startup", "moves", "downloads", "peers")
#: Of the renders of the first run; the next one has the next seed.
FIRST_SEED = 7


def main() -> int:
    """Measure what was asked for."""
    given = _read()
    for package in ("batchgen", "benchmarks"):
        compileall.compile_dir(ROOT / package, quiet=2)
    runs: list[list[Figure]] = []
    for number in range(given.times):
        runs.append([])
        for name in given.only:
            print(f"run {number + 1}: {name} …", file=sys.stderr, flush=True)
            # What chance decides is drawn anew each time: one draw three times over would say no more than once.
            drawn = {"seed": FIRST_SEED + number} if name == "schedule" else {}
            found = aside(_measured, name, given.small, drawn)
            # What is measured of a few says nothing of many: a small run proves that all can be measured.
            runs[-1] += (replace(one, reach=None) if given.small else one for one in found)
    print(table(runs))
    write(given.json, runs)
    print(f"\nEvery figure: {given.json}", file=sys.stderr)
    missed = any(one.reached is False for run in runs for one in run)
    return 1 if missed and given.strict else 0


def _measured(name: str, small: bool, drawn: dict[str, int]) -> list[Figure]:
    return list(importlib.import_module(f"benchmarks.{name}").measure(small=small, **drawn))


def _read() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a few of everything: does it work at all? Judges nothing")
    parser.add_argument("--only", action="append", choices=ROWS, help="this part alone (may be given again)")
    parser.add_argument("--times", type=int, default=1, help="runs; the table then tells the middle (default 1)")
    parser.add_argument("--json", type=Path, default=Path("benchmarks.json"), help="where every figure is written")
    parser.add_argument("--strict", action="store_true", help="end with 1 where something is not reached")
    given = parser.parse_args()
    given.only = given.only or list(ROWS)
    return given


if __name__ == "__main__":
    sys.exit(main())
