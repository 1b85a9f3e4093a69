"""`python -m benchmarks.barest_run URL SHEET`: the least that can be done to translate a sheet and remember it.

Batches of a hundred; each job is on the disk before it is sent, and what came back before anything is done with that;
the results are a CSV. Nobody could use it: it asks for nothing twice, finds nothing again, and knows no limits, no
prices and no other kind of job.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
import sqlite3
import sys
import uuid
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

PAGE, AT_ONCE = 100, 10

_TABLES = """
PRAGMA journal_mode = wal; PRAGMA synchronous = full;
CREATE TABLE jobs (pk INTEGER PRIMARY KEY, id TEXT UNIQUE, content TEXT, status INT, batch TEXT, remote TEXT, url TEXT);
CREATE TABLE events (pk INTEGER PRIMARY KEY, job INT, status INT, at REAL);
"""
PLANNED, SENDING, RENDERING, RENDERED, DONE = range(5)


class Job(NamedTuple):
    """What a row asks for."""

    pk: int
    id: str
    content: str


class Book:
    """What is remembered."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.executescript(_TABLES)

    def plan(self, jobs: list[Job]) -> None:
        """Write jobs that are to be sent."""
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany("INSERT INTO jobs (pk, id, content, status) VALUES (?, ?, ?, 0)", jobs)
        self._database.execute("COMMIT")

    def move(self, pks: list[int], old: int, *columns: str, facts: list[tuple[Any, ...]] | None = None) -> None:
        """Move jobs on by one state, with what else is known of them since."""
        sets = "".join(f", {name} = ?" for name in columns)
        rows = [(*fact, pk) for fact, pk in zip(facts or [()] * len(pks), pks, strict=True)]
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany(f"UPDATE jobs SET status = {old + 1}{sets} WHERE pk = ? AND status = {old}", rows)
        events = [(pk, old + 1, 0.0) for pk in pks]
        self._database.executemany("INSERT INTO events (job, status, at) VALUES (?, ?, ?)", events)
        self._database.execute("COMMIT")


def read(rows: list[dict[str, str]]) -> list[Job]:
    """Make jobs of rows."""
    jobs = []
    for pk, row in enumerate(rows, 1):
        video = {"type": "url", "url": row["url"]}
        content = json.dumps({"video": video, "output_languages": [row["output_language"]], "title": row["title"]})
        jobs.append(Job(pk, hashlib.sha256(content.encode()).hexdigest()[:26], content))
    return jobs


async def send(http: aiohttp.ClientSession, url: str, book: Book, jobs: list[Job]) -> None:
    """Send a batch."""
    pks = [job.pk for job in jobs]
    book.move(pks, PLANNED)
    body = {"video_translations": [json.loads(job.content) | {"callback_id": job.id} for job in jobs]}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    async with http.post(f"{url}/v3/video-translations/batches", json=body, headers=key) as reply:
        batch = (await reply.json())["data"]["batch_id"]
    book.move(pks, SENDING, "batch", facts=[(batch,)] * len(pks))


async def watch(http: aiohttp.ClientSession, url: str, book: Book, jobs: list[Job]) -> dict[int, tuple[str, str]]:
    """Read the list until every job is ready; give the id and the link of each."""
    mine, done = {job.id: job.pk for job in jobs}, dict[int, tuple[str, str]]()
    place: dict[str, str] = {}
    while len(done) < len(jobs):
        async with http.get(f"{url}/v3/video-translations", params={"limit": str(PAGE)} | place) as reply:
            page = await reply.json()
        ready = {
            pk: (row["id"], row["video_url"])
            for row in page["data"]
            if row["status"] == "completed" and (pk := mine.get(row["callback_id"])) and pk not in done
        }
        book.move(list(ready), RENDERING, "remote", "url", facts=list(ready.values()))
        book.move(list(ready), RENDERED)
        done |= ready
        place = {"token": page["next_token"]} if page.get("next_token") else {}
    return done


async def main(url: str, sheet: Path) -> None:
    """Translate a sheet."""
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    jobs, book = read(rows), Book(sheet.with_suffix(".db"))
    book.plan(jobs)
    batches = [jobs[at : at + PAGE] for at in range(0, len(jobs), PAGE)]
    async with aiohttp.ClientSession(headers={"X-Api-Key": "benchmark-key"}) as http:
        for at in range(0, len(batches), AT_ONCE):
            await asyncio.gather(*(send(http, url, book, batch) for batch in batches[at : at + AT_ONCE]))
        done = await watch(http, url, book, jobs)
    part, results = sheet.with_suffix(".part"), sheet.with_name(f"{sheet.stem}_results.csv")
    with part.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow([*rows[0], "job_id", "status", "video_translation_id", "video_url"])
        table.writerows([*row.values(), job.id, "done", *done[job.pk]] for row, job in zip(rows, jobs, strict=True))
    part.replace(results)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
