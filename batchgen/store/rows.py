"""Turns rows of the tables into the facts of the model, in one place for each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from batchgen.model.job import Job, Submission, job_of
from batchgen.model.media import Asset, AssetState, LocalFile
from batchgen.model.session import SAID, Occurrence, OpenSession
from batchgen.model.spending import Outlay
from batchgen.model.status import Status
from batchgen.model.webhook import Hook
from batchgen.store.interface import VIDEO, KeepFile, Line, PastRun, Standing, Unsent
from batchgen.store.tables import (
    assets,
    files,
    hooks,
    jobs,
    lines,
    local_files,
    occurrences,
    open_sessions,
    submissions,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, CursorResult, Row, Select

#: A list of paths that has none.
_NONE = "[]"

JOB_COLUMNS = tuple(jobs.c[name] for name in Job.__dataclass_fields__)
SUBMISSION_COLUMNS = tuple(submissions.c[name] for name in Submission.__dataclass_fields__)
FILE_COLUMNS = tuple(files.c[name] for name in KeepFile.__dataclass_fields__)
ASSET_COLUMNS = tuple(assets.c[name] for name in Asset.__dataclass_fields__)
LOCAL_FILE_COLUMNS = tuple(local_files.c[name] for name in LocalFile.__dataclass_fields__)
SESSION_COLUMNS = tuple(open_sessions.c[name] for name in OpenSession.__dataclass_fields__)
OCCURRENCE_COLUMNS = tuple(occurrences.c[name] for name in Occurrence.__dataclass_fields__)
HOOK_COLUMNS = tuple(hooks.c[name] for name in Hook.__dataclass_fields__)

_decode = json.JSONDecoder().raw_decode
_STATUSES = tuple(Status)


def _read(text: str) -> Any:
    """Do as ``json.loads``, without asking each time what it is given: the store wrote it."""
    return _decode(text)[0]


_JOB = tuple(Job.__dataclass_fields__)
#: What is written in another way than the model has it.
_CONTENT, _DELIVERY, _STATUS, _SOLO, _ASSETS = map(_JOB.index, ("content", "delivery", "status", "solo", "assets"))


def job_from(row: Sequence[Any]) -> Job:
    """Read a job: the last columns of a row."""
    facts = list(row[-len(_JOB) :])
    facts[_CONTENT] = _read(facts[_CONTENT])
    facts[_DELIVERY] = _read(facts[_DELIVERY])
    facts[_STATUS] = _STATUSES[facts[_STATUS]]
    facts[_SOLO] = facts[_SOLO] == 1
    if facts[_ASSETS] is not None:
        facts[_ASSETS] = _read(facts[_ASSETS])
    return job_of(facts)


def among(statuses: Iterable[Status]) -> ColumnElement[bool]:
    """Ask for jobs in one of these states, in a form that many rows can be written with at once."""
    return or_(*(jobs.c.status == int(status) for status in sorted(statuses)))


def pk_of(result: CursorResult[Any]) -> int:
    """Give the number the database gave to the row that was just inserted."""
    key = result.inserted_primary_key
    return int(key[0]) if key else 0


def submission_from(row: Sequence[Any]) -> Submission:
    """Read a submission."""
    facts = dict(zip(Submission.__dataclass_fields__, row, strict=True))
    facts["jobs"] = tuple(json.loads(facts["jobs"]))
    facts["tokens"] = tuple(json.loads(facts["tokens"]))
    facts["batched"] = bool(facts["batched"])
    return Submission(**facts)


def asset_from(row: Sequence[Any]) -> Asset:
    """Read an asset."""
    facts = dict(zip(Asset.__dataclass_fields__, row, strict=True))
    return Asset(**facts | {"state": AssetState(facts["state"])})


def local_file_from(row: Sequence[Any]) -> LocalFile:
    """Read what was found at a path."""
    return LocalFile(**dict(zip(LocalFile.__dataclass_fields__, row, strict=True)))


def file_from(row: Sequence[Any]) -> KeepFile:
    """Read a file."""
    return KeepFile(**dict(zip(KeepFile.__dataclass_fields__, row, strict=True)))


def hook_from(row: Sequence[Any]) -> Hook:
    """Read a webhook endpoint."""
    return Hook(**dict(zip(Hook.__dataclass_fields__, row, strict=True)))


def open_session_from(row: Sequence[Any]) -> OpenSession:
    """Read a session that may be open."""
    return OpenSession(**dict(zip(OpenSession.__dataclass_fields__, row, strict=True)))


def occurrence_from(row: Sequence[Any]) -> Occurrence:
    """Read something that happened in a session."""
    return Occurrence(**dict(zip(Occurrence.__dataclass_fields__, row, strict=True)))


def standing_from(row: Sequence[Any]) -> Standing:
    """Read how a line stands."""
    number, pk, job_id, kind, language, status, round_, run, error = row
    return Standing(number, pk, job_id, kind, language, _STATUSES[status], round_ > 0, run, error)


def unsent_from(row: Sequence[Any]) -> Unsent:
    """Read what a price depends on."""
    pk, job_id, kind, content, length_s = row
    return Unsent(pk, job_id, kind, _read(content), length_s)


def past_run_from(row: Row[Any]) -> PastRun:
    """Read a run."""
    return PastRun(number=row.pk, sheets=tuple(json.loads(row.sheets)), api=row.api, selection=row.selection)


def outlay_from(row: Sequence[Any]) -> Outlay:
    """Read a sum of estimates and costs."""
    facts: dict[str, Any] = {name: value or 0 for name, value in zip(Outlay.__dataclass_fields__, row, strict=True)}
    return Outlay(**facts)


_LINE_COLUMNS = (lines.c.row, lines.c.cells, files.c.path, files.c.size, files.c.digest)


def select_lines() -> Select[Any]:
    """Ask for lines, each with its job and its saved file."""
    return (
        select(*_LINE_COLUMNS, _captions(), _transcript(), *JOB_COLUMNS)
        .join_from(lines, jobs, jobs.c.pk == lines.c.job)
        .outerjoin(files, and_(files.c.job == jobs.c.pk, files.c.role == VIDEO))
    )


def _captions() -> ColumnElement[Any]:
    """Ask for the paths of a job's captions as one list: a line stays one row, whatever was saved for it."""
    beside = files.alias("captions")
    saved = (beside.c.job == jobs.c.pk, beside.c.role != VIDEO, beside.c.size.is_not(None))
    return select(func.json_group_array(beside.c.path)).where(*saved).correlate(jobs).scalar_subquery()


def _transcript() -> ColumnElement[Any]:
    """Ask for what was said in a job's session as one list; a job that is none has none, and costs one seek."""
    said = (occurrences.c.job == jobs.c.pk, occurrences.c.round == jobs.c.round, occurrences.c.what == SAID)
    each = func.json_array(occurrences.c.pk, occurrences.c.text)
    return select(func.json_group_array(each)).where(*said).correlate(jobs).scalar_subquery()


def line_from(row: Sequence[Any]) -> Line:
    """Read a line, its job and its file."""
    number, cells, path, size, digest, captions, said = row[:7]
    return Line(
        row=number,
        cells=tuple(_read(cells)),
        job=job_from(row),
        saved=path if size is not None else None,
        size=size,
        digest=digest,
        captions=() if captions == _NONE else tuple(sorted(json.loads(captions))),
        transcript=None if said == _NONE else "\n".join(_words(said)),
    )


def _words(said: str) -> list[str]:
    # SQLite nests what is JSON already; other databases may hand it over as a text in the list.
    rows = [json.loads(one) if isinstance(one, str) else one for one in json.loads(said)]
    return [text for _, text in sorted(rows)]
