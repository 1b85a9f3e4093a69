"""`python -m benchmarks.barest_disk FOLDER COUNT BYTES`: what the disk takes by itself; prints the seconds it took.

Files from memory, each made sure of while the next one is written: no network, no digest. Who saves as much, and calls
nothing saved that is not on the disk, cannot be quicker.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PIECE = bytes(range(256)) * 1024


def _write(path: Path, size: int) -> int:
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
    left = size
    while left:
        left -= os.write(file, PIECE[:left])
    return file


def _make_sure(file: int) -> None:
    os.fsync(file)
    os.close(file)


def main(folder: Path, count: int, size: int) -> float:
    """Write them all; give the seconds it took."""
    folder.mkdir(parents=True)
    began = time.perf_counter()
    with ThreadPoolExecutor(1) as thread:
        sure = [thread.submit(_make_sure, _write(folder / f"{n}.mp4", size)) for n in range(count)]
        for one in sure:
            one.result()
    return time.perf_counter() - began


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
