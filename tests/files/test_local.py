from __future__ import annotations

import os
from hashlib import sha256

import pytest

from batchgen.files.interface import FileChanged
from batchgen.files.local import is_intact, look, media_type
from batchgen.files.pieces import pieces
from batchgen.model.errors import Unusable

MP4 = b"\0\0\0\x18ftypmp42" + b"film " * 300_000


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clips" / "tour.mp4"
    path.parent.mkdir()
    path.write_bytes(MP4)
    return path


def unknown(path):
    return None


def test_a_file_is_known_by_what_it_holds(clip, tmp_path):
    copy = tmp_path / "other name.bin"
    copy.write_bytes(MP4)

    found, other = look("clips/tour.mp4", tmp_path, known=unknown), look(str(copy), tmp_path, known=unknown)

    assert (found.path, found.size, found.media_type) == (str(clip), len(MP4), "video/mp4")
    assert found.sha256 == other.sha256 == sha256(MP4).hexdigest()


def test_a_digest_is_trusted_while_size_and_time_of_change_are_what_they_were(clip, tmp_path):
    found = look("clips/tour.mp4", tmp_path, known=unknown)
    time = clip.stat().st_mtime_ns

    clip.write_bytes(MP4[::-1])
    os.utime(clip, ns=(time, time))
    trusted = look("clips/tour.mp4", tmp_path, known=lambda _: found)
    os.utime(clip, ns=(time + 1, time + 1))
    clip.write_bytes(MP4[:-1] + b"x")
    read = look("clips/tour.mp4", tmp_path, known=lambda _: found)

    assert trusted is found
    assert read.sha256 == sha256(MP4[:-1] + b"x").hexdigest()
    assert is_intact(read)
    assert not is_intact(found)


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("clips/Über uns.mp4", "clips/U\u0308ber uns.mp4"),
        ("clips/U\u0308ber uns.mp4", "clips/Über uns.mp4"),
        (r"clips\tour.mp4", "clips/tour.mp4"),
        (r".\clips\Über uns.mp4", "clips/U\u0308ber uns.mp4"),
    ],
)
def test_a_path_is_found_as_another_system_spells_it(clip, tmp_path, written, named):
    (tmp_path / named).write_bytes(MP4)

    assert look(written, tmp_path, known=unknown).path == str(tmp_path / named)


def test_a_path_as_it_is_written_comes_first(clip, tmp_path):
    for name in ("Über.mp4", "U\u0308ber.mp4"):
        (tmp_path / name).write_bytes(MP4 + name.encode())

    assert look("U\u0308ber.mp4", tmp_path, known=unknown).path == str(tmp_path / "U\u0308ber.mp4")


@pytest.mark.parametrize(
    ("path", "problem", "remedy"),
    [
        ("gone.mp4", "There is no file {folder}/gone.mp4.", "A path is read from the folder of the manifest."),
        ("/nowhere/gone.mp4", "There is no file /nowhere/gone.mp4.", "Check the path."),
        ("clips", "{folder}/clips is a folder.", "Name one file in it."),
        ("empty.mp4", "{folder}/empty.mp4 is empty.", "Name a file that something is in."),
        ("a\0b", "{folder}/a\0b cannot be read ", "Check the disk and the path."),
        ("clips/tour.mp4/x", "{folder}/clips/tour.mp4/x cannot be read ", "Check the disk and the path."),
    ],
)
def test_what_cannot_be_used_is_told_with_what_to_do(clip, tmp_path, path, problem, remedy):
    (tmp_path / "empty.mp4").touch()

    with pytest.raises(Unusable) as wrong:
        look(path, tmp_path, known=unknown)

    assert wrong.value.problem.startswith(problem.format(folder=tmp_path))
    assert wrong.value.remedy == remedy


def test_a_pipe_is_no_file_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(Unusable, match="is no file"):
        look("pipe", tmp_path, known=unknown)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x18ftypisom", "video/mp4"),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        (b"\0\0\0\x14ftypM4A ", "audio/mp4"),
        (b"\x1aE\xdf\xa3", "video/webm"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF....WAVEfmt ", "audio/wav"),
        (b"RIFF....WEBPVP8 ", "image/webp"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90\x44", "audio/mpeg"),
        (b"\xef\xbb\xbf1\r\n00:00:01,000 --> 00:00:02,000\r\n", "application/x-subrip"),
        (b"title,url\n", ""),
        (b"", ""),
    ],
)
def test_a_file_is_what_its_bytes_say(head, kind):
    assert media_type(head) == kind


async def test_a_file_is_read_piece_by_piece_and_told_how_far(clip, tmp_path):
    told = []

    read = [piece async for piece in pieces(look(str(clip), tmp_path, known=unknown), told.append)]

    assert b"".join(read) == MP4
    assert len(read) > 1
    assert told == sorted(told)
    assert told[-1] == len(MP4)


@pytest.mark.parametrize(
    "change", [MP4[:-1] + b"x", MP4[:100], MP4 + b"more"], ids=["same length", "shorter", "longer"]
)
async def test_a_file_that_changed_meanwhile_is_never_sent_whole(clip, tmp_path, change):
    file = look(str(clip), tmp_path, known=unknown)
    clip.write_bytes(change)
    sent = [0]

    with pytest.raises(FileChanged):
        [piece async for piece in pieces(file, sent.append)]

    assert max(sent) < len(MP4)


async def test_a_file_that_is_gone_meanwhile_is_told_so(clip, tmp_path):
    file = look(str(clip), tmp_path, known=unknown)
    clip.unlink()

    with pytest.raises(FileChanged, match="is gone, or has changed"):
        [piece async for piece in pieces(file, lambda _: None)]


@pytest.mark.timeout(30)
def test_what_is_too_large_or_of_another_sort_is_refused_before_all_of_it_is_read(clip):
    os.truncate(clip, 2**40)  # A terabyte, most of it a hole: reading it takes minutes at the least.

    def check(file):
        raise Unusable(f"{file.media_type}, {file.size} bytes", "")

    with pytest.raises(Unusable) as refused:
        look("tour.mp4", clip.parent, known=unknown, check=check)

    assert refused.value.problem == f"video/mp4, {2**40} bytes"
