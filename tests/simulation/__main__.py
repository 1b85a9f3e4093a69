"""`python -m tests.simulation`: lives seeds through, until one breaks a promise or they are used up."""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from typing import TYPE_CHECKING

from tests.simulation.check import check
from tests.simulation.disk import empty_disk
from tests.simulation.life import born, live
from tests.simulation.scenario import scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.life import Lived

#: Facts of a broken seed that are told without being asked for.
STORY = 60
#: Seeds that a process is given at a time: few, for at the end of each block all wait for the last of them.
CHUNK = 2


@dataclass(frozen=True)
class Told:
    """A seed that was lived through."""

    seed: int
    wrong: str  #: What is wrong with it; nothing, if every promise was kept.
    moments: int
    length: int  #: Facts that were told.
    story: tuple[str, ...] = ()  #: Those of them that are about the jobs that broke.


def one(seed: int, *, trace: bool = False) -> Told:
    """Live a seed through."""
    with empty_disk() as disk:
        lived = born(scenario(seed), disk)
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
        return Told(seed, wrong, lived.moments, len(lived.trace), tuple(story(lived, wrong)) if wrong else ())


def story(lived: Lived, wrong: str) -> Iterator[str]:
    """Tell of a trace what concerns the jobs that a complaint names, and what concerns all."""
    named = ((job.pk, job.id, json.loads(job.delivery)["title"]) for job in lived.disk.jobs)
    broken = {pk for pk, job_id, title in named if job_id in wrong or re.search(rf"\b{title}\b", wrong)}
    for line in lived.trace:
        about = re.search(r"\bjob=(\d+)", line)
        if "Asked(" not in line and (about is None or not broken or int(about[1]) in broken):
            yield line


def complaint(told: Told) -> Iterator[str]:
    """Say what broke, how it came to that, and how to see it again."""
    yield f"seed {told.seed}: {told.wrong}"
    yield from (f"  {line}" for line in told.story[-STORY:])
    yield f"  replay it, whole: python -m tests.simulation --seed {told.seed}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="live one seed through, and show its trace")
    parser.add_argument("--seeds", type=int, default=1000, help="how many seeds (default 1000)")
    parser.add_argument("--first", type=int, default=0, help="the first of them (default 0)")
    parser.add_argument("--forever", action="store_true", help="go on until a promise is broken")
    parser.add_argument("--processes", type=int, default=cpu_count(), help="at once (default: one a core)")
    given = parser.parse_args()
    if given.seed is not None:
        told = one(given.seed, trace=True)
        print(f"\nseed {told.seed}: {told.wrong or 'every promise was kept'} ({told.moments} moments)")
        return 1 if told.wrong else 0
    return _many(given)


def _many(given: argparse.Namespace) -> int:
    seeds = itertools.count(given.first) if given.forever else range(given.first, given.first + given.seeds)
    began, count, longest, moments, broken = time.monotonic(), 0, 0, 0, []
    with ProcessPoolExecutor(given.processes) as pool:
        for block in iter(lambda: list(itertools.islice(seeds_iter, 500)), []) if (seeds_iter := iter(seeds)) else ():
            for told in pool.map(one, block, chunksize=CHUNK):
                count, longest, moments = count + 1, max(longest, told.length), moments + told.moments
                if told.wrong:
                    broken.append(told.seed)
                    print("\n".join(complaint(told)), flush=True)
            rate = count / (time.monotonic() - began)
            print(f"{count} seeds, {rate:.0f} a second, {moments} moments, longest trace {longest}", flush=True)
            if broken and given.forever:
                break
    print(f"{count - len(broken)} kept every promise, {len(broken)} broke one.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
