"""What is read out of an offer, and what is made of one that cannot be taken up."""

from __future__ import annotations

import pytest

from batchgen.model.session import Opening
from batchgen.session.interface import MediaError
from batchgen.session.webrtc import WebRtc, _candidates, _is_at_home

SDP = (
    "v=0\r\ns=-\r\nm=audio 1 UDP 111\r\na=mid:0\r\na=candidate:1 1 udp 2 {host} 5 typ host\r\n"
    "m=video 1 UDP 97\r\na=candidate:2 1 udp 2 {host} 6 typ host\r\na=mid:1\r\n"
)


def test_each_way_is_told_with_the_medium_that_it_is_for():
    assert _candidates(SDP.format(host="10.0.0.1")) == [
        ("candidate:1 1 udp 2 10.0.0.1 5 typ host", "0"),
        ("candidate:2 1 udp 2 10.0.0.1 6 typ host", "1"),
    ]


@pytest.mark.parametrize(("host", "home"), [("127.0.0.1", True), ("::1", True), ("10.0.0.1", False)])
def test_a_server_of_this_machine_is_reached_at_home(host, home):
    assert _is_at_home(SDP.format(host=host)) is home
    assert not _is_at_home("v=0\r\n")


@pytest.mark.parametrize(
    ("opening", "problem"),
    [
        (Opening(session_id="s"), "nothing of how it is reached"),
        (Opening(session_id="s", offer="v=0\r\nm=audio nonsense\r\n"), "cannot be taken up"),
    ],
)
async def test_an_offer_that_cannot_be_taken_up_is_told_and_leaves_nothing(tmp_path, opening, problem):
    with pytest.raises(MediaError, match=problem):
        await WebRtc().join(opening, record=tmp_path / "film.mp4")

    assert not list(tmp_path.iterdir())
