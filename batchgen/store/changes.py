"""What is to be written: frozen facts, each of which the store knows how to write.

See ``store.interface``, by which all others know them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from batchgen.model.history import Attempt
from batchgen.model.session import DropSession, KeepSession, NoteOccurrence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.model.job import Submission
    from batchgen.model.media import Asset
    from batchgen.model.status import Event, Status
    from batchgen.model.webhook import Hook


_NOTHING: Mapping[str, Any] = MappingProxyType({})

#: The role of the one file that a job is done with; all other roles are those of captions.
VIDEO = "video"


class Move(NamedTuple):
    """A job goes from one state to the next, by the table. Written only if it still is in ``old``."""

    job: int  #: The job's ``pk``.
    old: Status
    event: Event
    at: float  #: Epoch seconds.
    facts: Mapping[str, Any] = _NOTHING  #: Columns of ``Job`` that become known with it.
    detail: str = ""  #: For the job's history: a code, an id, a reason.


class Learn(NamedTuple):
    """Something became known of a job that does not move it: an id, a link, when to look again."""

    job: int
    facts: Mapping[str, Any]


class OpenSubmission(NamedTuple):
    """A new submission, whole, before its request leaves."""

    submission: Submission
    run: int


class UpdateSubmission(NamedTuple):
    """Something became known of a submission: when to look for it, its batch id."""

    submission: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepFile:
    """A file of a job, one in each role: ``size`` is None while it is only meant to be there."""

    job: int
    path: str  #: Absolute.
    size: int | None
    at: float
    digest: str | None = None  #: Of what was saved: by what it was taken, a colon, hexadecimal.
    role: str = VIDEO  #: Or the captions it is: ``srt``, ``vtt``, ``ass``, or ``captioned``, a film that shows them.


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAsset:
    """How far the upload of a file has come in one account."""

    realm: str
    api: str
    asset: Asset


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnLimit:
    """A limit of the account that became known."""

    realm: str
    name: str  #: Such as ``v3.concurrency``.
    value: float
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepHook:
    """A webhook endpoint that may stand in the account, before and after its id is known."""

    hook: Hook


@dataclass(frozen=True, slots=True, kw_only=True)
class DropHook:
    """A webhook endpoint that stands there no more."""

    name: str


_OfJobs = Move | Learn | OpenSubmission | UpdateSubmission | Attempt | KeepFile

_OfSessions = KeepSession | DropSession | NoteOccurrence

Change = _OfJobs | _OfSessions | KeepAsset | LearnLimit | KeepHook | DropHook
