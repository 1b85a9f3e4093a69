"""What the least that could keep batchgen's promises remembers: see ``keeping_run``.

The tables, their indexes and the statements for many rows are the state's own. What is done together stands together.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import time
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import create_engine, insert

from batchgen.model.status import Event, Status
from batchgen.store.bulk import Bulk, BulkUpdate
from batchgen.store.tables import events, jobs, metadata

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: Jobs of a batch.
PAGE = 100
#: Credits for a second.
PRICE = 2 / 3

_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

_JOB = """INSERT INTO jobs (pk, id, kind, content, delivery, language, file, status, round, solo, polls, run, seq,
    waits) VALUES (?, ?, 'translation', ?, ?, ?, ?, 0, 0, 0, 0, 1, ?, 0)"""
_LINE = """INSERT INTO lines (sheet, edition, seq, "row", cells, job) VALUES (1, 1, ?, ?, ?, ?)"""
_SUBMISSION = """INSERT INTO submissions (pk, run, api, kind, jobs, tokens, key, batched, body_digest, created_at,
    looks, repeats, account) VALUES (?, 1, 'v3', 'translation', ?, ?, ?, 1, ?, ?, 0, 0, '')"""
_ATTEMPT = """INSERT INTO attempts (submission, purpose, at, took_s, outcome, code, message, remote_ids)
    VALUES (?, 'create', ?, ?, 'accepted', '', '', ?)"""
_EVENTS, _MOVES = Bulk(insert(events)), BulkUpdate(jobs)
_FRESH = """SELECT pk, id, content, delivery FROM jobs WHERE status = 0 AND run = 1 AND waits = 0 AND seq > ?
    ORDER BY seq LIMIT ?"""
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
        self.database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.database.executescript("PRAGMA journal_mode = wal; PRAGMA synchronous = full;")

    def __enter__(self) -> sqlite3.Connection:
        return self.database.execute("BEGIN IMMEDIATE").connection

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.database.execute("COMMIT" if kind is None else "ROLLBACK")

    def move(self, old: Status, event: Event, new: Status, moved: Sequence[int], **facts: Sequence[Any]) -> None:
        """Move jobs on by what is new of each, and write an event for each; ``detail`` is what that tells."""
        count, details = len(moved), facts.pop("detail")
        took = _MOVES.write(self.database, moved, facts, (int(old), int(new)))
        assert took == count, f"{count - took} are elsewhere"
        told = {"job": moved, "at": [time.time()] * count, "event": [event] * count, "status": [int(new)] * count}
        _EVENTS.write(self.database, {**told, "detail": details})


def plan(state: State, sheet: Path) -> None:
    """Write the jobs that a sheet asks for, and its lines."""
    rows, lines = list[Row](), list[Row]()
    with sheet.open(encoding="utf-8", newline="") as file:
        for seq, row in enumerate(csv.DictReader(file), 1):
            url, language, title = row["url"].strip(), row["output_language"].strip(), row["title"]
            assert url.startswith("https://"), f"row {seq + 1}: {url} is no link"
            content = _canonical({"video": {"url": url}, "output_language": language})
            name = digest(f"translation {content}")
            video = sheet.with_name("-".join([*re.findall(r"\w+", title), name]) + ".mp4")
            rows.append((seq, name, content, _canonical({"title": title}), language, str(video), seq))
            lines.append((seq, seq + 1, json.dumps(list(row.values())), seq))
    with state as database:
        database.executemany(_JOB, rows)
        database.executemany(_LINE, lines)


class Filed(NamedTuple):
    """A batch as it is written down."""

    pk: int
    jobs: Sequence[Row]
    key: str
    body: Told


def file_next(state: State, after: int, most: int) -> list[Filed]:
    """Write the next batches down as they will leave."""
    fresh = state.database.execute(_FRESH, (after, most)).fetchall()
    with state:
        return [_file(state, after + at + 1, fresh[at : at + PAGE]) for at in range(0, len(fresh), PAGE)]


def _file(state: State, pk: int, jobs: Sequence[Row]) -> Filed:
    ids = [job_id for _, job_id, _, _ in jobs]
    tokens = list(map(token, ids))
    body = {"video_translations": [_written(job, mark) for job, mark in zip(jobs, tokens, strict=True)]}
    key = "bg-" + digest(_canonical(ids))
    filed = (pk, json.dumps(ids), json.dumps(tokens), key, digest(_canonical(body)), time.time())
    state.database.execute(_SUBMISSION, filed)
    count = len(jobs)
    state.move(
        Status.PLANNED, Event.SEND, Status.SENDING, [job for job, *_ in jobs],
        api=["v3"] * count, submission=[pk] * count, item=range(count), credits=[None] * count,
        unit=["credits"] * count, detail=[key] * count,
    )  # fmt: skip
    return Filed(pk, jobs, key, body)


def _written(job: Row, mark: str) -> Told:
    content, delivery = json.loads(job[2]), json.loads(job[3])
    video = {"type": "url", **content["video"]}
    return {"video": video, "output_languages": [content["output_language"]], **delivery, "callback_id": mark}


def accept(state: State, filed: Sequence[Filed], named: Sequence[str], began: float) -> None:
    """Write down what came back for some batches."""
    now = time.time()
    with state:
        for (pk, jobs, _, _), batch in zip(filed, named, strict=True):
            state.database.execute(_ATTEMPT, (pk, began, now - began, batch))
            state.database.execute("UPDATE submissions SET batch_id = ? WHERE pk = ?", (batch, pk))
            count = len(jobs)
            state.move(
                Status.SENDING, Event.ACCEPTED, Status.RENDERING, [job for job, *_ in jobs],
                batch_id=[batch] * count, submitted_at=[now] * count, due_at=[now] * count, polls=[0] * count,
                detail=[f"batch {batch}, item {item}" for item in range(count)],
            )  # fmt: skip


def take(state: State, found: dict[int, Told]) -> int:
    """Write down the ids and the links of jobs that are ready, where nobody else has the id; give how many that are."""
    ids = json.dumps([row["id"] for row in found.values()])
    others = {other for (other,) in state.database.execute(_OWNERS, (ids,))}
    sure = {job: row for job, row in found.items() if row["id"] not in others}
    now, rows, count = time.time(), sure.values(), len(sure)
    with state:
        state.move(
            Status.RENDERING, Event.READY, Status.RENDERED, list(sure),
            remote_id=[row["id"] for row in rows], video_url=[row["video_url"] for row in rows],
            duration_s=[row["duration"] for row in rows], credits=[row["duration"] * PRICE for row in rows],
            due_at=[now] * count, detail=[row["id"] for row in rows],
        )  # fmt: skip
        state.move(
            Status.RENDERED, Event.SAVED, Status.DONE, list(sure), finished_at=[now] * count,
            error_code=[None] * count, error=[None] * count, detail=["link only"] * count,
        )  # fmt: skip
    return count


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
