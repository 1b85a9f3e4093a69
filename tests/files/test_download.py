"""Downloads against a real server that misbehaves."""

from __future__ import annotations

import asyncio
import json
import os
import time

import pytest

from batchgen.files import download as module
from batchgen.files.download import download
from batchgen.files.interface import DownloadFailed, LinkExpired, NotAVideo, TooLarge
from tests.files.conftest import until


def names(target):
    return sorted(path.name for path in target.parent.iterdir()) if target.parent.exists() else []


HALVES = ["clip.mp4.part", "clip.mp4.part.etag"]


async def test_a_video_is_saved_whole_and_nothing_else_is_left(server, web, target, mp4):
    saved = await download(web, server.url(), to=target)

    assert target.read_bytes() == mp4
    assert (saved.path, saved.size) == (target, len(mp4))
    assert names(target) == ["clip.mp4"]
    assert server.seen[0]["accept-encoding"] == "identity"
    assert "x-api-key" not in server.seen[0]


async def test_an_older_file_is_replaced_in_one_step(server, web, target, mp4):
    target.parent.mkdir()
    target.write_bytes(b"old")
    server.plan = [{"cut": 500}]

    with pytest.raises(DownloadFailed):
        await download(web, server.url(), to=target)
    assert target.read_bytes() == b"old"

    await download(web, server.url(), to=target)
    assert target.read_bytes() == mp4


@pytest.mark.parametrize("cut", [1, 500, 1000])
async def test_a_cut_transfer_is_gone_on_from_where_it_broke_even_with_a_link_signed_anew(
    server, web, target, mp4, cut
):
    server.plan = [{"cut": cut}]
    with pytest.raises(DownloadFailed) as caught:
        await download(web, server.url("/v?sig=1"), to=target)
    assert caught.value.transient
    assert names(target) == HALVES

    await download(web, server.url("/v?sig=2"), to=target)

    assert server.seen[1]["range"] == f"bytes={cut}-"
    assert server.seen[1]["if-range"] == '"one"'
    assert target.read_bytes() == mp4
    assert names(target) == ["clip.mp4"]


async def test_with_a_turn_to_wait_for_the_disk_makes_sure_of_one_file_at_a_time(server, web, target, mp4, monkeypatch):
    sync, turn, under_way, most = os.fsync, asyncio.Lock(), set(), []

    def counted(file):
        under_way.add(file)
        most.append(len(under_way))
        time.sleep(0.02)
        sync(file)
        under_way.discard(file)

    monkeypatch.setattr(os, "fsync", counted)
    targets = [target.with_name(f"{n}.mp4") for n in range(4)]

    await asyncio.gather(*(download(web, server.url(), to=to, turn=turn) for to in targets))

    assert all(to.read_bytes() == mp4 for to in targets)
    assert max(most) == 1


async def test_many_cuts_are_joined_without_a_seam(server, web, target, mp4):
    server.plan = [{"cut": 100}] * 5

    for _ in range(5):
        with pytest.raises(DownloadFailed):
            await download(web, server.url(), to=target)
    await download(web, server.url(), to=target)

    assert [seen.get("range") for seen in server.seen] == [None, *(f"bytes={n}00-" for n in range(1, 6))]
    assert target.read_bytes() == mp4


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"deaf": True}, id="200 on a range"),
        pytest.param({"headers": {"ETag": '"two"'}}, id="another etag"),
        pytest.param({"headers": {"ETag": ""}}, id="no etag"),
        pytest.param({"headers": {"Content-Range": "bytes 0-9/99999"}}, id="wrong place"),
        pytest.param({"headers": {"Content-Range": "bytes 500-9999/10000"}}, id="another length"),
        pytest.param({"headers": {"Content-Range": "bytes 500-/*"}}, id="unreadable range"),
        pytest.param({"status": 416, "body": b"", "headers": {"Content-Range": "bytes */400"}}, id="416, shorter"),
        pytest.param({"status": 416, "body": b""}, id="416, nothing told"),
    ],
)
async def test_bytes_that_do_not_fit_are_fetched_from_the_start_in_the_same_call(server, web, target, mp4, second):
    server.plan = [{"cut": 500}, second]
    with pytest.raises(DownloadFailed):
        await download(web, server.url(), to=target)

    await download(web, server.url(), to=target)

    assert target.read_bytes() == mp4
    assert names(target) == ["clip.mp4"]


