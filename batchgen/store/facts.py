"""What the store tells and is told of lines, their jobs and runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.model.job import Job
    from batchgen.model.sheet import Sheet
    from batchgen.model.status import Status


class Entry(NamedTuple):
    """A line of a manifest and the job it asks for. A plain tuple, because there may be a million of them."""

    row: int
    cells: tuple[str, ...]
    job_id: str
    kind: str
    content: str  #: Canonical JSON.
    delivery: str  #: Canonical JSON.
    language: str | None
    file: str | None  #: The absolute path its video is meant for.
    length_s: float | None = None  #: Seconds of its source, or of all of it, where the row tells.
    captions: bool = False  #: Whether it asks for captions.
    local: bool = False  #: Whether its content names files of this machine.
    former: str | None = None  #: What an earlier batchgen called the job, where that is something else.


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """A run that is to begin."""

    command: str
    realm: str
    api: str
    at: float  #: Epoch seconds.
    selection: str | None = None  #: What it is given as ``--select``.
    plan: str | None = None  #: The mark of the saved plan that it sends, where it is one.


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """A run that was begun, however it ended."""

    number: int
    sheets: tuple[int, ...]
    api: str
    selection: str | None  #: What it was given as ``--select``.
    plan: str | None = None  #: The mark of the plan that it applied.


class Line(NamedTuple):
    """A line of a sheet with its job and the file that was saved for it."""

    row: int
    cells: tuple[str, ...]
    job: Job
    saved: str | None  #: Absolute path of the saved file.
    size: int | None = None  #: Its bytes.
    digest: str | None = None  #: What it is known by, where that was noted.
    captions: tuple[str, ...] = ()  #: Absolute paths of the captions that were saved with it.
    transcript: str | None = None  #: What was said, where it is a session.


class Standing(NamedTuple):
    """A line and how its job stands: what of it matters to a plan, and light enough for a million."""

    row: int
    pk: int
    job_id: str
    kind: str
    language: str | None
    status: Status
    retried: bool  #: A person had it tried again.
    run: int | None  #: The run that works on it, or last did.
    error: str | None


class Unsent(NamedTuple):
    """What the price of a job that is to be sent depends on."""

    pk: int
    id: str
    kind: str
    content: Mapping[str, Any]
    length_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What planning a sheet came to."""

    sheet: Sheet
    new: int  #: Jobs the store did not know.
    known: int  #: Jobs it knew, whatever became of them.
    own: bool = False  #: Whether every line made a new job, of just what it says.
    renewed: frozenset[int] = frozenset()  #: Jobs that took the place of done ones, to make these once more.
    left: int = 0  #: Jobs that took such a place before, and are not made anew while others of these are open.
    #: Its lines by kind and language; none where it was known without being read.
    sorts: Mapping[tuple[str, str | None], int] = field(default_factory=dict)
