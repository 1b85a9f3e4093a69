"""Follows a state file that was moved together with what lies around it: the paths in it are whole ones.

Who renames the folder of a batch, takes it to another machine or mounts it under another name has its sheets, results
and videos where they are now. A path is changed only where something lies at the new place, or nothing at the old: a
copy of the state alone leaves the videos where they were saved.
"""

from __future__ import annotations

import json
import os
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from batchgen.store.tables import files, jobs, local_files, meta, sheets

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Column, Connection

#: Where paths are kept.
_PATHS: tuple[Column[str], ...] = (sheets.c.path, sheets.c.results, jobs.c.file, files.c.path, local_files.c.path)


def follow(connection: Connection, state: Path, *, lies: Callable[[str], bool] | None = None) -> None:
    """Change what a state file says of places, if it lies elsewhere than when it was opened last.

    ``lies`` tells whether there is anything at a path. While another process works with the file, nothing is changed.
    """
    now = str(state.resolve())
    was = connection.execute(select(meta.c.value).where(meta.c.name == "home")).scalar()
    if was == now or (was is not None and not _is_free(Path(now))):
        return
    if was is not None:
        _change(connection, *_roots(was, now), lies or _lies)
    noted = insert(meta).values(name="home", value=now)
    connection.execute(noted.on_conflict_do_update(index_elements=["name"], set_={"value": now}))


def _roots(was: str, now: str) -> tuple[str, str]:
    """Give the two folders, ending in a slash, below which both places are called the same."""
    old, new = Path(was).parts, Path(now).parts
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(reversed(old), reversed(new), strict=False)))
    tail = len("/".join(old[len(old) - alike :]))
    return was[: len(was) - tail], now[: len(now) - tail]


def _change(connection: Connection, old: str, new: str, lies: Callable[[str], bool]) -> None:
    for column in _PATHS:
        keys = tuple(column.table.primary_key)
        found = connection.execute(select(*keys, column).where(column.startswith(old, autoescape=True)))
        changed = [
            {**{f"key_{at}": one for at, one in enumerate(key)}, "place": new + path[len(old) :]}
            for *key, path in found
            # To SQLite's ``LIKE`` capitals are like small letters.
            if path.startswith(old) and (lies(new + path[len(old) :]) or not lies(path))
        ]
        if changed:
            mine = (one == bindparam(f"key_{at}") for at, one in enumerate(keys))
            # What is known there already stays as it is.
            statement = update(column.table).prefix_with("OR IGNORE").where(*mine)
            connection.execute(statement.values({column.name: bindparam("place")}), changed)


def _lies(path: str) -> bool:
    """Tell whether there is anything at a path; a part of a workbook is named after ``#``."""
    return os.path.lexists(path) or ("#" in path and os.path.lexists(path.rpartition("#")[0]))


def _is_free(state: Path) -> bool:
    """Tell whether no other process has the state."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - for a file that was moved

    try:
        with FileLock(f"{state}.lock", mode=0o600).acquire(timeout=0):
            return True
    except Timeout:
        return _is_held_here(state)
    except OSError:
        return False


def _is_held_here(state: Path) -> bool:
    try:
        return bool(json.loads(Path(f"{state}.holder").read_text(encoding="utf-8"))["pid"] == os.getpid())
    except (OSError, ValueError, KeyError):
        return False