async def test_a_video_changed_meanwhile_is_not_mixed(server, web, target, webm, mp4):
    server.plan = [{"cut": 500}]
    with pytest.raises(DownloadFailed):
        await download(web, server.url(), to=target)
    changed = mp4[:-4] + bytes(byte ^ 0xFF for byte in mp4[-4:])
    server.content, server.etag = changed, '"two"'

    await download(web, server.url(), to=target)

    assert target.read_bytes() == changed


async def test_a_part_that_is_complete_already_only_needs_its_name(server, web, target, mp4):
    target.parent.mkdir()
    (target.parent / HALVES[0]).write_bytes(mp4)
    (target.parent / HALVES[1]).write_text(json.dumps({"etag": '"one"', "size": len(mp4), "total": len(mp4)}))

    await download(web, server.url(), to=target)

    assert server.seen[0]["range"] == f"bytes={len(mp4)}-"
    assert len(server.seen) == 1
    assert target.read_bytes() == mp4


@pytest.mark.parametrize("mark", ["", "{", "[]", '{"etag": "x"}', '{"etag": 1, "size": 3, "total": null}'])
async def test_a_part_without_a_mark_that_can_be_read_is_begun_again(server, web, target, mp4, mark):
    target.parent.mkdir()
    (target.parent / HALVES[0]).write_bytes(b"what a crash left")
    (target.parent / HALVES[1]).write_text(mark)

    await download(web, server.url(), to=target)

    assert "range" not in server.seen[0]
    assert target.read_bytes() == mp4


async def test_bytes_behind_the_mark_are_not_trusted(server, web, target, mp4):
    server.plan = [{"cut": 500}]
    with pytest.raises(DownloadFailed):
        await download(web, server.url(), to=target)
    with (target.parent / HALVES[0]).open("ab") as file:
        file.write(b"\0" * 50)

    await download(web, server.url(), to=target)

    assert server.seen[1]["range"] == "bytes=500-"
    assert target.read_bytes() == mp4


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
async def test_without_a_strong_etag_nothing_is_kept(server, web, target, mp4, etag):
    server.etag = etag
    server.plan = [{"cut": 500}]
    with pytest.raises(DownloadFailed):
        await download(web, server.url(), to=target)
    assert names(target) == []

    await download(web, server.url(), to=target)

    assert target.read_bytes() == mp4


@pytest.mark.parametrize(
    ("status", "body"),
    [(401, b""), (403, b"<Error>"), (404, b""), (410, b""), (400, b"<Code>ExpiredToken</Code>")],
)
async def test_an_expired_link_asks_for_a_new_one_and_keeps_the_part(server, web, target, status, body):
    server.plan = [{"cut": 500}, {"status": status, "body": body}]
    with pytest.raises(DownloadFailed):
        await download(web, server.url(), to=target)

    with pytest.raises(LinkExpired):
        await download(web, server.url(), to=target)

    assert names(target) == HALVES


@pytest.mark.parametrize(
    ("status", "headers", "transient", "wait"),
    [
        (500, {}, True, None),
        (503, {"Retry-After": "7"}, True, 7),
        (429, {"Retry-After": "Mon, 23 Nov 2026 10:00:09 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"}, True, 9),
        (429, {"Retry-After": "soon"}, True, None),
        (499, {}, True, None),
        (400, {}, False, None),
        (405, {}, False, None),
        (204, {}, False, None),
        (206, {}, False, None),
    ],
)
async def test_other_refusals_say_whether_to_try_again(server, web, target, status, headers, transient, wait):
    server.plan = [{"status": status, "headers": headers, "body": b""}]

    with pytest.raises(DownloadFailed) as caught:
        await download(web, server.url("/v?Signature=secret"), to=target)

    assert (caught.value.transient, caught.value.retry_after) == (transient, wait)
    assert "secret" not in str(caught.value)


