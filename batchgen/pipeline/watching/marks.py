"""Tokens, as rows of the account's lists carry them: in a title or in a callback id. Pure.

A token names one purchase of a job. Another row may carry it all the same: where the state file was lost and its sheet
run again, or where a server bought something twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.job import TOKEN, token

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from batchgen.model.exchange import Progress
    from batchgen.model.job import Job

#: Seconds before a submission from which on a row may be its job, since the server's times may differ from ours.
READ_BACK_S = 3600.0


def marks(rows: Iterable[Progress]) -> dict[str, Progress]:
    """Give the rows of a list by the tokens that they carry; of several with the same, the first, and so the newest."""
    found: dict[str, Progress] = {}
    for mark, row in _each(rows):
        found.setdefault(mark, row)
    return found


def certain(rows: Sequence[Progress], jobs: Iterable[Job], known: Container[str]) -> Iterator[Job]:
    """Give those of accepted jobs without an id of which one row alone, and nobody else's, tells the id.

    ``known`` are ids that belong to other jobs.
    """
    found: dict[str, list[Progress]] = {}
    for mark, row in _each(rows):
        found.setdefault(mark, []).append(row)
    for job in jobs:
        match found.get(token(job.id, job.round)):
            case [row] if row.remote_id not in known and _may_be(row, job):
                yield job


def _each(rows: Iterable[Progress]) -> Iterator[tuple[str, Progress]]:
    for row in rows:
        if row.remote_id:
            for mark in TOKEN.findall(f"{row.callback_id or ''} {row.title or ''}"):
                yield mark, row


def _may_be(row: Progress, job: Job) -> bool:
    """Whether nothing else that a row tells speaks against its being a job that was accepted."""
    other_batch = row.batch_id and job.batch_id and row.batch_id != job.batch_id
    older = row.created_at and job.submitted_at and row.created_at < job.submitted_at - READ_BACK_S
    return not (other_batch or older)
