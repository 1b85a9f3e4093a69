"""Turns rows of the tables into jobs and submissions, which many questions ask for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from batchgen.model.job import Job, Submission
from batchgen.model.session import Occurrence
from batchgen.model.status import Status
from batchgen.store.tables import jobs, occurrences, submissions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import CursorResult

JOB_COLUMNS = tuple(jobs.c[name] for name in Job._fields)
SUBMISSION_COLUMNS = tuple(submissions.c[name] for name in Submission.__dataclass_fields__)
OCCURRENCE_COLUMNS = tuple(occurrences.c[name] for name in Occurrence.__dataclass_fields__)

_decode = json.JSONDecoder().raw_decode
STATUSES = tuple(Status)


def read(text: str) -> Any:
    """Do as ``json.loads``, without asking each time what it is given: the store wrote it."""
    return _decode(text)[0]


#: What is written in another way than the model has it.
_CONTENT, _DELIVERY = Job._fields.index("content"), Job._fields.index("delivery")
_STATUS, _SOLO, _ASSETS = Job._fields.index("status"), Job._fields.index("solo"), Job._fields.index("assets")


def job_from(row: Sequence[Any]) -> Job:
    """Read a job: the last columns of a row."""
    facts = list(row[-len(Job._fields) :])
    facts[_CONTENT] = read(facts[_CONTENT])
    facts[_DELIVERY] = read(facts[_DELIVERY])
    facts[_STATUS] = STATUSES[facts[_STATUS]]
    facts[_SOLO] = facts[_SOLO] == 1
    if facts[_ASSETS] is not None:
        facts[_ASSETS] = read(facts[_ASSETS])
    return Job._make(facts)


def submission_from(row: Sequence[Any]) -> Submission:
    """Read a submission."""
    facts = dict(zip(Submission.__dataclass_fields__, row, strict=True))
    facts["jobs"] = tuple(json.loads(facts["jobs"]))
    facts["tokens"] = tuple(json.loads(facts["tokens"]))
    facts["batched"] = bool(facts["batched"])
    return Submission(**facts)


def occurrence_from(row: Sequence[Any]) -> Occurrence:
    """Read something that happened in a session."""
    return Occurrence(**dict(zip(Occurrence.__dataclass_fields__, row, strict=True)))


def pk_of(result: CursorResult[Any]) -> int:
    """Give the number the database gave to the row that was just inserted."""
    key = result.inserted_primary_key
    return int(key[0]) if key else 0
