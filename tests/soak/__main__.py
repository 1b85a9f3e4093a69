"""`python -m tests.soak`: kills the real command at random moments, and says what that cost."""

from __future__ import annotations

import argparse
import sys
import time

from tests.soak.kills import soak
from tests.soak.rig import MODES


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    add = parser.add_argument
    add("--kills", type=int, default=200, help="how often it is killed in each mode (default 200)")
    add("--rows", type=int, default=1000, help="rows of a sheet (default 1000)")
    add("--mode", choices=[*MODES, "all"], default="all", help="one mode (default: all, one after another)")
    add("--seed", type=int, default=int(time.time()), help="decides the moments (default: the time)")
    add(
        "--from",
        dest="first",
        type=float,
        default=0.0,
        help="earliest kill, in seconds after it began to work (default 0)",
    )
    add("--to", dest="last", type=float, default=1.5, help="latest kill (default 1.5)")
    add("--concurrency", type=int, default=8, help="jobs at once (default 8): fewer make a sheet last for more kills")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    broken = False
    for mode in MODES if given.mode == "all" else (given.mode,):
        done = soak(
            mode,
            kills=given.kills,
            rows=given.rows,
            seed=given.seed,
            window=(given.first, given.last),
            concurrency=given.concurrency,
        )
        print(done, flush=True)
        for what, found in done.wrong.items():
            print(f"  {what}: {found}", flush=True)
        broken = broken or bool(done.wrong)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
