"""How an account's limits are said to a person."""

import pytest

from batchgen.cli.limit_words import limit_words


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("v3.concurrency", 1.0, "1 video at once"),
        ("v3.concurrency", 2000.0, "2,000 videos at once"),
        ("sessions.concurrency", 1.0, "1 session at once"),
        ("sessions.concurrency", 3.0, "3 sessions at once"),
        ("v3.rate", 1 / 60, "about 1 request a minute of any sort"),
        ("v2.rate.creating", 0.5, "about 30 requests a minute that order a video"),
        ("v2.rate.creating", 5.0, "about 5.0 requests a second that order a video"),
        ("v3.rate", 0.0, None),
        ("v3.render.middle", 30.0, None),
    ],
)
def test_a_limit_is_said_in_a_number_that_one_can_picture(name, value, said):
    assert limit_words(name, value) == said
