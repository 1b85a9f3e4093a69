"""Downloads to disks that will not take them."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
from contextlib import contextmanager, suppress

import pytest

from batchgen.files.download import download
from batchgen.files.interface import DownloadFailed
from batchgen.model.errors import DiskError


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO, errno.EFBIG])
async def test_a_disk_that_will_not_is_told_in_a_sentence(server, web, target, monkeypatch, number):
    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("batchgen.files.disk.os.write", refuse)

    with pytest.raises(DiskError, match=r"clip\.mp4\.part: .* [Cc]hoose another|Check the folder"):
        await download(web, server.url(), to=target)


@pytest.fixture
def tiny_disk(tmp_path):
    here = tmp_path / "disk"
    here.mkdir()
    mount = shutil.which("mount")
    if (
        mount is None
        or subprocess.run(
            [mount, "-t", "tmpfs", "-o", "size=1m", "none", here], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("a small disk may not be mounted here")
    yield here
    subprocess.run(["umount", "-l", here], check=True)


async def test_a_disk_that_is_really_full_is_told_and_gets_its_room_back(server, web, tiny_disk, mp4):
    server.content = mp4 + box_of(2_000_000)

    with pytest.raises(DiskError, match="the disk is full"):
        await download(web, server.url(), to=tiny_disk / "clip.mp4")
    assert not (tiny_disk / "clip.mp4").exists()

    server.content, server.etag = mp4, '"two"'
    await download(web, server.url(), to=tiny_disk / "clip.mp4")

    assert [path.name for path in tiny_disk.iterdir()] == ["clip.mp4"]


async def test_a_disk_without_room_says_so_with_the_first_bytes(server, web, tiny_disk, mp4):
    server.plan = [{"headers": {"Content-Length": "2000000"}, "body": mp4[:100], "stall": True}]

    with pytest.raises(DiskError, match="the disk is full"):
        await download(web, server.url(), to=tiny_disk / "clip.mp4")

    assert list(tiny_disk.iterdir()) == []


async def test_what_came_before_the_disk_was_full_is_gone_on_from(server, web, tiny_disk, mp4):
    server.plan = [{"cut": 300}]
    with pytest.raises(DownloadFailed):
        await download(web, server.url(), to=tiny_disk / "clip.mp4")
    (tiny_disk / "other").write_bytes(bytes(1024**2 - 2 * 4096))
    with pytest.raises(DiskError, match="the disk is full"):
        await download(web, server.url(), to=tiny_disk / "clip.mp4")
    (tiny_disk / "other").unlink()

    await download(web, server.url(), to=tiny_disk / "clip.mp4")

    assert server.seen[-1]["range"] == "bytes=300-"
    assert (tiny_disk / "clip.mp4").read_bytes() == mp4


async def test_a_disk_that_cannot_be_asked_for_room_takes_the_video_all_the_same(server, web, target, mp4, monkeypatch):
    def refuse(file, start, length):
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    monkeypatch.setattr("batchgen.files.disk.os.posix_fallocate", refuse)

    await download(web, server.url(), to=target)

    assert target.read_bytes() == mp4


def box_of(size):
    return size.to_bytes(4, "big") + b"free" + bytes(size - 8)


@contextmanager
def no_file_over(size):
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, handler)


async def test_a_disk_that_takes_only_a_piece_is_noticed_and_later_gone_on_from(server, web, target, mp4):
    server.plan = [{"chunked": True}]  # Nobody tells how long it is, so no room is asked for.
    with no_file_over(600), pytest.raises(DiskError, match="larger than may be written"):
        await download(web, server.url(), to=target)
    assert not target.exists()

    await download(web, server.url(), to=target)

    assert target.read_bytes() == mp4


async def test_a_folder_that_cannot_be_made_is_told(server, web, tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(DiskError):
        await download(web, server.url(), to=tmp_path / "file" / "clip.mp4")


async def test_a_name_that_is_the_folder_of_other_videos_is_told_with_the_way_out(server, web, target):
    (target / "other").mkdir(parents=True)

    with pytest.raises(DiskError, match=r"clip\.mp4: this is a folder.*another name"):
        await download(web, server.url(), to=target)


async def test_a_limit_of_open_files_is_told_and_no_other_folder_asked_for(server, web, target):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = []
    await download(web, server.url(), to=target.with_name("first.mp4"))  # Its connection is kept, and needs none anew.
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
    try:
        with suppress(OSError):
            while len(taken) < 64:
                taken.append(os.dup(0))
        with pytest.raises(DiskError, match=r"may have no more files and connections open.*ulimit"):
            await download(web, server.url(), to=target)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for number in taken:
            os.close(number)


async def test_a_symbolic_link_in_the_parts_place_is_not_followed(server, web, target, tmp_path):
    target.parent.mkdir()
    (tmp_path / "precious").write_text("mine")
    (target.parent / "clip.mp4.part").symlink_to(tmp_path / "precious")

    with pytest.raises(DiskError):
        await download(web, server.url(), to=target)

    assert (tmp_path / "precious").read_text() == "mine"
