"""Turns rows of the tables into the facts of the model, in one place for each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, or_, select

from batchgen.model.job import Job, Submission
from batchgen.model.status import Status
from batchgen.store.interface import Line, PastRun, Sheet
from batchgen.store.tables import files, jobs, lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, CursorResult, Row

JOB_COLUMNS = tuple(jobs.c[name] for name in Job.__dataclass_fields__)


def job_from(row: Row[Any], offset: int = 0) -> Job:
    """Read a job whose columns begin at ``offset`` in a row."""
    facts = dict(zip(Job.__dataclass_fields__, row[offset : offset + len(JOB_COLUMNS)], strict=True))
    facts["content"] = json.loads(facts["content"])
    facts["delivery"] = json.loads(facts["delivery"])
    facts["status"] = Status(facts["status"])
    return Job(**facts)


def among(statuses: Iterable[Status]) -> ColumnElement[bool]:
    """Ask for jobs in one of these states, in a form that many rows can be written with at once."""
    return or_(*(jobs.c.status == int(status) for status in sorted(statuses)))


def pk_of(result: CursorResult[Any]) -> int:
    """Give the number the database gave to the row that was just inserted."""
    key = result.inserted_primary_key
    return int(key[0]) if key else 0


def submission_from(row: Row[Any]) -> Submission:
    """Read a submission."""
    facts = {name: row._mapping[name] for name in Submission.__dataclass_fields__}  # noqa: SLF001 - its public way
    facts["jobs"] = tuple(json.loads(facts["jobs"]))
    facts["tokens"] = tuple(json.loads(facts["tokens"]))
    return Submission(**facts)


def sheet_from(row: Row[Any]) -> Sheet:
    """Read a sheet."""
    facts = {name: row._mapping[name] for name in Sheet.__dataclass_fields__}  # noqa: SLF001 - its public way
    facts["columns"] = tuple(json.loads(facts["columns"]))
    facts["kinds"] = tuple(json.loads(facts["kinds"]))
    return Sheet(**facts)


def past_run_from(row: Row[Any]) -> PastRun:
    """Read a run."""
    return PastRun(number=row.pk, sheets=tuple(json.loads(row.sheets)), api=row.api, selection=row.selection)


def select_lines(sheet: int, edition: int) -> Select[Any]:
    """Ask for a sheet's lines in order, each with its job and its saved file."""
    return _select_lines().where(lines.c.sheet == sheet, lines.c.edition == edition).order_by(lines.c.seq)


def select_lines_of(found: Iterable[int]) -> Select[Any]:
    """Ask for the lines of some jobs."""
    return _select_lines().where(lines.c.job.in_(found)).order_by(lines.c.sheet, lines.c.seq)


def _select_lines() -> Select[Any]:
    return (
        select(lines.c.row, lines.c.cells, files.c.path, files.c.size, files.c.digest, *JOB_COLUMNS)
        .join_from(lines, jobs, jobs.c.pk == lines.c.job)
        .outerjoin(files, files.c.job == jobs.c.pk)
    )


def line_from(row: Row[Any]) -> Line:
    """Read a line, its job and its file."""
    number, cells, path, size, digest = tuple[Any, ...](row)[:5]
    saved = path if size is not None else None
    return Line(row=number, cells=tuple(json.loads(cells)), job=job_from(row, 5), saved=saved, size=size, digest=digest)
