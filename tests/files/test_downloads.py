"""The loop that downloads are made in, beside the one that serves all else."""

from __future__ import annotations

import asyncio
import gc
import os
import threading

import pytest

from batchgen.files import disk
from batchgen.files.downloads import downloads
from batchgen.files.interface import DownloadFailed, LinkExpired
from batchgen.model.errors import DiskError
from tests.files.conftest import until


async def test_a_disk_that_hangs_holds_up_nothing_but_downloads(server, target, mp4, monkeypatch):
    write, hung, goes_on = disk.write, threading.Event(), threading.Event()

    def hang(file, piece):
        hung.set()
        goes_on.wait(30)
        write(file, piece)

    monkeypatch.setattr(disk, "write", hang)
    async with downloads() as download:
        saving = asyncio.create_task(download(server.url(), to=target))
        await until(hung.is_set)  # In this loop, which goes on meanwhile.
        held = not saving.done()
        goes_on.set()
        await saving

    assert held
    assert target.read_bytes() == mp4


async def test_what_is_under_way_at_the_end_is_gone_on_from_later(server, target, mp4):
    server.plan = [{"cut": 700, "stall": True}]
    part = target.with_name("clip.mp4.part")
    async with downloads() as download:
        saving = asyncio.create_task(download(server.url(), to=target))
        await until(lambda: part.read_bytes()[:700] == mp4[:700])
    with pytest.raises(asyncio.CancelledError):
        await saving

    async with downloads() as download:
        await download(server.url(), to=target)

    assert server.seen[1]["range"] == "bytes=700-"
    assert target.read_bytes() == mp4


async def test_a_download_that_nobody_waits_for_any_more_is_left_as_it_is(server, target, mp4):
    server.plan = [{"cut": 700, "stall": True}]
    mark = target.with_name("clip.mp4.part.etag")
    async with downloads() as download:
        saving = asyncio.create_task(download(server.url(), to=target))
        await until(target.with_name("clip.mp4.part").exists)
        saving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await saving
        await until(mark.exists)
        await download(server.url(), to=target)

    assert target.read_bytes() == mp4


async def test_who_gives_up_while_the_loop_opens_hears_of_nothing_that_went_wrong():
    wrong = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: wrong.append(context))

    async def hold():
        async with downloads():
            await asyncio.Event().wait()

    for moments in range(20):
        holding = asyncio.create_task(hold())
        for _ in range(moments):
            await asyncio.sleep(0)
        holding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await holding
        gc.collect()
        await asyncio.sleep(0)

    assert not wrong


async def test_what_goes_wrong_is_told_to_whoever_asked(server, target):
    server.plan = [{"status": 403}, {"cut": 10}]
    target.parent.mkdir()
    target.mkdir()
    async with downloads() as download:
        with pytest.raises(LinkExpired):
            await download(server.url(), to=target)
        with pytest.raises(DownloadFailed):
            await download(server.url(), to=target)
        with pytest.raises(DiskError, match="this is a folder"):
            await download(server.url(), to=target)


async def test_where_no_loop_can_be_opened_nobody_waits_for_one(monkeypatch):
    def refuse(*_):
        raise OSError(24, os.strerror(24))

    monkeypatch.setattr("asyncio.runners.events.new_event_loop", refuse)

    with pytest.raises(OSError, match="Too many open files"):
        async with downloads():
            pass
