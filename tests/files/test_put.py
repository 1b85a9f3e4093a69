"""Bringing bytes to where a server said: what leaves, what does not, and where it may go."""

from __future__ import annotations

import asyncio

import pytest

from batchgen.files.compare import is_same
from batchgen.files.interface import FileChanged
from batchgen.files.local import look
from batchgen.files.web import HttpPut, client
from batchgen.model.errors import NoReply, NotSent
from batchgen.model.exchange import Upload

FILM = b"\0\0\0\x18ftypmp42" + b"film " * 200_000


def upload(content: bytes = FILM) -> Upload:
    async def pieces():
        for start in range(0, len(content), 65536):
            yield content[start : start + 65536]

    return Upload(pieces=pieces, size=len(content), media_type="video/mp4")


@pytest.fixture
async def put():
    async with client() as http:
        yield HttpPut(http)


@pytest.fixture
async def store():
    """An object store: keeps what it is given, and answers by its plan."""
    kept, plan = [], []

    async def serve(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        turn = plan.pop(0) if plan else b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        if turn == "cut":
            await reader.readexactly(1000)
            writer.transport.abort()
            return
        try:
            body = await reader.readexactly(int(headers["content-length"]))
        except asyncio.IncompleteReadError:
            # Whoever sent it gave up in the middle.
            writer.close()
            return
        kept.append((first, headers, body))
        writer.write(turn)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/bucket/key?X-Amz-Credential=a%2Bb%26c&X-Amz-Signature=abc", kept, plan
    listening.close()


async def test_the_bytes_arrive_whole_with_the_headers_that_were_given_and_no_key(put, store):
    url, kept, _ = store

    reply = await put(url, headers={"X-Amz-Checksum": "c", "Content-Type": "video/mp4"}, upload=upload())

    ((first, headers, body),) = kept
    assert first == "PUT /bucket/key?X-Amz-Credential=a%2Bb%26c&X-Amz-Signature=abc HTTP/1.1"
    assert body == FILM
    assert (headers["x-amz-checksum"], headers["content-type"]) == ("c", "video/mp4")
    assert headers["content-length"] == str(len(FILM))
    assert not {"x-api-key", "authorization", "transfer-encoding"} & headers.keys()
    assert reply.status == 200


async def test_what_the_store_says_is_given_as_it_is_and_no_redirect_is_followed(put, store):
    url, kept, plan = store
    plan.append(b"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 5\r\n\r\n<Err>")

    reply = await put(url, headers={}, upload=upload())

    assert (reply.status, reply.text, len(kept)) == (307, "<Err>", 1)


async def test_a_connection_that_breaks_off_is_no_reply(put, store):
    url, _, plan = store
    plan.append("cut")

    with pytest.raises(NoReply, match=r"upload to 127\.0\.0\.1 did not come"):
        await put(url, headers={}, upload=upload(FILM * 5))


async def test_a_store_that_cannot_be_reached_is_told_by_its_host_alone(put):
    with pytest.raises(NoReply, match=r"^The upload to 127\.0\.0\.1 did not come through \(\w+\)\.$"):
        await put("http://127.0.0.1:9/x", headers={}, upload=upload())


@pytest.mark.parametrize("url", ["http://bucket.example/key", "ftp://bucket.example/key", "bucket/key", "https://"])
async def test_bytes_go_to_https_alone(put, url):
    with pytest.raises(NotSent, match="is refused"):
        await put(url, headers={}, upload=upload())


async def test_a_file_that_changes_on_its_way_never_arrives_whole(put, store, tmp_path):
    url, kept, _ = store

    async def pieces():
        yield FILM[:1000]
        raise FileChanged(look("a.mp4", tmp_path, known=lambda _: None))

    (tmp_path / "a.mp4").write_bytes(FILM)
    with pytest.raises((FileChanged, NoReply)):
        await put(url, headers={}, upload=Upload(pieces=pieces, size=len(FILM), media_type="video/mp4"))

    assert kept == []


async def test_a_link_is_held_against_a_file_byte_by_byte(server, web, tmp_path, mp4):
    (tmp_path / "same.mp4").write_bytes(mp4)
    (tmp_path / "other.mp4").write_bytes(mp4[:-1] + b"x")
    (tmp_path / "longer.mp4").write_bytes(mp4 + b"x")
    same, other, longer = (look(f"{n}.mp4", tmp_path, known=lambda _: None) for n in ("same", "other", "longer"))

    assert await is_same(web, server.url(), same)
    assert not await is_same(web, server.url(), other)
    assert not await is_same(web, server.url(), longer)
    server.plan = [{"status": 404, "body": b""}]
    assert not await is_same(web, server.url(), same)
    assert not await is_same(web, "http://far.example/v.mp4", same)
