"""Which of the agent's sessions are those whose reply was lost, and beside which nothing is proved."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from batchgen.model.exchange import Progress, Stage
from batchgen.model.job import Job, Submission
from batchgen.model.status import Status
from batchgen.pipeline.reconciling.locate_prompt import find_prompts, unclear
from batchgen.pipeline.reconciling.locate_session import may_be
from batchgen.pipeline.reconciling.search import Search


def told(name, prompt, *, at=1000.0):
    return Progress(stage=Stage.WORKING, batch_id=name, prompt=prompt, created_at=at)


def job(prompt):
    return Job(
        pk=1, id="j", kind="agent", content={"prompt": prompt}, delivery={}, language=None, file=None, status=Status.UNSURE,
    )  # fmt: skip


def lost(pk=7, at=1000.0):
    return Submission(
        pk=pk, api="v3", kind="agent", jobs=("j",), tokens=("t",), key="k", batched=False, body_digest="", created_at=at, unsure_since=at + 5,
    )  # fmt: skip


BEES, CATS = told("s1", "A film about bees."), told("s2", "Cats.")


def test_a_session_that_was_asked_the_same_is_the_lost_one():
    assert find_prompts([CATS, BEES], {"t": job("A film  about bees.\n")}) == {"t": BEES}


@pytest.mark.parametrize(
    ("sessions", "missing"),
    [
        ([BEES], {"t": job("A film about cats.")}),
        ([told("s1", None)], {"t": job("A film about bees.")}),
        ([BEES, told("s3", BEES.prompt)], {"t": job(BEES.prompt)}),
        ([BEES], {"t": job(BEES.prompt), "u": job(BEES.prompt)}),
    ],
    ids=["another prompt", "no prompt", "two sessions", "two jobs"],
)
def test_what_cannot_be_told_apart_is_not_guessed(sessions, missing):
    assert find_prompts(sessions, missing) == {}


@pytest.mark.parametrize(
    ("at", "fits"), [(None, True), (1000.0, True), (1064.0, True), (900.0, False), (1100.0, False)]
)
def test_only_sessions_of_that_time_are_looked_at(at, fits):
    assert may_be(told("s", "x", at=at), lost()) is fits


def test_beside_a_session_that_nobody_knows_nothing_of_its_time_is_absent():
    now, later = lost(7), lost(8, at=9000.0)

    assert unclear([CATS], {}, [now, later]) == {7}
    assert unclear([CATS], {"t": CATS}, [now, later]) == set()


@pytest.mark.parametrize(("sending", "doubted"), [("Cats.", False), ("Dogs.", True)])
async def test_what_is_just_being_sent_may_be_in_the_list_and_is_no_stranger(sending, doubted):
    async def pages(*_):
        yield [BEES, CATS]

    async def opened(_dialect, _kind, name):
        return {"s1": BEES, "s2": CATS}[name]

    other = job(sending)._replace(id="other", status=Status.SENDING)
    states = {Status.SENDING: [other], Status.UNSURE: []}
    store = SimpleNamespace(owners=lambda _: {}, in_state=lambda _run, status, _limit: states[status])
    search = Search(SimpleNamespace(number=1, store=store))
    search._pages, search._opened = pages, opened

    ducks = await search._by_prompt(None, "agent", [lost()], {"t": job("Ducks.")})
    bees = await search._by_prompt(None, "agent", [lost()], {"t": job("A film about bees.")})

    assert (ducks.rows, bool(ducks.doubts)) == ({}, True)
    assert (bees.rows, bool(bees.doubts)) == ({"t": BEES}, doubted)
