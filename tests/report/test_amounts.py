"""Amounts in words."""

import pytest

from batchgen.report.amounts import amount, between


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1.0, "credits", "1 credit"),
        (0.0, "credits", "0 credits"),
        (1.5, "credits", "1.5 credits"),
        (0.999, "credits", "1 credit"),
        (12345.6, "credits", "12,346 credits"),
        (1.0, "usd", "1 USD"),
    ],
)
def test_one_is_written_as_one(value, unit, words):
    assert amount(value, unit) == words


def test_a_range_is_of_several_unless_its_ends_are_the_same():
    assert between(0.5, 2.0, "credits") == "0.5 to 2 credits"
    assert between(1.0, 1.0, "credits") == "1 credit"
