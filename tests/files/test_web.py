"""Which links are followed, and where to."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from batchgen.files.download import download
from batchgen.files.interface import DownloadFailed
from batchgen.files.web import MOST_REDIRECTS, HttpWeb, client


@pytest.mark.parametrize(
    "url",
    [
        "http://videos.example/v.mp4",
        "ftp://videos.example/v",
        "file:///etc/passwd",
        "/v.mp4",
        "",
        "https:///v",
        "https://x\0y",
        "http://127.0.0.1.example/v",
    ],
)
async def test_a_link_that_is_not_https_is_refused(web, tmp_path, url):
    with pytest.raises(DownloadFailed) as caught:
        await download(web, url, to=tmp_path / "v.mp4")

    assert not caught.value.transient


async def test_redirects_on_this_machine_are_followed_with_the_range(server, web, tmp_path, mp4):
    server.plan = [
        {"cut": 500},
        {"status": 302, "headers": {"Location": "/elsewhere"}, "body": b""},
    ]
    with pytest.raises(DownloadFailed):
        await download(web, server.url(), to=tmp_path / "v.mp4")

    await download(web, server.url(), to=tmp_path / "v.mp4")

    assert (server.seen[2]["path"], server.seen[2]["range"]) == ("/elsewhere", "bytes=500-")
    assert (tmp_path / "v.mp4").read_bytes() == mp4


async def test_a_circle_of_redirects_ends(server, web, tmp_path):
    server.plan = [{"status": 302, "headers": {"Location": "/v.mp4"}, "body": b""}] * 20

    with pytest.raises(DownloadFailed, match="without end") as caught:
        await download(web, server.url(), to=tmp_path / "v.mp4")

    assert len(server.seen) == MOST_REDIRECTS + 1
    assert not caught.value.transient


class Far:
    """Hosts far away, of which the first sends on to another place."""

    def __init__(self, location):
        self.asked, self.headers = [], {"location": location}

    async def get(self, url, **_):
        self.asked.append(str(url))
        return SimpleNamespace(
            status=200 if len(self.asked) > 1 else 302, headers=self.headers, url=url, release=lambda: None
        )


@pytest.mark.parametrize(
    ("location", "allowed"),
    [
        ("https://cdn.example/v", True),
        ("//cdn.example/v", True),
        ("http://cdn.example/v", False),
        ("http://127.0.0.1:9/v", False),
        ("https://localhost/v", False),
        ("https://[::1]/v", False),
        ("file:///etc/passwd", False),
    ],
)
async def test_a_redirect_never_leaves_https_nor_reaches_into_this_machine(location, allowed):
    far = Far(location)
    web = HttpWeb(far)

    if allowed:
        async with web.open("https://videos.example/v") as stream:
            assert stream.status == 200
    else:
        with pytest.raises(DownloadFailed) as caught:
            async with web.open("https://videos.example/v"):
                pass
        assert not caught.value.transient

    assert len(far.asked) == 1 + allowed


async def test_a_reply_that_is_not_http_may_be_tried_again(web, tmp_path):
    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\0\0\0 what is this\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        with pytest.raises(DownloadFailed) as caught:
            await download(web, f"http://127.0.0.1:{port}/", to=tmp_path / "v.mp4")

    assert caught.value.transient


async def test_a_transfer_that_only_drips_is_given_up_and_gone_on_from(server, tmp_path, mp4):
    server.plan = [{"cut": 500, "drip": True}]
    target = tmp_path / "v.mp4"

    async with client(read_timeout=1) as http:
        web = HttpWeb(http, within_s=0.4)
        with pytest.raises(DownloadFailed) as caught:
            await asyncio.wait_for(download(web, server.url(), to=target), 10)
        await download(web, server.url(), to=target)

    assert caught.value.transient
    assert int(server.seen[1]["range"].strip("bytes=-")) > 500
    assert target.read_bytes() == mp4


async def test_a_part_of_a_source_that_only_drips_is_given_up(server):
    server.plan = [{"cut": 10, "drip": True}]

    async with client(read_timeout=1) as http:
        with pytest.raises(DownloadFailed):
            await asyncio.wait_for(HttpWeb(http, within_s=0.4).part(server.url(), start=0, length=1000), 10)


async def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(server, tmp_path, mp4, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    async with client(read_timeout=1) as http:
        await download(HttpWeb(http), server.url(), to=tmp_path / "v.mp4")

        with pytest.raises(DownloadFailed):
            await download(HttpWeb(http), "https://videos.example/v.mp4", to=tmp_path / "w.mp4")

    assert (tmp_path / "v.mp4").read_bytes() == mp4


@pytest.mark.parametrize(
    "path",
    [
        "/v.mp4?sig=a%2Bb%2F%3D&x=~a+b,c;d(e)*!'$@:",
        "/a%20b/%E2%82%AC/v.mp4?k=[1]",
        "/v.mp4?empty=&bare",
    ],
)
async def test_a_signed_link_is_asked_for_letter_by_letter(server, web, tmp_path, path):
    await download(web, server.url(path), to=tmp_path / "v.mp4")

    assert server.seen[0]["path"] == path


async def test_what_cannot_stand_in_a_request_is_written_as_its_number(server, web, tmp_path):
    await download(web, server.url('/a b"<é>.mp4#end'), to=tmp_path / "v.mp4")

    assert server.seen[0]["path"] == "/a%20b%22%3C%C3%A9%3E.mp4"
