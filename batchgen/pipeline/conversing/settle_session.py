"""What the end of a session means for its job, as changes to write. Pure: nothing is done here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.model.session import DropSession
from batchgen.model.status import Event, Status
from batchgen.store.interface import Change, KeepFile, Move

if TYPE_CHECKING:
    from batchgen.model.job import Job
    from batchgen.session.interface import Held

#: What a person does about a session that was paid for and not talked to its end.
AGAIN = "`batchgen retry` opens a new one, which costs again."


def settle_session(job: Job, held: Held, *, credits: float | None, now: float) -> list[Change]:  # noqa: A002 - what they are
    """Give all that is to be written once a session was held: its job's moves, its file, and that it is closed."""
    known: dict[str, Any] = {"duration_s": round(held.lasted_s, 3), "credits": credits, "due_at": now}
    changes: list[Change] = [DropSession(session_id=job.remote_id or "")] if held.closed else []
    if held.recording is not None:
        film = held.recording
        changes.append(KeepFile(job=job.pk, path=film.path, size=film.size, at=now, digest=film.digest))
    if held.reason:
        lines = len(job.content["lines"])
        error = f"{held.reason} {held.said} of {lines} lines were said. {AGAIN}"
        return [*changes, broken(job, held.code, error, now, known)]
    detail = held.recording.path if held.recording else "not recorded"
    saved = {"finished_at": now, "error_code": None, "error": None}
    return [
        *changes,
        Move(job=job.pk, old=Status.RENDERING, event=Event.READY, at=now, facts=known, detail=job.remote_id or ""),
        Move(job=job.pk, old=Status.RENDERED, event=Event.SAVED, at=now, facts=saved, detail=detail),
    ]


def broken(job: Job, code: str, error: str, now: float, known: dict[str, Any] | None = None) -> Move:
    """Say that a session failed. What it cost until then was charged: it is not a render that came to nothing."""
    facts = {**(known or {}), "error_code": code, "error": error, "finished_at": now}
    return Move(job=job.pk, old=Status.RENDERING, event=Event.BROKEN, at=now, facts=facts, detail=code)
