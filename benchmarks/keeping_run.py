"""`python -m benchmarks.keeping_run URL SHEET`: the least that translates a sheet and could keep batchgen's promises.

Beside the barest loop it writes down what never paying twice, losing nothing and going on after a crash are made of: a
state with the tables and indexes of a real one, each request whole before it leaves, each attempt, what is set aside
for a job, an event for each move. Jobs are read from the store before they are sent and before they are looked at, so
that nothing has to hold them all. A row of a list is taken for a job by its token, where it alone has that and nobody
else has its id. No more are under way than may be beyond recall, and the results come from the store.

Nobody could use it: it has no words for what goes wrong and does not go on after it, knows one kind of job and one API,
learns nothing of the account, and tells nobody anything.
"""

from __future__ import annotations

import asyncio
import csv
import json
import re
import sqlite3
import sys
import time
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from sqlalchemy import create_engine

from batchgen.model.status import Event, Status
from batchgen.store.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Jobs of a batch, and of a page; batches that are written down and sent together; jobs that may be under way.
PAGE, TOGETHER, QUEUED = 100, 10, 2000
#: Seconds before a job was accepted from which on a row may be it.
READ_BACK_S = 3600.0
#: Credits for a second.
PRICE = 2 / 3

TOKEN = re.compile(r"\bbg[0-9a-f]{10}\b")
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

_JOB = """INSERT INTO jobs (pk, id, kind, content, delivery, language, file, status, round, solo, polls, run, seq,
    waits) VALUES (?, ?, 'translation', ?, ?, ?, ?, 0, 0, 0, 0, 1, ?, 0)"""
_LINE = """INSERT INTO lines (sheet, edition, seq, "row", cells, job) VALUES (1, 1, ?, ?, ?, ?)"""
_SUBMISSION = """INSERT INTO submissions (pk, run, api, kind, jobs, tokens, key, batched, body_digest, created_at,
    looks, repeats, account) VALUES (?, 1, 'v3', 'translation', ?, ?, ?, 1, ?, ?, 0, 0, '')"""
_ATTEMPT = """INSERT INTO attempts (submission, purpose, at, took_s, outcome, code, message, remote_ids)
    VALUES (?, 'create', ?, ?, 'accepted', '', '', ?)"""
_EVENT = "INSERT INTO events (job, at, event, status, detail) VALUES (?, ?, ?, ?, ?)"
_FRESH = """SELECT pk, id, content, delivery FROM jobs WHERE status = 0 AND run = 1 AND waits = 0 AND seq > ?
    ORDER BY seq LIMIT ?"""
_RENDERING = "SELECT pk, id, submitted_at FROM jobs WHERE status = 3 AND run = 1 ORDER BY seq"
_OWNERS = "SELECT remote_id FROM jobs WHERE remote_id IN (SELECT value FROM json_each(?))"
_RESULTS = """SELECT cells, jobs.status, jobs.id, language, remote_id, video_url, duration_s, credits, error_code,
    error, submitted_at, finished_at FROM lines JOIN jobs ON jobs.pk = lines.job WHERE sheet = 1 AND edition = 1
    ORDER BY lines.seq"""

#: A job as the store gives it, and what a row of the list says of it.
Row = tuple[Any, ...]
Told = dict[str, Any]


def digest(text: str) -> str:
    """Name a text."""
    return blake2b(text.encode(), digest_size=8).hexdigest()


def token(job_id: str) -> str:
    """Give what a job is recognised by in the account's list."""
    return "bg" + digest(job_id)[:10]


