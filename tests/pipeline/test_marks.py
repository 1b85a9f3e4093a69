"""Rows of a list that carry a token, and whether they are the job that it names."""

from __future__ import annotations

import pytest

from batchgen.model.exchange import Progress, Stage
from batchgen.model.job import Job, token
from batchgen.model.status import Status
from batchgen.pipeline.watching.marks import READ_BACK_S, certain, marks

NOW = 1_790_000_000.0
JOB = Job(
    pk=1, id="abcdefghijklmnop", kind="translation", content={}, delivery={}, language=None, file=None,
    status=Status.RENDERING, batch_id="batch-1", submitted_at=NOW,
)  # fmt: skip
MARK = token(JOB.id, JOB.round)


def row(remote_id="ours", **facts):
    return Progress(**{"stage": Stage.READY, "remote_id": remote_id, "callback_id": MARK, "created_at": NOW} | facts)


def found(*rows, known=()):
    return list(certain(rows, [JOB], known))


def test_a_row_that_carries_the_token_of_an_accepted_job_is_that_job():
    assert found(row()) == found(row(callback_id=None, title=f"A film · {MARK}")) == [JOB]
    assert found(row(created_at=None)) == found(row(batch_id="batch-1")) == [JOB]


@pytest.mark.parametrize(
    "stranger",
    [
        row(created_at=NOW - READ_BACK_S - 1),
        row(batch_id="batch-0"),
        row(remote_id=None),
        row(callback_id=token(JOB.id, 1)),
        row(callback_id="somebody's"),
    ],
    ids=["bought before", "of another batch", "without an id", "of another round", "without the token"],
)
def test_a_row_that_may_be_another_purchase_is_none_of_ours(stranger):
    assert found(stranger) == []


def test_a_row_that_another_job_has_is_not_taken_from_it():
    assert found(row(), known={"ours": 7}) == []


def test_of_two_rows_with_one_token_neither_is_certain_and_the_newest_stands_first():
    new, old = row("new"), row("old")

    assert found(new, old) == []
    assert marks([new, old]) == {MARK: new}
