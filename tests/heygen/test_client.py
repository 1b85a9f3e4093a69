"""The client against a real socket: what is known never to have left, and what nobody can know."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket

import pytest
from yarl import URL

from batchgen.model.errors import NoReply, NotSent
from batchgen.model.exchange import Purpose, Request, Upload
from tests.heygen.turns import ASK, CREATE, GOOD, KEY, client, serving


async def test_a_request_arrives_whole_and_its_reply_comes_back_whole():
    async with serving(GOOD) as server, client(server.url + "/") as api:
        reply = await api.send(CREATE)

    first, headers, body = server.requests[0]
    assert first == "POST /v3/videos HTTP/1.1"
    assert json.loads(body) == {"type": "avatar"}
    assert headers["x-api-key"] == KEY
    assert headers["idempotency-key"] == "bg-1"
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"].startswith("batchgen/")
    assert (reply.status, reply.body) == (200, b'{"data":{}}')
    assert reply.headers["content-length"] == "11"


async def test_a_query_and_a_quoted_path_arrive_as_they_were_meant():
    odd = Request(method="GET", path="/v3/templates/a%2Fb%20c", purpose=Purpose.STATUS)
    async with serving(GOOD, GOOD) as server, client(server.url) as api:
        await api.send(ASK)
        await api.send(odd)

    target = URL("http://x" + server.requests[0][0].split()[1])
    assert dict(target.query) == {"limit": "100", "title": "a b,c·"}
    assert server.requests[1][0].split()[1] == "/v3/templates/a%2Fb%20c"
    assert "idempotency-key" not in server.requests[1][1]
    assert "content-type" not in server.requests[1][1]


@pytest.mark.parametrize("status", [302, 307, 401, 404, 429, 500, 502])
async def test_a_reply_of_any_status_is_a_reply_and_no_redirect_is_followed(status):
    head = f"HTTP/1.1 {status} X\r\nLocation: http://127.0.0.1:1/\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nno"
    async with serving(head.encode()) as server, client(server.url) as api:
        reply = await api.send(CREATE)

    assert (reply.status, reply.body, reply.headers["retry-after"]) == (status, b"no", "7")
    assert server.posts == 1


CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
CHUNK_CUT = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"
BAD_GZIP = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"


@pytest.mark.parametrize(
    "turn",
    [
        "close",
        "abort",
        "hang",
        "drip",
        (b"garbage\r\n\r\n",),
        (CUT,),
        (CHUNK_CUT,),
        (b"HTTP/1.1 200 OK\r\nConte",),
        BAD_GZIP,
    ],
    ids=["close", "reset", "silence", "drip", "garbage", "cut", "cut chunk", "cut head", "bad gzip"],
)
async def test_once_a_request_was_read_its_loss_is_no_reply_and_it_is_sent_once(turn, monkeypatch):
    monkeypatch.setattr("batchgen.heygen.client._CONNECT", 0.2)
    async with serving(turn, GOOD, GOOD) as server, client(server.url) as api:
        with pytest.raises(NoReply):
            await api.send(CREATE)

    assert server.posts == 1


@pytest.mark.parametrize("turn", ["close", "abort"])
async def test_a_server_that_hangs_up_on_a_used_connection_is_no_reply_and_no_second_post(turn):
    async with serving(GOOD, turn, GOOD, GOOD) as server, client(server.url) as api:
        await api.send(CREATE)
        with pytest.raises(NoReply):
            await api.send(CREATE)

        assert server.posts == 2
        assert server.connections == 1


async def test_a_connection_that_was_closed_while_idle_never_makes_a_post_arrive_twice():
    async with serving((GOOD,), GOOD) as server, client(server.url) as api:
        await api.send(CREATE)
        try:
            await api.send(CREATE)
        except NoReply:
            assert server.posts == 1
        else:
            assert server.posts == 2


async def test_a_connection_that_was_slammed_before_reading_is_no_reply():
    async with serving("slam", GOOD) as server, client(server.url) as api:
        with pytest.raises(NoReply):
            await api.send(CREATE)

    assert server.posts == 0


async def test_a_refused_connection_is_not_sent():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with client(f"http://127.0.0.1:{port}") as api:
        with pytest.raises(NotSent):
            await api.send(CREATE)


async def test_a_name_that_does_not_exist_is_not_sent(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    async with client("https://nowhere.invalid") as api:
        with pytest.raises(NotSent):
            await api.send(CREATE)


@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Plain\r\n\r\n", b""], ids=["plain", "mute"])
async def test_a_server_that_speaks_no_tls_is_not_sent(words, monkeypatch):
    monkeypatch.setattr("batchgen.heygen.client._CONNECT", 0.2)
    seen = []

    async def plain(reader, writer):
        writer.write(words)
        while piece := await reader.read(1000):
            seen.append(piece)
        writer.close()

    listener = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with client(f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}") as api:
        with pytest.raises(NotSent):
            await api.send(CREATE)
    listener.close()
    await asyncio.sleep(0.05)

    assert KEY.encode() not in b"".join(seen)


async def test_waiting_in_vain_for_a_connection_is_not_sent(monkeypatch):
    """A listener whose queue is full answers no handshake."""
    monkeypatch.setattr("batchgen.heygen.client._CONNECT", 0.2)
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(address)
        async with client(f"http://127.0.0.1:{address[1]}") as api:
            with pytest.raises(NotSent):
                await api.send(CREATE)
        for one in crowd:
            one.close()


async def test_a_pool_without_a_free_connection_is_not_sent(monkeypatch):
    monkeypatch.setattr("batchgen.heygen.client._CONNECTIONS", 1)
    monkeypatch.setattr("batchgen.heygen.client._CONNECT", 0.2)
    async with serving("hang", GOOD) as server, client(server.url, write_timeout=5) as api:
        first = asyncio.create_task(api.send(CREATE))
        await server.arrived.wait()
        with pytest.raises(NotSent):
            await api.send(CREATE)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first

    assert server.posts == 1


async def test_creating_is_waited_for_longer_than_reading():
    async def late(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.3)
        writer.write(GOOD)
        writer.close()

    listener = await asyncio.start_server(late, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    async with client(url, read_timeout=0.1, write_timeout=5) as api:
        assert (await api.send(CREATE)).status == 200
        with pytest.raises(NoReply):
            await api.send(ASK)
    listener.close()
    await asyncio.sleep(0.4)


async def test_a_reply_that_is_too_long_is_no_reply():
    packed = gzip.compress(b" " * 200_000)
    bomb = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(packed), packed)
    async with serving(bomb) as server, client(server.url, longest=100_000) as api:
        with pytest.raises(NoReply, match="longer"):
            await api.send(CREATE)


async def test_a_packed_reply_is_unpacked():
    packed = gzip.compress(b'{"data":{}}')
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    async with serving(head + packed) as server, client(server.url) as api:
        assert (await api.send(ASK)).body == b'{"data":{}}'


async def test_cancelling_is_neither_swallowed_nor_translated():
    async with serving("hang") as server, client(server.url, write_timeout=30) as api:
        task = asyncio.create_task(api.send(CREATE))
        await server.arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


def upload(content: bytes, *, size: int | None = None) -> Request:
    async def pieces():
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]

    file = Upload(pieces=pieces, size=len(content) if size is None else size, media_type="video/mp4")
    return Request(method="POST", path="/v1/asset", purpose=Purpose.UPLOAD, upload=file, host="upload")


async def test_a_file_is_sent_as_the_body_with_its_length_and_its_type():
    async with serving(GOOD) as server, client(server.url) as api:
        await api.send(upload(b"film" * 2000))

    first, headers, body = server.requests[0]
    assert (first, body) == ("POST /v1/asset HTTP/1.1", b"film" * 2000)
    assert (headers["content-type"], headers["content-length"]) == ("video/mp4", "8000")
    assert "transfer-encoding" not in headers
    assert headers["x-api-key"] == KEY


async def test_a_file_that_breaks_off_is_no_reply():
    class Broken(Exception):
        pass

    async def pieces():
        yield b"film"
        raise Broken

    request = Request(
        method="POST",
        path="/v1/asset",
        purpose=Purpose.UPLOAD,
        upload=Upload(pieces=pieces, size=8, media_type="video/mp4"),
    )
    async with serving(GOOD) as server, client(server.url) as api:
        with pytest.raises(NoReply):
            await api.send(request)

    assert server.requests == []


@pytest.mark.parametrize(
    ("base", "host"),
    [
        ("https://api.heygen.com", "upload.heygen.com"),
        ("https://api.heygen.com/", "upload.heygen.com"),
        ("https://heygen.example/proxy", "heygen.example"),
    ],
)
def test_v1_takes_files_at_a_host_of_its_own_unless_somebody_stands_in_for_it(base, host):
    place = client(base)._hosts["upload"].address("/v1/asset", ())

    assert (place.host, place.path) == (host, URL(base).path.rstrip("/") + "/v1/asset")
