"""What a person is told where the state cannot be used: in words, and with the way out that pays for nothing anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from batchgen.model.errors import StoreError

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path


def store_error(path: Path, error: DBAPIError | sqlite3.Error) -> StoreError:
    """Say in a person's words what SQLite says in its own."""
    text = str(error.orig if isinstance(error, DBAPIError) else error)
    if "locked" in text or "busy" in text:
        return StoreError(f"{path}: another program keeps the state file locked. Close it and run the command again.")
    if "not a database" in text or "malformed" in text:
        return _damaged(path)
    if "full" in text or "disk I/O" in text:
        return StoreError(
            f"{path}: the state cannot be written: the disk is full or failing ({text}). Nothing more was sent. "
            "Make room and run the same command again: it goes on from there.",
        )
    if "readonly" in text:
        return closed(path)
    if "unable to open" in text:
        return closed(path) if path.is_file() else gone(path)
    return StoreError(f"{path}: the state file cannot be used: {text}")


def closed(path: Path) -> StoreError:
    """Say that the state file is where it was, and that its folder lets nobody read it: SQLite writes beside it."""
    return StoreError(
        f"{path}: the state cannot be opened, for nothing can be written in its folder, or to it. Check its "
        "permissions, or copy the folder to where you may write.",
    )


def not_locked(lock: Path, error: OSError) -> StoreError:
    """Say why nobody can hold a lock, and who could: a run by another user, as by sudo, leaves one of their own."""
    way = "Check its folder."
    if isinstance(error, PermissionError):
        way = (
            "Another user ran here before, or nothing can be written in its folder: run as that user, or have the "
            "state and the files beside it given to you."
        )
    return StoreError(f"{lock}: the lock cannot be taken ({error.strerror}). {way} Nothing was sent.")


def _damaged(path: Path) -> StoreError:
    """Say how to go on without paying anew: of a state that was made by runs, another one would know nothing."""
    return StoreError(
        f"{path}: this is not a batchgen state file, or it is damaged. Nothing more was sent. If runs were kept in it, "
        "put a backup in its place, or move it away and have `batchgen adopt` take the ids from the results: with "
        "another state all would be paid for anew. If it is something else, name another file by --state.",
    )


def gone(path: Path) -> StoreError:
    """Say that the state file is not where it was."""
    return StoreError(
        f"{path}: the state file is not there any more, or cannot be opened. Nothing more was sent. Put it back before "
        "you run the command again, or all would be paid for anew; if it is lost, `batchgen adopt` takes the ids from "
        "the results.",
    )


def replaced(path: Path) -> StoreError:
    """Say that another file stands where the state was: what is written reaches a file that has no name any more."""
    return StoreError(
        f"{path}: another file took the place of the state while it was written to, as a backup does that is put back, "
        "or a program that keeps folders alike. What was done since is not in it. Nothing more was sent. Before you "
        "run the command again, have `batchgen adopt` take the ids from the results, or they would be paid for anew.",
    )


def lock_removed(lock: Path) -> StoreError:
    """Say that the lock was removed and another run has one of its own: both would write here."""
    return StoreError(
        f"{lock}: this was removed while a run went on, and another run has begun on the same state. Nothing more was "
        "sent here, and nothing is lost: run the same command again when that one has ended. Leave the files beside "
        "the state alone; a lock ends by itself with whoever holds it.",
    )


def log_removed(path: Path) -> StoreError:
    """Say that the write-ahead log was removed: what is only in it gets into the state when the state is closed."""
    return StoreError(
        f"{path}-wal: this belongs to the state, and was removed while it was written to. Nothing more was sent, and "
        "nothing is lost, for the run ended before a crash could come. Run the same command again: it goes on from "
        "there. Leave the files beside the state alone.",
    )