async def test_silence_is_a_failure_that_may_be_tried_again(server, web, target):
    server.plan = [{"cut": 300, "stall": True}]

    with pytest.raises(DownloadFailed) as caught:
        await download(web, server.url(), to=target)

    assert caught.value.transient
    assert names(target) == HALVES


async def test_a_server_that_is_not_there_may_come_back(web, target):
    with pytest.raises(DownloadFailed) as caught:
        await download(web, "http://127.0.0.1:1/v.mp4", to=target)

    assert caught.value.transient


async def test_a_length_that_was_never_told_is_made_up_for_by_the_container(server, web, target, mp4):
    server.plan = [{"chunked": True, "cut": len(mp4) - 40}, {"chunked": True}]

    with pytest.raises(DownloadFailed) as caught:
        await download(web, server.url(), to=target)
    assert caught.value.transient

    await download(web, server.url(), to=target)
    assert target.read_bytes() == mp4


async def test_a_packed_reply_is_refused_and_never_saved(server, web, target):
    server.plan = [{"headers": {"Content-Encoding": "gzip"}}]

    with pytest.raises(DownloadFailed, match="gzip"):
        await download(web, server.url(), to=target)

    assert names(target) == []


@pytest.mark.parametrize("body", [b"", b"<!DOCTYPE html><p>Sign in", b'{"code": 1}', b"<?xml?><Error/>", b"\0" * 99])
async def test_what_is_no_video_is_not_saved(server, web, target, body):
    server.plan = [{"body": body}]

    with pytest.raises(NotAVideo):
        await download(web, server.url(), to=target)

    assert names(target) == []


async def test_a_video_cut_at_its_source_is_not_saved(server, web, target, mp4):
    server.content = mp4[:-40]

    with pytest.raises(NotAVideo):
        await download(web, server.url(), to=target)

    assert names(target) == []


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_video_over_the_limit_is_dropped(server, web, target, mp4, chunked):
    server.plan = [{"chunked": chunked}]

    with pytest.raises(TooLarge):
        await download(web, server.url(), to=target, limit_bytes=len(mp4) - 1)

    assert names(target) == []
    await download(web, server.url(), to=target, limit_bytes=len(mp4))


async def test_a_cancelled_download_is_gone_on_from_later(server, web, target, mp4):
    server.plan = [{"cut": 700, "stall": True}]
    task = asyncio.create_task(download(web, server.url(), to=target))
    await until(lambda: (target.parent / HALVES[0]).read_bytes()[:700] == mp4[:700])

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await download(web, server.url(), to=target)

    assert server.seen[1]["range"] == "bytes=700-"
    assert target.read_bytes() == mp4


async def test_a_kill_costs_no_more_than_a_checkpoint(server, web, target, mp4, monkeypatch):
    monkeypatch.setattr(module, "CHECKPOINT", 256)
    monkeypatch.setattr("batchgen.files.part.Part.discard", lambda _: None)
    server.plan = [{"cut": 900, "stall": True}]
    task = asyncio.create_task(download(web, server.url(), to=target))
    mark = target.parent / HALVES[1]
    await until(mark.read_text)

    assert json.loads(mark.read_text()) == {"etag": '"one"', "size": 900, "total": len(mp4)}
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_two_hundred_downloads_at_once_keep_apart(server, web, tmp_path, mp4):
    await asyncio.gather(*(download(web, server.url(), to=tmp_path / f"{n}.mp4") for n in range(200)))

    assert {(tmp_path / f"{n}.mp4").read_bytes() for n in range(200)} == {mp4}
    assert len(list(tmp_path.iterdir())) == 200
