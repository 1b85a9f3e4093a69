"""Rows of a list that carry a token, and whether they are the job that it names."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from batchgen.heygen import DIALECTS
from batchgen.model.exchange import Page, Progress, Stage
from batchgen.model.job import Job
from batchgen.model.naming import token
from batchgen.model.status import Status
from batchgen.pipeline.options import Options
from batchgen.pipeline.watching.lists import Lists
from batchgen.pipeline.watching.marks import READ_BACK_S, certain, marks

NOW = 1_790_000_000.0
JOB = Job(
    pk=1, id="abcdefghijklmnop", kind="translation", content={}, delivery={}, language=None, file=None,
    status=Status.RENDERING, batch_id="batch-1", submitted_at=NOW,
)  # fmt: skip
MARK = token(JOB.id, JOB.round)


def row(remote_id="ours", **facts):
    return Progress(**{"stage": Stage.READY, "remote_id": remote_id, "callback_id": MARK, "created_at": NOW} | facts)


def found(*rows):
    return list(certain(rows, {MARK: JOB}).values())


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


def test_of_two_rows_with_one_token_neither_is_certain_and_the_newest_stands_first():
    new, old = row("new"), row("old")

    assert found(new, old) == []
    assert marks([new, old]) == {MARK: new}


def test_a_row_that_carries_the_token_twice_is_still_one_row():
    assert found(row(title=f"A film · {MARK}")) == found(row(), row()) == [JOB]


def test_a_row_that_carries_the_tokens_of_two_jobs_is_certainly_neither():
    other = JOB._replace(pk=2, id="ponmlkjihgfedcba")
    theirs = token(other.id, other.round)

    assert certain([row(title=f"A film · {theirs}")], {MARK: JOB, theirs: other}) == {}


@pytest.mark.parametrize(("owners", "told"), [({}, [JOB]), ({"ours": 7}, [])], ids=["nobody's", "another job's"])
def test_a_row_that_another_job_has_is_not_taken_from_it(owners, told):
    async def read(_request, _understand, **_more):
        return Page(rows=(row(),))

    async def names():
        return [job async for jobs, _ in Lists(run).pages([JOB], most=1) for job in jobs]

    store = SimpleNamespace(owners=lambda _: owners, rendering_as=lambda _run, _ids: [])
    board, caller = SimpleNamespace(begun=1), SimpleNamespace(read=read)
    run = SimpleNamespace(
        dialects=DIALECTS, options=Options(api="v3"), store=store, caller=caller, board=board, number=1
    )

    assert asyncio.run(names()) == told
