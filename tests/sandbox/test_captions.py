"""Captions of the sandbox say what its films show, for as long as they last."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchgen.sandbox import captions
from batchgen.sandbox.film_spec import FilmSpec


@given(st.lists(st.text("ab c", max_size=200), max_size=4), st.floats(0.5, 5000))
def test_cues_follow_one_another_to_the_end_of_the_film_and_say_all_of_it(lines, seconds):
    film = FilmSpec(headline="x", lines=tuple(lines), seconds=seconds)

    cues = captions.cues(film)

    assert "".join(text for *_, text in cues).replace(" ", "") == "".join(lines).replace(" ", "")
    assert [one[0] for one in cues] == [0.0, *(one[1] for one in cues)][: len(cues)]
    assert all(start < end for start, end, _ in cues)
    assert not cues or cues[-1][1] == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("ending", "line"),
    [
        ("srt", "2\n00:00:01,500 --> 01:00:03,000\nb"),
        ("vtt", "00:00:01.500 --> 01:00:03.000\nb"),
        ("ass", "Dialogue: 0,0:00:01.50,1:00:03.00,Default,,0,0,0,,b"),
    ],
)
def test_each_kind_is_written_as_players_read_it(ending, line, monkeypatch):
    monkeypatch.setattr(captions, "cues", lambda _: [(0.0, 1.5, "a"), (1.5, 3603.0, "b")])

    text = captions.write(FilmSpec(headline="x"), ending)

    assert line in text
    assert text.endswith("\n")
    assert (ending == "vtt") == bool(re.match("WEBVTT\n\n", text))
