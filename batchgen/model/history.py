"""What was tried and what came of it: facts that are added and never changed, and can be held against a bill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from batchgen.model.job import Job, Submission
    from batchgen.model.session import Occurrence
    from batchgen.model.status import Event, Status


class Attempt(NamedTuple):
    """A request about a submission, and what came back. Appended, never changed: the proof of what was paid."""

    submission: int
    purpose: str  #: ``create``, ``look``, or ``person``: somebody said what became of it.
    at: float  #: Epoch seconds, when it left.
    took_s: float
    outcome: str  #: accepted, held_back, refused, no_answer; for a look: found, empty; of a person: adopted, absent.
    code: str = ""
    message: str = ""
    remote_ids: str = ""  #: What it brought: ids, or a batch id.


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The file of a job."""

    path: str  #: Absolute.
    size: int | None  #: Bytes; None while it is only meant to be there.
    digest: str | None  #: By what it was taken, a colon, hexadecimal.
    at: float  #: Epoch seconds.


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A move of a job, as its history has it."""

    at: float  #: Epoch seconds.
    event: Event
    status: Status  #: The state it led to.
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything that is remembered of one job, in the order in which it happened."""

    job: Job
    moves: tuple[Passed, ...]
    submissions: tuple[Submission, ...]  #: Every request it was part of.
    attempts: tuple[Attempt, ...]  #: What was tried for these, and what came back.
    file: Kept | None
    occurrences: tuple[Occurrence, ...] = ()  #: What happened in its sessions, of every round.
