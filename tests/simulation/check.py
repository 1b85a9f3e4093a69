"""What must be true after every life, whatever happened in it."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from batchgen.files import container
from batchgen.kinds import KINDS
from batchgen.model.status import TRANSITIONS, Event, Status
from batchgen.store.tables import events, files

if TYPE_CHECKING:
    from tests.simulation.life import Lived

#: Faults that lose a reply to a request that was, or may have been, accepted.
LOSING = ("lost", "hang", "500_after", "html_after", "500_before", "html_before", "lost_before", "slow", "inside_200")


class Violation(AssertionError):
    """A promise was broken."""


def check(lived: Lived) -> None:
    """Raise ``Violation`` with everything that is wrong."""
    disk = lived.disk
    known = [job._mapping for job in disk.jobs]
    saved = {row.job: row for row in disk.ask(select(files))}
    history = list(disk.ask(select(events).order_by(events.c.pk)))
    ledger = lived.world.ledger()
    wrong = [
        *_paid_twice(ledger),
        *_lost_ids(ledger, known),
        *_strangers(ledger, known),
        *_wrong_files(lived, ledger),
        *_litter(lived, ledger),
        *_illegal_moves(known, history),
        *_results(lived),
        *_broken_files(known, saved),
        *_over_budget(lived, ledger),
        *_unfinished(lived, known, history, ledger),
    ]
    if lived.creates_after_end:
        wrong.append(f"a finished run sent {lived.creates_after_end} more creating requests")
    if wrong:
        raise Violation("\n".join(wrong))


def _who(entry: Any) -> tuple[str, str]:
    return entry["title"].split(" · ")[0].split(" bg")[0].strip(), entry["language"] or ""


def _paid_twice(ledger: dict[str, Any]) -> list[str]:
    accepted = Counter(_who(entry) for entry in ledger["jobs"])
    return [f"{who} was accepted {count} times" for who, count in accepted.items() if count > 1]


def _lost_ids(ledger: dict[str, Any], known: list[Any]) -> list[str]:
    ids = {job[name] for job in known for name in ("remote_id", "batch_id") if job[name]}
    lost = [entry["id"] for entry in ledger["jobs"] if not {entry["id"], entry["session_id"]} & ids]
    return [f"accepted, and not in the store: {lost}"] if lost else []


def _strangers(ledger: dict[str, Any], known: list[Any]) -> list[str]:
    """Find jobs that took another's video for theirs."""
    owners = {entry["id"]: _who(entry) for entry in ledger["jobs"]}
    wrong = []
    for job in known:
        if job["remote_id"] in owners:
            title = json.loads(job["delivery"])["title"]
            language = job["language"] or ""
            if owners[job["remote_id"]] != (title, language):
                wrong.append(f"{title} {language} took the video of {owners[job['remote_id']]}")
    return wrong


def _wrong_files(lived: Lived, ledger: dict[str, Any]) -> list[str]:
    """Find videos that were made from another file than their row names, or from one that was not whole."""
    held = {asset["id"]: asset["sha256"] for asset in ledger["assets"] if asset["puts"]}
    meant = {row.cells[0]: row.fields["file"] for row in lived.scenario.rows if "file" in row.fields}
    wrong = []
    for entry in ledger["jobs"]:
        name = meant.get(_who(entry)[0])
        if name is None:
            continue
        found = held.get(entry["text"].rpartition("/")[2])
        if found != sha256(lived.scenario.files[name]).hexdigest():
            wrong.append(f"{_who(entry)} was made from {entry['text']}, and not from {name}")
    return wrong


def _litter(lived: Lived, ledger: dict[str, Any]) -> list[str]:
    """Find contents that were given a second place, where keys are honoured and the first one was still good."""
    world = lived.scenario.world
    if lived.scenario.api != "v3" or world.faults.keys != "honoured" or world.faults.replay_5xx:
        return []
    if lived.time.passed > world.upload_life:
        return []
    places = Counter(asset["sha256"] for asset in ledger["assets"])
    return [f"{content} was given {count} places" for content, count in places.items() if count > 1]


def _illegal_moves(known: list[Any], history: list[Any]) -> list[str]:
    wrong = []
    moves = defaultdict(list)
    for event in history:
        moves[event.job].append(event)
    for job in known:
        status = Status.PLANNED
        for event in moves[job["pk"]]:
            after = TRANSITIONS[status].get(Event(event.event))
            if after is None or after != event.status:
                wrong.append(f"job {job['id']}: {status.word} → {event.event} → {Status(event.status).word}")
            status = Status(event.status)
        if status != job["status"]:
            wrong.append(f"job {job['id']} is {Status(job['status']).word}, its history says {status.word}")
    return wrong


def _results(lived: Lived) -> list[str]:
    expected = [
        (row.cells[0], draft.language or "") for row in lived.scenario.rows for draft in KINDS[row.kind].plan(row)[0]
    ]
    with (lived.folder / "results.csv").open(encoding="utf-8", newline="") as file:
        told = [(line["title"], line["language"]) for line in csv.DictReader(file)]
    return [] if told == expected else [f"results: {told} instead of {expected}"]


def _broken_files(known: list[Any], saved: dict[int, Any]) -> list[str]:
    wrong = []
    for job in known:
        if job["status"] != Status.DONE:
            continue
        kept = saved.get(job["pk"])
        if kept is None or kept.size is None:
            wrong.append(f"job {job['id']} is done without a file")
            continue
        try:
            with open(kept.path, "rb") as file:
                container.check(file, size=kept.size, suffix=".mp4")
        except Exception as error:
            wrong.append(f"job {job['id']}: {kept.path}: {error}")
    return wrong


def _over_budget(lived: Lived, ledger: dict[str, Any]) -> list[str]:
    limit = lived.scenario.options.max_credits
    spent = ledger["billed"]
    return [f"{spent} credits were billed, and {limit} were allowed"] if limit is not None and spent > limit else []


def _unfinished(lived: Lived, known: list[Any], history: list[Any], ledger: dict[str, Any]) -> list[str]:
    counts = Counter(Status(job["status"]) for job in known)
    # A budget that is used up leaves jobs unsent, and nothing else unfinished.
    budget = lived.scenario.options.max_credits is not None and "--max-credits" in (lived.stopped or "")
    wrong = [
        f"{counts[status]} jobs ended as {status.word} ({lived.stopped})"
        for status in (Status.PLANNED, Status.SENDING, Status.RENDERING)
        if counts[status] and not (budget and status is Status.PLANNED)
    ]
    # What was under way when the power went lost its reply too.
    interrupted = sum(event.detail == "interrupted" for event in history)
    lost_replies = sum(ledger["faults"].get(name, 0) for name in LOSING) + interrupted
    most = lost_replies * 100 if lived.scenario.options.batch != "never" else lost_replies
    if counts[Status.UNSURE] > most:
        wrong.append(f"{counts[Status.UNSURE]} unsure, and only {lost_replies} replies were lost")
    return wrong
