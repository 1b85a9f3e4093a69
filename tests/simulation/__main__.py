"""`python -m tests.simulation`: lives seeds through, until one breaks a promise or they are used up."""

from __future__ import annotations

import argparse
import itertools
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from os import cpu_count
from pathlib import Path

from tests.simulation.check import check
from tests.simulation.life import born, live, temporary
from tests.simulation.scenario import scenario


def one(seed: int, *, trace: bool = False) -> tuple[int, str, int, int]:
    """Live a seed through; give what is wrong with it, and the length of its trace."""
    with temporary() as folder:
        lived = born(scenario(seed), Path(folder))
        try:
            live(lived)
            check(lived)
            wrong = ""
        except Exception as error:
            wrong = f"{type(error).__name__}: {error}"
            if trace:
                traceback.print_exc()
        if trace:
            print("\n".join(lived.trace))
        return seed, wrong, lived.moments, len(lived.trace)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="live one seed through, and show its trace")
    parser.add_argument("--seeds", type=int, default=1000, help="how many seeds (default 1000)")
    parser.add_argument("--first", type=int, default=0, help="the first of them (default 0)")
    parser.add_argument("--forever", action="store_true", help="go on until a promise is broken")
    parser.add_argument("--processes", type=int, default=cpu_count(), help="at once (default: one a core)")
    given = parser.parse_args()
    if given.seed is not None:
        _, wrong, moments, _ = one(given.seed, trace=True)
        print(f"\nseed {given.seed}: {wrong or 'every promise was kept'} ({moments} moments)")
        return 1 if wrong else 0
    return _many(given)


def _many(given: argparse.Namespace) -> int:
    seeds = itertools.count(given.first) if given.forever else range(given.first, given.first + given.seeds)
    began, count, longest, moments, broken = time.monotonic(), 0, 0, 0, []
    with ProcessPoolExecutor(given.processes) as pool:
        for block in iter(lambda: list(itertools.islice(seeds_iter, 500)), []) if (seeds_iter := iter(seeds)) else ():
            for seed, wrong, passed, length in pool.map(one, block, chunksize=10):
                count, longest, moments = count + 1, max(longest, length), moments + passed
                if wrong:
                    broken.append(seed)
                    print(f"seed {seed}: {wrong}\n  replay it: python -m tests.simulation --seed {seed}", flush=True)
            rate = count / (time.monotonic() - began)
            print(f"{count} seeds, {rate:.0f} a second, {moments} moments, longest trace {longest}", flush=True)
            if broken and given.forever:
                break
    print(f"{count - len(broken)} kept every promise, {len(broken)} broke one.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
