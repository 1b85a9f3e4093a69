"""An id is one request's: the same in the reply to another one is no answer to that."""

from __future__ import annotations

from batchgen.model.exchange import Accepted, NoAnswer, Refused
from batchgen.model.job import Submission
from batchgen.pipeline.sending import given
from batchgen.pipeline.sending.given import Given


def sent(pk):
    return Submission(
        pk=pk, api="v3", kind="video", jobs=("j",), tokens=("bg2345abcdef",), key=f"k{pk}", batched=False,
        body_digest="", created_at=0.0,
    )  # fmt: skip


VIDEO, BATCH = Accepted(remote_ids=("a",)), Accepted(batch_id="b")


def test_an_id_that_another_request_was_given_is_no_answer():
    ids = Given()

    assert [ids.checked(sent(1), VIDEO), ids.checked(sent(2), BATCH)] == [VIDEO, BATCH]
    assert isinstance(ids.checked(sent(3), VIDEO), NoAnswer)
    assert isinstance(ids.checked(sent(4), BATCH), NoAnswer)


def test_a_request_that_is_sent_again_may_be_given_its_own_id_again():
    ids = Given()

    assert [ids.checked(sent(1), VIDEO), ids.checked(sent(1), VIDEO)] == [VIDEO, VIDEO]


def test_two_equal_refusals_are_two_refusals():
    refused = Refused(code="invalid_parameter", message="no such voice")
    ids = Given()

    assert [ids.checked(sent(1), refused), ids.checked(sent(2), refused)] == [refused, refused]


def test_what_is_remembered_does_not_grow_with_a_run(monkeypatch):
    monkeypatch.setattr(given, "_KEPT", 3)
    ids = Given()
    for number in range(10):
        ids.checked(sent(number), Accepted(remote_ids=(str(number),)))

    assert len(ids._given) == 3
    assert isinstance(ids.checked(sent(99), Accepted(remote_ids=("9",))), NoAnswer)
