"""Saving films from a server on this machine, beside `curl --parallel`."""

from __future__ import annotations

import csv
import os
import shutil
import sys
import urllib.request
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from benchmarks.machine import batchgen, folder, sandbox, spend, translations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.machine import Spent


def measure(*, small: bool) -> Iterator[Figure]:
    """Save 200 files of 20 MB."""
    count, size = (6, 200_000) if small else (200, 20_000_000)
    arguments = ("--render", "0.01", "--concurrency", "1000", "--credits", "1000000", "--film-bytes", str(size))
    with folder() as here, sandbox(*arguments) as url:
        sheet = translations(here / "films.csv", count)
        batchgen("run", sheet.name, "--no-download", "--yes", "--state", "links.db", url=url, cwd=here)
        links = _links(here / "films_results.csv")
        assert len(links) == count
        with urllib.request.urlopen(links[0]) as film:  # The sandbox makes its film at the first request.
            film.read()
        lean = _curl(links, here) if shutil.which("curl") else None
        durable = _curl(links, here, then="sync -d *") if lean and shutil.which("sync") else None
        ours = spend([sys.executable, "-m", "benchmarks.saving", str(here / "ours"), *links])
        assert ours.code == 0, ours.output
        saved = sum(path.stat().st_size for path in (here / "ours").iterdir())
        _clear(here / "ours")
        disk = spend([sys.executable, "-m", "benchmarks.barest_disk", str(here / "disk"), str(count), str(size)])
        assert disk.code == 0, disk.output
        _clear(here / "disk")
        barest = spend([sys.executable, "-m", "benchmarks.barest_saving", str(here / "barest"), *links])
        assert barest.code == 0, barest.output
    megabytes = saved / 1e6
    assert saved == count * size, (saved, count * size)
    speed = megabytes / float(ours.output)
    yield from _speeds(f"{count} files of {size / 1e6:g} MB", speed, megabytes, lean, durable)
    yield Figure(
        row="downloads", measure="beside the disk by itself", ours=speed, peer=megabytes / float(disk.output),
        against="files from memory, synced", unit="MB/s", reach=None, at_least=True,
    )  # fmt: skip
    yield Figure(
        row="downloads", measure="peak memory", ours=ours.peak_mb, peer=None, against="", unit="MB", reach=150.0
    )
    yield Figure(
        row="downloads", measure="cores used", ours=ours.cpu_s / ours.wall_s, peer=None, against="", unit="", reach=1.0
    )
    yield Figure(
        row="downloads", measure="processor time for a gigabyte", ours=ours.cpu_s / megabytes * 1e3,
        peer=barest.cpu_s / megabytes * 1e3, against="the barest loop", unit="s", reach=None,
    )  # fmt: skip


def _speeds(measure: str, ours: float, megabytes: float, lean: Spent | None, durable: Spent | None) -> Iterator[Figure]:
    yield Figure(
        row="downloads", measure=measure, ours=ours, peer=megabytes / lean.wall_s if lean else None,
        against="curl --parallel" if lean else "no curl here", unit="MB/s", reach=0.8 if lean else None, at_least=True,
    )  # fmt: skip
    if durable:
        # What is saved here is on disk before it has its name; curl ends as soon as the kernel has it.
        yield Figure(
            row="downloads", measure="the same, on disk", ours=ours, peer=megabytes / durable.wall_s,
            against="curl --parallel; sync -d", unit="MB/s", reach=None, at_least=True,
        )  # fmt: skip


def _links(results: Path) -> list[str]:
    with results.open(encoding="utf-8", newline="") as file:
        return [line["video_url"] for line in csv.DictReader(file)]


def _curl(links: list[str], here: Path, *, then: str = "true") -> Spent:
    """Save the links into a folder that is gone afterwards; give what it took, with what is done ``then``."""
    folder = here / "curl"
    folder.mkdir()
    told = here / "curl.txt"
    told.write_text("".join(f'url = "{link}"\noutput = "{n}.mp4"\n' for n, link in enumerate(links)), encoding="utf-8")
    spent = spend(["sh", "-c", f'curl --silent --parallel --parallel-max 8 -K "{told}" && {then}'], cwd=folder)
    assert spent.code == 0, spent.output
    _clear(folder)
    return spent


def _clear(folder: Path) -> None:
    # What is still on its way to the disk would be in the way of whoever comes next.
    os.sync()
    shutil.rmtree(folder)
