"""Processes, their time and memory; sandboxes; and sheets of any length."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Answer = TypeVar("Answer")

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process took."""

    wall_s: float
    cpu_s: float
    peak_mb: float  #: Of its resident memory.
    code: int
    output: str


def spend(command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Spent:
    """Run a command to its end."""
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, cwd=cwd, env=_environment(env), stdin=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        told = output.read().decode("utf-8", "replace")
    return Spent(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, process.returncode, told)


def batchgen(*arguments: str, url: str = "", cwd: Path, codes: Sequence[int] = (0,)) -> Spent:
    """Run our command as a user would."""
    key = {"HEYGEN_API_BASE": url, "HEYGEN_API_KEY": "benchmark-key"} if url else {}
    spent = spend([sys.executable, "-m", "batchgen", *arguments], env=key, cwd=cwd)
    if spent.code not in codes:
        raise RuntimeError(f"batchgen {' '.join(arguments)} ended with {spent.code}:\n{spent.output[-3000:]}")
    return spent


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    # What pip installs it also compiles: nobody's command reads its own source anew each time.
    ours = ("HEYGEN_", "BATCHGEN_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"PYTHONPATH": str(ROOT)} | dict(more or {})


def aside(work: Callable[..., Answer], *given: Any) -> Answer:
    """Work in a process of its own: what ours once took up would count as the peak of each command that it starts."""
    with ProcessPoolExecutor(1) as process:
        return process.submit(work, *given).result()


@contextmanager
def sandbox(*arguments: str) -> Iterator[str]:
    """Serve a HeyGen on loopback; give its address."""
    command = [sys.executable, "-m", "batchgen.sandbox", "--exit-with-parent", "--films", "tiny", *arguments]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment(None)
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.communicate(timeout=30)


def ledger(url: str) -> dict[str, Any]:
    """Give what a sandbox accepted, billed and was asked."""
    with urllib.request.urlopen(f"{url}/_sandbox/ledger") as reply:
        told: dict[str, Any] = json.load(reply)
    return told


@contextmanager
def folder() -> Iterator[Path]:
    """Make an empty folder on the disk that holds temporary files."""
    with tempfile.TemporaryDirectory(prefix="batchgen-benchmark-", ignore_cleanup_errors=True) as path:
        yield Path(path)


def translations(path: Path, rows: int, *, columns: int = 0, width: int = 0) -> Path:
    """Write a sheet of translations, with so many more columns of so many letters."""
    more = [f"note {n}" for n in range(columns)]
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file)
        sheet.writerow(["title", "url", "output_language", *more])
        for n in range(rows):
            notes = [f"{n * 7919 + one:0{width}d}" for one in range(columns)]
            sheet.writerow([f"Film {n}", f"https://example.com/films/{n}.mp4", "Spanish (Spain)", *notes])
    return path
