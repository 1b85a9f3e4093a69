"""What a session is expected to cost, and what a budget takes it for."""

from __future__ import annotations

import pytest

from batchgen.assembly.prices import read_prices
from batchgen.pipeline.money.length import Known, length, longest

LINE = {"text": "One two three four five six seven eight nine ten.", "type": "repeat"}


def content(*lines, **more):
    return {"avatar_id": "A", "idle_timeout": 120, "lines": list(lines), **more}


def spans(wanted):
    speech = read_prices().pick("v2", None).speech
    return (
        length("session", wanted, speech, Known()),
        longest("session", wanted, speech, Known(), blank=300.0, silent=30.0),
    )


def test_lines_that_are_repeated_take_as_long_as_they_are_spoken_and_a_little_more():
    span, most = spans(content(LINE, LINE))

    assert 6 < span.low < span.high < 60
    assert most == span.high


def test_what_is_answered_is_unknown_and_a_budget_takes_minutes_for_it():
    span, most = spans(content(LINE, {"text": "Why?", "type": "talk"}))

    assert span is None
    assert 300 < most < 400


def test_no_session_is_longer_than_it_may_be():
    span, most = spans(content(LINE, {"text": "Why?", "type": "talk"}, max_duration=45))

    assert (span, most) == (None, 45)
    assert spans(content(LINE, max_duration=3))[0].high == 3


@pytest.mark.parametrize("api", ["v2", "v3"])
def test_a_minute_costs_a_fifth_of_a_credit_in_steps_of_half_a_minute(api):
    prices = read_prices().pick(api, "credits")

    assert prices.real("session", content(LINE), Known(), 31.0) == pytest.approx(0.2, abs=1e-4)
