"""Tokens, as rows of the account's lists carry them: in a title or in a callback id. Pure.

A token names one purchase of a job. Another row may carry it all the same: where the state file was lost and its sheet
run again, or where a server bought something twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.naming import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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


def certain(rows: Iterable[Progress], sought: Mapping[str, Job]) -> dict[str, Job]:
    """Give, by their ids, those of accepted jobs without one whose id a single row tells, and tells of nobody else.

    ``sought`` are the jobs by their tokens.
    """
    found: dict[str, dict[str, Progress]] = {}
    for mark, row in _each(rows):
        if row.remote_id and mark in sought:
            found.setdefault(mark, {})[row.remote_id] = row
    claims: dict[str, list[Job]] = {}
    for mark, told in found.items():
        for remote_id, row in told.items():
            if len(told) == 1 and _may_be(row, sought[mark]):
                claims.setdefault(remote_id, []).append(sought[mark])
    return {remote_id: jobs[0] for remote_id, jobs in claims.items() if len(jobs) == 1}


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
