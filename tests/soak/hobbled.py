"""`python -m tests.soak.hobbled --clock-back 3600 --once FILE -- run …`: the real command on an odd machine."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

from batchgen.cli.main import main


def set_back(seconds: float, *, once: Path) -> None:
    """Let the clock jump back once a file is there. What measures time goes on as it was."""
    real = time.time

    def told() -> float:
        return real() - (seconds if once.exists() else 0.0)

    time.time = told


def hobble() -> list[str]:
    """Make the machine odd; give the words of the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.hobbled", description=__doc__)
    parser.add_argument("--clock-back", type=float, default=0.0, help="seconds that the clock jumps back")
    parser.add_argument("--once", type=Path, help="it does once this file is there")
    parser.add_argument("--largest-file", type=int, help="no file may grow past so many bytes")
    parser.add_argument("words", nargs="+")
    given = parser.parse_args()
    if given.clock_back:
        set_back(given.clock_back, once=given.once)
    if given.largest_file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (given.largest_file, resource.RLIM_INFINITY))
    return list(given.words)


if __name__ == "__main__":
    words = hobble()
    sys.argv = ["batchgen", *words]
    main(words)
