"""The same rows with the same faults, by other means: what was asked for, what was billed, what was lost.

The others are as their users write them: the loop that HeyGen's own documents show, and `curl` under GNU parallel (or
`xargs`, where there is none) with its retries. A DBOS workflow is measured where `dbos` is installed.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from importlib.util import find_spec
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from benchmarks.machine import batchgen, folder, ledger, sandbox, spend, translations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: What happens on an ordinary bad day.
FAULTS = "throttle=0.03,500_before=0.02,500_after=0.02,lost=0.02,get_500=0.01,failed=0.0"


def measure(*, small: bool) -> Iterator[Figure]:
    """Make 500 videos by each of them."""
    rows = 12 if small else 500
    for name, work in _peers().items():
        arguments = ("--render", "0.05", "--concurrency", "20", "--credits", "1000000", "--faults", FAULTS)
        with folder() as here, sandbox(*arguments) as url:
            wall = work(here, url, rows)
            told = ledger(url)
        made = Counter(job["title"].split(" · ")[0].split(" bg")[0] for job in told["jobs"])
        for measure_, value, unit in (
            ("creating requests", told["requests"]["create"], ""),
            ("videos billed", sum(made.values()), ""),
            ("of them twice", sum(made.values()) - len(made), ""),
            ("rows never made", rows - len(made), ""),
            ("wall time", wall, "s"),
        ):
            yield Figure(
                row="peers", measure=f"{name}: {measure_}", ours=value, peer=None, against="", unit=unit,
                reach=0.0 if name == "batchgen" and measure_ in {"of them twice", "rows never made"} else None,
            )  # fmt: skip


def _peers() -> dict[str, Callable[[Path, str, int], float]]:
    peers: dict[str, Callable[[Path, str, int], float]] = {"batchgen": _ours, "the documents' loop": _loop}
    if shutil.which("curl"):
        peers["curl under parallel" if shutil.which("parallel") else "curl under xargs"] = _curl
    if find_spec("dbos"):
        peers["DBOS workflow"] = _dbos
    return peers


def _ours(here: Path, url: str, rows: int) -> float:
    sheet = translations(here / "films.csv", rows)
    spent = batchgen("run", sheet.name, "--no-download", "--yes", "--poll-interval", "1", url=url, cwd=here)
    return spent.wall_s


def _loop(here: Path, url: str, rows: int) -> float:
    return spend([sys.executable, "-m", "benchmarks.loop", url, str(rows)], cwd=here).wall_s


def _curl(here: Path, url: str, rows: int) -> float:
    """POST each row with curl's own retries, as its manual recommends them for flaky servers."""
    bodies = here / "bodies"
    bodies.mkdir()
    for n in range(rows):
        body = {
            "video": {"type": "url", "url": f"https://example.com/films/{n}.mp4"},
            "output_languages": ["Spanish (Spain)"],
            "title": f"Film {n}",
        }
        (bodies / f"{n}.json").write_text(json.dumps(body), encoding="utf-8")
    post = (
        f"curl -s --retry 5 --retry-all-errors --retry-delay 1 -H 'x-api-key: k' -H 'content-type: application/json' "
        f"-d @{{}} {url}/v3/video-translations -o /dev/null"
    )
    runner = "parallel -j 20" if shutil.which("parallel") else "xargs -P 20 -I {} sh -c"
    return spend(["sh", "-c", f'ls {bodies}/*.json | {runner} "{post}"'], cwd=here).wall_s


def _dbos(here: Path, url: str, rows: int) -> float:
    return spend([sys.executable, "-m", "benchmarks.workflow", url, str(rows), str(here / "dbos.db")], cwd=here).wall_s
