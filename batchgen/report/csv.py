"""The results file: the user's own sheet, every cell as it was, with what became of each line behind it.

Rule: it is never half a file. It is written beside its place and renamed, so it can be opened at any time.
"""

from __future__ import annotations

import csv
import errno
import math
import os
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

from batchgen.model.errors import DiskError
from batchgen.model.vocabulary import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from batchgen.report.interface import Line

_FIRST = ("job_id", "language", "status")
_LAST = (
    "video_url",
    "file",
    "duration_s",
    "credits",
    "error_code",
    "error",
    "submitted_at",
    "finished_at",
)

#: What a spreadsheet takes for the beginning of a formula.
_FORMULA = frozenset("=+-@\t\r\n")

#: A file that a killed process left is litter once it is so many seconds older than one that is being written.
_LITTER_S = 3600


def write(path: Path, columns: Sequence[str], lines: Iterable[Line], *, kinds: Collection[str]) -> int:
    """Write the results of a sheet and give their number. Raises ``DiskError``; an older file then stays as it is.

    ``kinds`` are the kinds of all its jobs: translations have a ``translation_id``, all others a ``video_id``.
    """
    with _beside(path) as file:
        # Python before 3.13 leaves a lone \r unquoted unless the line ends with one; spreadsheets write both anyway.
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header(columns, kinds))
        ids, count = _ids(kinds), 0
        for count, line in enumerate(lines, 1):  # noqa: B007 - its last value is the number of lines
            writer.writerow(_row(line, ids))
    return count


def header(columns: Sequence[str], kinds: Collection[str]) -> list[str]:
    """Give the sheet's columns and batchgen's own; a name that the sheet has gets ``batchgen_`` before it."""
    names, taken = list(columns), {plain(name) for name in columns}
    for name in (*_FIRST, *(f"{kind}_id" for kind in _ids(kinds)), *_LAST):
        free = name
        while free in taken:
            free = "batchgen_" + free
        taken.add(free)
        names.append(free)
    return names


def _ids(kinds: Collection[str]) -> tuple[str, ...]:
    videos = () if set(kinds) == {"translation"} else ("video",)
    return (*videos, "translation") if "translation" in kinds else videos


def _row(line: Line, ids: tuple[str, ...]) -> tuple[str, ...]:
    kind = "translation" if line.kind == "translation" else "video"
    return (
        *line.cells,
        line.job_id,
        _text(line.language),
        line.status,
        *(_text(line.remote_id) if one == kind else "" for one in ids),
        _text(line.video_url),
        _file(line.file),
        _number(line.duration_s),
        _number(line.credits),
        _text(line.error_code),
        _text(line.error),
        _time(line.submitted_at),
        _time(line.finished_at),
    )


def _text(value: str | None) -> str:
    """Keep a spreadsheet from running what a server, or a cell, has put into a text of ours."""
    if not value:
        return ""
    return "'" + value if value[0] in _FORMULA else value


def _file(value: str | None) -> str:
    # The same file by another name, so that scripts can open what stands here.
    return "./" + value if value and value[0] in _FORMULA else value or ""


def _number(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return ""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _time(value: float | None) -> str:
    return "" if value is None else _moment(int(value))


@lru_cache(maxsize=4096)
def _moment(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def _beside(path: Path) -> Iterator[IO[str]]:
    """Open a file that takes the place of ``path`` if all goes well, and goes away if not."""
    real = Path(os.path.realpath(path))  # A link to the results stays a link.
    # The process in its name: "run" and "report" may write the same results at the same time.
    draft = real.with_name(f".{real.name}.{os.getpid()}.part")
    try:
        with _told(path), draft.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with _told(path):
            _keep_mode(real, draft)
            draft.replace(real)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
    _sweep(real)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DiskError(f"{path}: {_why(error)}") from error


def _why(error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "the disk is full, so the results could not be written. Free some space and run the command again."
    if error.errno == errno.EROFS:
        return "the disk is read-only. Choose another place with --results."
    if isinstance(error, FileNotFoundError):
        return "the folder does not exist. Make it, or choose another place with --results."
    if isinstance(error, PermissionError):
        return (
            "the results may not be written there. Close the program that has the file open, check the folder's "
            "permissions, or choose another place with --results."
        )
    return f"the results cannot be written there ({error.strerror or error}). Choose another place with --results."


def _keep_mode(old: Path, new: Path) -> None:
    with suppress(FileNotFoundError):
        new.chmod(old.stat().st_mode & 0o777)


def _sweep(path: Path) -> None:
    """Remove what killed processes left beside the results."""
    with suppress(OSError):
        now = path.stat().st_mtime
        prefix = f".{path.name}."
        for entry in os.scandir(path.parent):
            stale = entry.name.startswith(prefix) and entry.name.endswith(".part")
            if stale and entry.stat().st_mtime < now - _LITTER_S:
                Path(entry.path).unlink()
