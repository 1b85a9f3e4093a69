"""`python -m benchmarks.saving FOLDER LINK…`: saves links by our own downloader, and prints the seconds it took."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from batchgen.files.downloads import downloads

AT_ONCE = 8


async def main(folder: Path, links: list[str]) -> float:
    """Save them all; give the seconds it took."""
    waiting = iter(enumerate(links))
    async with downloads() as save:

        async def work() -> None:
            for n, link in waiting:
                await save(link, to=folder / f"{n}.mp4")

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        return time.perf_counter() - began


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True)
    print(asyncio.run(main(Path(sys.argv[1]), sys.argv[2:])))