class State:
    """What is remembered. A context manager: what is done in it stands together, on the disk, or not at all."""

    def __init__(self, path: Path) -> None:
        metadata.create_all(create_engine(f"sqlite:///{path}"))
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.executescript("PRAGMA journal_mode = wal; PRAGMA synchronous = full;")

    def __enter__(self) -> sqlite3.Connection:
        return self.database.execute("BEGIN IMMEDIATE").connection

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.database.execute("COMMIT" if kind is None else "ROLLBACK")

    def move(self, old: Status, event: Event, new: Status, facts: Sequence[Told], details: Sequence[str]) -> None:
        """Move jobs on, each with its event; ``facts`` are alike in what they tell, and tell the job first."""
        rows = [tuple(one.values()) for one in facts]
        sets = ", ".join([f"status = {new:d}", *(f"{name} = ?" for name in list(facts[0])[1:])])
        turned = [(*row[1:], row[0]) for row in rows]
        moved = self.database.executemany(f"UPDATE jobs SET {sets} WHERE pk = ? AND status = {old:d}", turned).rowcount
        assert moved == len(rows), f"{len(rows) - moved} are elsewhere"
        events = [(row[0], time.time(), event, int(new), detail) for row, detail in zip(rows, details, strict=True)]
        self.database.executemany(_EVENT, events)


def plan(state: State, sheet: Path) -> None:
    """Write the jobs that a sheet asks for, and its lines."""
    jobs, lines = list[Row](), list[Row]()
    with sheet.open(encoding="utf-8", newline="") as file:
        for seq, row in enumerate(csv.DictReader(file), 1):
            url, language, title = row["url"].strip(), row["output_language"].strip(), row["title"]
            assert url.startswith("https://"), f"row {seq + 1}: {url} is no link"
            content = _canonical({"video": {"url": url}, "output_language": language})
            name = digest(f"translation {content}")
            video = sheet.with_name("-".join([*re.findall(r"\w+", title), name]) + ".mp4")
            jobs.append((seq, name, content, _canonical({"title": title}), language, str(video), seq))
            lines.append((seq, seq + 1, json.dumps(list(row.values())), seq))
    with state as database:
        database.executemany(_JOB, jobs)
        database.executemany(_LINE, lines)


async def send(http: aiohttp.ClientSession, url: str, state: State, *, after: int) -> int:
    """Send some batches of the jobs after so many; give how many jobs that were."""
    fresh = state.database.execute(_FRESH, (after, TOGETHER * PAGE)).fetchall()
    batches = {after + at + 1: fresh[at : at + PAGE] for at in range(0, len(fresh), PAGE)}
    with state:
        requests = [_file(state, pk, jobs) for pk, jobs in batches.items()]
    began = time.time()
    named = await asyncio.gather(*(_post(http, url, key, body) for key, body in requests))
    with state:
        for (pk, jobs), batch in zip(batches.items(), named, strict=True):
            _accept(state, pk, jobs, batch, began)
    return len(fresh)


def _file(state: State, pk: int, jobs: Sequence[Row]) -> tuple[str, Told]:
    """Write a submission down as it will leave; give its key and its body."""
    ids = [job_id for _, job_id, _, _ in jobs]
    tokens = list(map(token, ids))
    body = {"video_translations": [_written(job, mark) for job, mark in zip(jobs, tokens, strict=True)]}
    key = "bg-" + digest(_canonical(ids))
    filed = (pk, json.dumps(ids), json.dumps(tokens), key, digest(_canonical(body)), time.time())
    state.database.execute(_SUBMISSION, filed)
    facts = [
        {"pk": job, "api": "v3", "submission": pk, "item": item, "credits": None, "unit": "credits"}
        for item, (job, *_) in enumerate(jobs)
    ]
    state.move(Status.PLANNED, Event.SEND, Status.SENDING, facts, [key] * len(jobs))
    return key, body


def _written(job: Row, mark: str) -> Told:
    content, delivery = json.loads(job[2]), json.loads(job[3])
    video = {"type": "url", **content["video"]}
    return {"video": video, "output_languages": [content["output_language"]], **delivery, "callback_id": mark}


async def _post(http: aiohttp.ClientSession, url: str, key: str, body: Told) -> str:
    headers = {"Idempotency-Key": key}
    async with http.post(f"{url}/v3/video-translations/batches", json=body, headers=headers) as reply:
        name: str = (await reply.json())["data"]["batch_id"]
        return name


