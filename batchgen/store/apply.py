"""Turns changes into SQL, many of one shape at a time.

Every job moves through ``_move`` and through nothing else: ``update … where status = <old>``, with its event row
beside it in the same transaction. If one update finds its job in another state, the transaction is given up.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert
from sqlalchemy.dialects.sqlite import insert as upsert

from batchgen.model.errors import IllegalMove
from batchgen.model.history import Attempt
from batchgen.model.naming import quoted
from batchgen.model.session import DropSession, KeepSession, NoteOccurrence
from batchgen.model.status import after
from batchgen.store.bulk import Bulk, BulkUpdate
from batchgen.store.interface import (
    Change,
    DropHook,
    KeepAsset,
    KeepFile,
    KeepHook,
    Learn,
    LearnLimit,
    Move,
    OpenSubmission,
    UpdateSubmission,
)
from batchgen.store.statement import Statement
from batchgen.store.tables import (
    assets,
    attempts,
    events,
    files,
    hooks,
    jobs,
    limits,
    local_files,
    occurrences,
    open_sessions,
    submissions,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from sqlalchemy import Table

    from batchgen.model.media import LocalFile

#: Changes of one shape: the same type, and the same columns to set.
Shape = tuple[Any, ...] | type[Any]


def apply_changes(driver: Any, changes: Iterable[Change]) -> None:
    """Write changes in an order that keeps what each job and submission lived through.

    The first changes of all are written together, then the second ones of those that have more, and so on.
    """
    rounds: list[dict[Shape, list[Any]]] = [{}]
    lived: dict[Any, int] = {}
    for change in changes:
        sort = type(change)
        subject, number = _SUBJECTS[sort](change), 0
        if subject is not None:
            number = lived[subject] = lived.get(subject, -1) + 1
            if number == len(rounds):
                rounds.append({})
        rounds[number].setdefault(_SHAPES.get(sort, type)(change), []).append(change)
    for alike in rounds:
        for found in alike.values():
            _WRITERS[type(found[0])](driver, found)


#: What a change is about, so that what happens to the same is written in order: a job by its number.
_SUBJECTS: dict[Any, Callable[[Any], Hashable]] = {
    Move: attrgetter("job"),
    Learn: attrgetter("job"),
    OpenSubmission: lambda one: ("submission", one.submission.pk),
    UpdateSubmission: lambda one: ("submission", one.submission),
    Attempt: lambda _: None,
    KeepFile: lambda _: None,
    KeepAsset: lambda one: ("asset", one.asset.sha256),
    LearnLimit: lambda _: None,
    KeepHook: lambda one: ("hook", one.hook.name),
    DropHook: lambda one: ("hook", one.name),
    KeepSession: lambda one: ("session", one.session.session_id),
    DropSession: lambda one: ("session", one.session_id),
    NoteOccurrence: lambda _: None,
}

#: What else than its type tells changes apart that are written by one statement.
_SHAPES: dict[Any, Callable[[Any], Shape]] = {
    Move: lambda one: (one.old, one.event, *one.facts),
    Learn: lambda one: (Learn, *one.facts),
    UpdateSubmission: lambda one: (UpdateSubmission, *one.facts),
}

#: One row of many is written for each move: so many at once, with as few words to the driver as will do.
_EVENT = Bulk(insert(events))
_JOBS, _SUBMISSIONS = BulkUpdate(jobs), BulkUpdate(submissions)


def _move(driver: Any, moves: Sequence[Move]) -> None:
    first = moves[0]
    new = int(after(first.old, first.event))
    old, event = int(first.old), first.event.value
    job, _, _, at, facts, detail = zip(*moves, strict=True)
    said, status = [event] * len(moves), [new] * len(moves)
    if _JOBS.write(driver, job, _columns(facts), (old, new)) != len(moves):
        raise IllegalMove(f"no longer {first.old.word}", event)
    _EVENT.write(driver, {"job": job, "at": at, "event": said, "status": status, "detail": detail})


def _learn(driver: Any, learned: Sequence[Learn]) -> None:
    _JOBS.write(driver, [one.job for one in learned], _columns([one.facts for one in learned]))


def _columns(facts: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[Any]]:
    """Give facts of one shape column by column."""
    return dict(zip(facts[0], zip(*(one.values() for one in facts), strict=True), strict=True))


_OPEN = Bulk(insert(submissions))


def _listed(texts: Iterable[str]) -> str:
    """Write a JSON list of texts: most are of one, and the way in to ``json`` takes longer than that."""
    return f"[{', '.join(map(quoted, texts))}]"


def _open(driver: Any, opened: Sequence[OpenSubmission]) -> None:
    made, runs = zip(*opened, strict=True)
    _OPEN.write(
        driver,
        {
            "pk": [one.pk for one in made],
            "run": runs,
            "api": [one.api for one in made],
            "kind": [one.kind for one in made],
            "jobs": [_listed(one.jobs) for one in made],
            "tokens": [_listed(one.tokens) for one in made],
            "key": [one.key for one in made],
            "batched": [one.batched for one in made],
            "body_digest": [one.body_digest for one in made],
            "created_at": [one.created_at for one in made],
            "looks": [0] * len(made),
            "repeats": [0] * len(made),
            "account": [one.account for one in made],
        },
    )


def _update_submission(driver: Any, updates: Sequence[UpdateSubmission]) -> None:
    _SUBMISSIONS.write(driver, [one.submission for one in updates], _columns([one.facts for one in updates]))


_ATTEMPT = Bulk(insert(attempts))


def _attempt(driver: Any, made: Sequence[Attempt]) -> None:
    columns = dict(zip(Attempt._fields, zip(*made, strict=True), strict=True))
    _ATTEMPT.write(driver, columns | {"message": [one.message[:2000] for one in made]})


def _keep_file(driver: Any, kept: Sequence[KeepFile]) -> None:
    columns = ("job", "role", "path", "size", "at", "digest")
    _replace(files, ("job", "role"), columns).write(
        driver, [{name: getattr(one, name) for name in columns} for one in kept]
    )


def _keep_asset(driver: Any, kept: Sequence[KeepAsset]) -> None:
    key, facts = ("realm", "api", "sha256"), ("state", "round", "asset_id", "url", "at")
    rows = [
        {"realm": one.realm, "api": one.api, "sha256": one.asset.sha256}
        | {name: getattr(one.asset, name) for name in facts}
        for one in kept
    ]
    _replace(assets, key, (*key, *facts)).write(driver, rows)


def _learn_limit(driver: Any, learned: Sequence[LearnLimit]) -> None:
    columns = ("realm", "name", "value", "at")
    rows = [{name: getattr(one, name) for name in columns} for one in learned]
    _replace(limits, ("realm", "name"), columns).write(driver, rows)


def keep_local_files(driver: Any, found: Sequence[LocalFile]) -> None:
    """Note what files hold; what was noted of the same paths before is replaced."""
    columns = tuple(local_files.c.keys())
    rows = [{name: getattr(one, name) for name in columns} for one in found]
    _replace(local_files, ("path",), columns).write(driver, rows)


def _keep_hook(driver: Any, kept: Sequence[KeepHook]) -> None:
    rows = [asdict(one.hook) for one in kept]
    _replace(hooks, ("name",), tuple(rows[0])).write(driver, rows)


_DROP_HOOK = Statement(delete(hooks).where(hooks.c.name == bindparam("b_name")))


def _drop_hook(driver: Any, dropped: Sequence[DropHook]) -> None:
    _DROP_HOOK.write(driver, [{"b_name": one.name} for one in dropped])


def _keep_session(driver: Any, kept: Sequence[KeepSession]) -> None:
    rows = [asdict(one.session) for one in kept]
    _replace(open_sessions, ("session_id",), tuple(rows[0])).write(driver, rows)


_DROP_SESSION = Statement(delete(open_sessions).where(open_sessions.c.session_id == bindparam("b_id")))


def _drop_session(driver: Any, dropped: Sequence[DropSession]) -> None:
    _DROP_SESSION.write(driver, [{"b_id": one.session_id} for one in dropped])


def _note(driver: Any, noted: Sequence[NoteOccurrence]) -> None:
    rows = [{"job": one.job, "round": one.round, **asdict(one.occurrence)} for one in noted]
    _insert(occurrences, tuple(rows[0])).write(driver, rows)


@lru_cache(maxsize=16)
def _insert(table: Table, columns: tuple[str, ...]) -> Statement:
    return Statement(insert(table), columns)


@lru_cache(maxsize=16)
def _replace(table: Table, key: tuple[str, ...], columns: tuple[str, ...]) -> Statement:
    statement = upsert(table)
    replaced = {name: statement.excluded[name] for name in columns if name not in key}
    return Statement(statement.on_conflict_do_update(index_elements=key, set_=replaced), columns)


_WRITERS: dict[Any, Callable[[Any, Any], None]] = {
    OpenSubmission: _open,
    Move: _move,
    Learn: _learn,
    UpdateSubmission: _update_submission,
    Attempt: _attempt,
    KeepFile: _keep_file,
    KeepAsset: _keep_asset,
    LearnLimit: _learn_limit,
    KeepHook: _keep_hook,
    DropHook: _drop_hook,
    KeepSession: _keep_session,
    DropSession: _drop_session,
    NoteOccurrence: _note,
}
