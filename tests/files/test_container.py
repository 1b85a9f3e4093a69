"""What counts as a whole video."""

from __future__ import annotations

import io
import struct
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchgen.files.container import check
from batchgen.files.interface import NotAVideo


def box(kind, body=b"", *, size=None):
    return struct.pack(">I4s", len(body) + 8 if size is None else size, kind) + body


FTYP, MOOV = box(b"ftyp", b"isom\0\0\0\0"), box(b"moov", b"m")


def examine(data, suffix=".mp4", content_type=""):
    check(io.BytesIO(data), size=len(data), suffix=suffix, content_type=content_type)


def test_real_videos_pass(mp4, webm):
    examine(mp4)
    examine(webm, ".webm")
    examine(mp4, ".MP4")
    examine(mp4, "", "video/mp4; codecs=avc1")
    examine(webm, "", "video/webm")
    examine(webm, ".bin", "application/octet-stream")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(FTYP + MOOV + box(b"mdat", b"x" * 9), id="plain"),
        pytest.param(FTYP + box(b"mdat", b"x") + MOOV, id="index last"),
        pytest.param(FTYP + MOOV + box(b"mdat", b"x" * 9, size=0), id="to the end"),
        pytest.param(FTYP + MOOV + box(b"mdat", struct.pack(">Q", 25) + b"x" * 9, size=1), id="64 bits"),
        pytest.param(
            FTYP + box(b"free") + MOOV + box(b"moof") + box(b"mdat") + box(b"moof") + box(b"mdat"), id="parts"
        ),
    ],
)
def test_the_ways_to_write_a_box_are_known(data):
    examine(data)


@pytest.mark.parametrize(
    ("data", "cut"),
    [
        (b"", False),
        (MOOV + FTYP + box(b"mdat"), False),
        (FTYP + MOOV, True),
        (FTYP + box(b"mdat"), True),
        (FTYP + MOOV + box(b"mdat", b"x", size=99), True),
        (FTYP + MOOV + box(b"mdat") + b"\0\0\0", True),
        (FTYP + MOOV + box(b"mdat", size=4), False),
        (FTYP + MOOV + box(b"mdat", struct.pack(">Q", 8), size=1), False),
        (FTYP + MOOV + box(b"mdat", struct.pack(">Q", 2**63), size=1), True),
    ],
)
def test_what_is_damaged_is_told_from_what_is_cut(data, cut):
    with pytest.raises(NotAVideo) as caught:
        examine(data)

    assert caught.value.cut is cut


def test_a_video_of_another_kind_is_not_what_it_claims(mp4, webm):
    with pytest.raises(NotAVideo, match="webm"):
        examine(webm)
    with pytest.raises(NotAVideo, match="mp4"):
        examine(mp4, ".webm")
    with pytest.raises(NotAVideo, match="webm"):
        examine(webm, "", "video/mp4")


def test_no_beginning_of_an_mp4_passes_for_the_whole(mp4):
    for end in range(len(mp4)):
        with pytest.raises(NotAVideo):
            examine(mp4[:end])


def test_no_beginning_of_a_webm_passes_for_the_whole(webm):
    for end in range(len(webm)):
        with pytest.raises(NotAVideo):
            examine(webm[:end], ".webm")


@settings(max_examples=200)
@given(st.binary(max_size=200), st.sampled_from([b"", FTYP, b"\x1a\x45\xdf\xa3"]))
def test_any_bytes_are_judged_and_never_a_crash(data, head):
    with suppress(NotAVideo):
        examine(head + data, "")