def _accept(state: State, pk: int, jobs: Sequence[Row], batch: str, began: float) -> None:
    """Write down what came back for a submission."""
    now = time.time()
    state.database.execute(_ATTEMPT, (pk, began, now - began, batch))
    state.database.execute("UPDATE submissions SET batch_id = ? WHERE pk = ?", (batch, pk))
    facts = [{"pk": job, "batch_id": batch, "submitted_at": now, "due_at": now, "polls": 0} for job, *_ in jobs]
    details = [f"batch {batch}, item {item}" for item in range(len(jobs))]
    state.move(Status.SENDING, Event.ACCEPTED, Status.RENDERING, facts, details)


async def look(http: aiohttp.ClientSession, url: str, state: State) -> int:
    """Go through the list as far as it tells of jobs that render; give how many are ready."""
    sought = {token(job_id): (pk, at) for pk, job_id, at in state.database.execute(_RENDERING)}
    ready, place = 0, dict[str, str]()
    while sought:
        async with http.get(f"{url}/v3/video-translations", params={"limit": str(PAGE)} | place) as reply:
            page = await reply.json()
        found = _certain(state, page["data"], sought)
        _take(state, found)
        ready += len(found)
        unfinished = any(row["status"] != "completed" for row in page["data"])
        if not page.get("next_token") or not (found or unfinished):
            break
        place = {"token": page["next_token"]}
    return ready


def _certain(state: State, rows: Iterable[Told], sought: dict[str, tuple[int, float]]) -> dict[int, Told]:
    """Give the rows of jobs that are ready, where a token stands in one row alone, and nobody else has its id."""
    marked: dict[str, list[Told]] = {}
    for row in rows:
        for mark in TOKEN.findall(f"{row.get('callback_id') or ''} {row.get('title') or ''}"):
            marked.setdefault(mark, []).append(row)
    alone = {mark: told[0] for mark, told in marked.items() if len(told) == 1 and mark in sought}
    ids = json.dumps([row["id"] for row in alone.values()])
    others = {found for (found,) in state.database.execute(_OWNERS, (ids,))}
    ready = {
        mark: row
        for mark, row in alone.items()
        if row["status"] == "completed"
        and row["id"] not in others
        and row["created_at"] > sought[mark][1] - READ_BACK_S
    }
    return {sought.pop(mark)[0]: row for mark, row in ready.items()}


def _take(state: State, found: dict[int, Told]) -> None:
    """Write down the ids and the links of jobs that are ready."""
    if not found:
        return
    now = time.time()
    ready = [
        {
            "pk": job,
            "remote_id": row["id"],
            "video_url": row["video_url"],
            "duration_s": row["duration"],
            "credits": row["duration"] * PRICE,
            "due_at": now,
        }
        for job, row in found.items()
    ]
    done = [{"pk": job, "finished_at": now, "error_code": None, "error": None} for job in found]
    with state:
        state.move(Status.RENDERING, Event.READY, Status.RENDERED, ready, [row["id"] for row in found.values()])
        state.move(Status.RENDERED, Event.SAVED, Status.DONE, done, ["link only"] * len(found))


def write(state: State, sheet: Path) -> None:
    """Write the results from what is remembered."""
    part, results = sheet.with_suffix(".part"), sheet.with_name(f"{sheet.stem}_results.csv")
    with part.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        for cells, status, *facts, submitted, finished in state.database.execute(_RESULTS):
            table.writerow([*json.loads(cells), Status(status).word, *facts, _moment(submitted), _moment(finished)])
    part.replace(results)


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def main(url: str, sheet: Path) -> None:
    """Translate a sheet."""
    state = State(sheet.with_suffix(".db"))
    plan(state, sheet)
    sent = under_way = 0
    async with aiohttp.ClientSession(headers={"X-Api-Key": "benchmark-key"}) as http:
        while True:
            while under_way < QUEUED and (sending := await send(http, url, state, after=sent)):
                sent, under_way = sent + sending, under_way + sending
            if not under_way:
                break
            under_way -= await look(http, url, state)
    write(state, sheet)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
