"""What is told of one line of a manifest, the same in every format."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from batchgen.model.status import IN_FLIGHT, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from batchgen.model.job import Job

_WORDS = {status: status.word for status in Status}  # Asked for a million times.
_CREDITS = {None, "credits"}

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Line(NamedTuple):
    """A line of a manifest and what became of it."""

    cells: tuple[str, ...]  #: The original cells, untouched.
    job_id: str
    language: str | None
    status: str  #: The word for it.
    kind: str
    remote_id: str | None
    video_url: str | None
    file: str | None  #: Relative to the results' folder, with ``/``; None until the video is saved.
    duration_s: float | None
    credits: float | None
    error_code: str | None
    error: str | None
    submitted_at: float | None  #: Epoch seconds.
    finished_at: float | None  #: Epoch seconds.
    captions: tuple[str, ...] = ()  #: The captions that were saved beside the video, told as ``file`` is.
    transcript: str | None = None  #: What was said, where it is a session.
    row: int = 0  #: As the spreadsheet numbers it.
    content: Mapping[str, Any] = _NOTHING  #: What was to be made; see ``model.content``.
    delivery: Mapping[str, Any] = _NOTHING  #: Its title and other labels.


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What there is to know of a sheet before its lines."""

    name: str  #: As the user named the manifest.
    columns: tuple[str, ...]  #: Its own.
    kinds: tuple[str, ...]  #: Of all its jobs.
    captions: bool = False  #: Whether it asks for captions, so that there is a column for them.
    at: float | None = None  #: Epoch seconds: when the results are written.


def line(
    cells: Sequence[str],
    job: Job,
    *,
    saved: str | None,
    folder: Path | str,
    captions: Sequence[str] = (),
    transcript: str | None = None,
    row: int = 0,
) -> Line:
    """Tell what became of a line.

    ``saved`` is the absolute path of its video, if it has one, and ``captions`` are those of its captions; ``folder``
    is the one that the results are in.
    """
    return Line(
        cells=tuple(cells),
        job_id=job.id,
        language=job.language,
        status=_WORDS[job.status],
        kind=job.kind,
        remote_id=job.remote_id,
        video_url=job.video_url,
        file=None if saved is None else _relative(saved, folder),
        duration_s=job.duration_s,
        # The column tells what was spent, in credits: dollars would be a lie there, and what is set aside no cost.
        credits=job.credits if job.unit in _CREDITS and job.status not in IN_FLIGHT else None,
        error_code=job.error_code,
        error=job.error,
        submitted_at=job.submitted_at,
        finished_at=job.finished_at,
        captions=tuple([_relative(one, folder) for one in captions]) if captions else (),
        transcript=transcript,
        row=row,
        content=job.content,
        delivery=job.delivery,
    )


def _relative(saved: str, folder: Path | str) -> str:
    parent, slash, name = saved.rpartition(os.sep)
    return _way(parent or slash, folder) + name


@lru_cache(maxsize=4096)
def _way(parent: str, folder: Path | str) -> str:
    """Give the way from one folder to another, with a ``/`` at its end."""
    try:
        way = os.path.relpath(parent, folder)
    except ValueError:  # Another drive of Windows: there is no way.
        way = parent
    way = way.replace(os.sep, "/")
    return "" if way == "." else way.rstrip("/") + "/"
