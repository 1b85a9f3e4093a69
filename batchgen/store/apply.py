"""Turns changes into SQL, many of one shape at a time.

Every job moves through ``_move`` and through nothing else: ``update … where status = <old>``, with its event row
beside it in the same transaction. If one update finds its job in another state, the transaction is given up.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.dialects.sqlite import insert as upsert

from batchgen.model.errors import IllegalMove
from batchgen.model.history import Attempt
from batchgen.model.status import after
from batchgen.store.interface import (
    Change,
    KeepFile,
    Learn,
    LearnLimit,
    Move,
    OpenSubmission,
    UpdateSubmission,
)
from batchgen.store.tables import attempts, events, files, jobs, limits, submissions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Connection, Executable

#: Changes of one shape: the same type, and the same columns to set.
Shape = tuple[Any, ...]


def apply_changes(connection: Connection, changes: Iterable[Change]) -> None:
    """Write changes in an order that keeps what each job and submission lived through."""
    waiting: dict[Shape, list[Any]] = {}
    touched: set[tuple[str, int]] = set()
    for change in changes:
        subject = _subject(change)
        if subject in touched:
            _flush(connection, waiting)
            touched.clear()
        if subject is not None:
            touched.add(subject)
        waiting.setdefault(_shape(change), []).append(change)
    _flush(connection, waiting)


def _subject(change: Change) -> tuple[str, int] | None:
    match change:
        case Move() | Learn():
            return ("job", change.job)
        case UpdateSubmission():
            return ("submission", change.submission)
        case OpenSubmission():
            return ("submission", change.submission.pk)
        case _:
            return None


def _shape(change: Change) -> Shape:
    match change:
        case Move():
            return (Move, change.old, change.event, frozenset(change.facts))
        case Learn() | UpdateSubmission():
            return (type(change), frozenset(change.facts))
        case _:
            return (type(change),)


def _flush(connection: Connection, waiting: dict[Shape, list[Any]]) -> None:
    for shape, changes in waiting.items():
        _WRITERS[shape[0]](connection, changes)
    waiting.clear()


def _move(connection: Connection, moves: Sequence[Move]) -> None:
    first = moves[0]
    new = after(first.old, first.event)
    rows = [{"b_pk": move.job, "b_old": int(move.old), "status": int(new), **move.facts} for move in moves]
    result = connection.execute(_update_jobs(frozenset(first.facts) | {"status"}, guarded=True), rows)
    if result.rowcount != len(rows):
        raise IllegalMove(f"no longer {first.old.word}", first.event.value)
    connection.execute(
        insert(events),
        [
            {"job": move.job, "at": move.at, "event": move.event.value, "status": int(new), "detail": move.detail}
            for move in moves
        ],
    )


def _learn(connection: Connection, learned: Sequence[Learn]) -> None:
    rows = [{"b_pk": one.job, **one.facts} for one in learned]
    connection.execute(_update_jobs(frozenset(learned[0].facts), guarded=False), rows)


def _open(connection: Connection, opened: Sequence[OpenSubmission]) -> None:
    connection.execute(
        insert(submissions),
        [
            {
                "pk": one.submission.pk,
                "run": one.run,
                "api": one.submission.api,
                "kind": one.submission.kind,
                "jobs": json.dumps(one.submission.jobs),
                "tokens": json.dumps(one.submission.tokens),
                "key": one.submission.key,
                "batched": one.submission.batched,
                "body_digest": one.submission.body_digest,
                "created_at": one.submission.created_at,
                "looks": 0,
                "repeats": 0,
            }
            for one in opened
        ],
    )


def _update_submission(connection: Connection, updates: Sequence[UpdateSubmission]) -> None:
    rows = [{"b_pk": one.submission, **one.facts} for one in updates]
    connection.execute(_update_submissions(frozenset(updates[0].facts)), rows)


def _attempt(connection: Connection, made: Sequence[Attempt]) -> None:
    connection.execute(
        insert(attempts),
        [
            {
                "submission": one.submission,
                "purpose": one.purpose,
                "at": one.at,
                "took_s": one.took_s,
                "outcome": one.outcome,
                "code": one.code,
                "message": one.message[:2000],
                "remote_ids": one.remote_ids,
            }
            for one in made
        ],
    )


def _keep_file(connection: Connection, kept: Sequence[KeepFile]) -> None:
    columns = ("job", "path", "size", "at", "digest")
    rows = [{name: getattr(one, name) for name in columns} for one in kept]
    statement = upsert(files)
    replaced = {name: statement.excluded[name] for name in columns[1:]}
    connection.execute(statement.on_conflict_do_update(index_elements=["job"], set_=replaced), rows)


def _learn_limit(connection: Connection, learned: Sequence[LearnLimit]) -> None:
    rows = [{"realm": one.realm, "name": one.name, "value": one.value, "at": one.at} for one in learned]
    statement = upsert(limits)
    replaced = {name: statement.excluded[name] for name in ("value", "at")}
    connection.execute(statement.on_conflict_do_update(index_elements=["realm", "name"], set_=replaced), rows)


@lru_cache(maxsize=256)
def _update_jobs(columns: frozenset[str], *, guarded: bool) -> Executable:
    statement = update(jobs).where(jobs.c.pk == bindparam("b_pk"))
    if guarded:
        statement = statement.where(jobs.c.status == bindparam("b_old"))
    return statement.values({name: bindparam(name) for name in columns})


@lru_cache(maxsize=64)
def _update_submissions(columns: frozenset[str]) -> Executable:
    statement = update(submissions).where(submissions.c.pk == bindparam("b_pk"))
    return statement.values({name: bindparam(name) for name in columns})


_WRITERS: dict[Any, Callable[[Connection, Any], None]] = {
    OpenSubmission: _open,
    Move: _move,
    Learn: _learn,
    UpdateSubmission: _update_submission,
    Attempt: _attempt,
    KeepFile: _keep_file,
    LearnLimit: _learn_limit,
}
