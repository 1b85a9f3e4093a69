"""A reply that a server sends twice: it is never read as the one to the next request by that connection."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager, suppress

import pytest

from batchgen.model.errors import TransportError
from tests.heygen.turns import ASK, CREATE, client, serving


def reply(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


FIRST, SECOND, THIRD = (reply(b'{"data":{"video_id":"%d"}}' % number) for number in (1, 2, 3))


async def test_what_lies_unread_on_a_kept_connection_is_never_the_reply_to_what_is_sent_next():
    async with serving(FIRST, SECOND) as server, client(server.url) as api:
        first = await api.send(CREATE)
        for writer in server.open:
            writer.write(FIRST)
        await asyncio.sleep(0.05)
        second = await api.send(CREATE)

    assert (first.body, second.body) == (FIRST[-25:], SECOND[-25:])
    assert server.posts == 2
    assert server.connections == 2


async def test_a_connection_that_says_the_same_twice_is_closed_before_it_runs_one_reply_behind():
    # What comes second is on its way when the next request leaves: only that it was heard before tells of it.
    async with serving(FIRST, FIRST, SECOND, THIRD) as server, client(server.url) as api:
        heard = [(await api.send(CREATE)).body for _ in range(4)]

    assert heard == [FIRST[-25:], FIRST[-25:], SECOND[-25:], THIRD[-25:]]
    assert server.connections == 2


async def test_a_page_that_is_told_twice_ends_its_connection_where_it_is_read_for_something_that_was_made():
    page = reply(b'{"data":[],"next_token":""}')
    async with serving(page, page, SECOND) as server, client(server.url) as api:
        await api.send(ASK)
        heard = [(await api.send(CREATE)).body for _ in range(2)]

    assert heard == [page[-27:], SECOND[-25:]]
    assert server.connections == 2


async def test_questions_that_have_the_same_answer_go_by_one_connection():
    page = reply(b'{"data":[],"next_token":""}')
    async with serving(page, page, page) as server, client(server.url) as api:
        for _ in range(3):
            await api.send(ASK)

    assert server.connections == 1


async def test_what_speaks_before_it_is_asked_is_sent_nothing_and_not_tried_for_ever():
    async def speak(reader, writer):
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        with suppress(ConnectionError):
            await reader.read()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server, client(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as api:
        with pytest.raises(TransportError):
            await asyncio.wait_for(api.send(CREATE), 20)
    await asyncio.sleep(0.05)  # What was accepted is closed.


@asynccontextmanager
async def refusing_in_time():
    """A server that tells all who wait the same, at one moment, and the body apart from the head, as many do."""
    beat = asyncio.Event()

    async def refuse(reader, writer):
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                await reader.readexactly(int(re.search(rb"Content-Length: (\d+)", head)[1]))
                for part in (b"HTTP/1.1 429 \r\nContent-Length: 2\r\n\r\n", b"{}"):
                    await asyncio.sleep(0.005)
                    await beat.wait()
                    writer.write(part)
        writer.close()

    async def beating():
        while True:
            await asyncio.sleep(0.02)
            beat.set()
            await asyncio.sleep(0)
            beat.clear()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server, asyncio.TaskGroup() as group:
        heart = group.create_task(beating())
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        heart.cancel()


async def test_a_connection_that_is_hung_up_on_takes_no_request_of_another_row_with_it():
    async def send(api):
        return [(await api.send(CREATE)).status for _ in range(6)]

    async with refusing_in_time() as url, client(url) as api:
        heard = await asyncio.gather(*(send(api) for _ in range(6)))

    assert heard == [[429] * 6] * 6
