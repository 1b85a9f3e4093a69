"""The leanest client there could be: one POST a job, fifty at once, one poll after another; no state, no report.

`python -m benchmarks.leanest URL JOBS` prints nothing and ends when every job is ready.
"""

from __future__ import annotations

import asyncio
import sys

import aiohttp

AT_ONCE = 50


async def main(url: str, jobs: int) -> None:
    """Make so many translations."""
    waiting = iter(range(jobs))
    async with aiohttp.ClientSession(headers={"X-Api-Key": "benchmark-key"}) as session:
        await asyncio.gather(*(_work(session, url, waiting) for _ in range(AT_ONCE)))


async def _work(session: aiohttp.ClientSession, url: str, waiting: object) -> None:
    for n in waiting:  # type: ignore[attr-defined]
        body = {
            "video": {"type": "url", "url": f"https://example.com/films/{n}.mp4"},
            "output_languages": ["Spanish (Spain)"],
            "title": f"Film {n}",
        }
        async with session.post(f"{url}/v3/video-translations", json=body) as reply:
            [job] = (await reply.json())["data"]["video_translation_ids"]
        while True:
            async with session.get(f"{url}/v3/video-translations/{job}") as reply:
                status = (await reply.json())["data"]["status"]
            if status in {"completed", "failed"}:
                break
            await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
