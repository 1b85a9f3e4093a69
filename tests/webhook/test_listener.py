"""The server in front of the gate: it answers what it is asked, and nothing that strangers send reaches a screen."""

import asyncio
import time

import httpx
import pytest

from batchgen.model.errors import ConfigError
from batchgen.model.webhook import Verdict
from batchgen.webhook.guests import MOST
from batchgen.webhook.listener import LONGEST, listening

GARBAGE = [
    b"\x16\x03\x01\x02garbage\r\n\r\n",
    b"GET\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
]


def hearing(verdict=Verdict.HEARD):
    came = []

    def receive(headers, body):
        came.append((headers, body))
        return verdict

    return came, receive


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (Verdict.HEARD, 200),
        (Verdict.DOUBLE, 200),
        (Verdict.UNSIGNED, 401),
        (Verdict.FORGED, 401),
        (Verdict.STALE, 401),
        (Verdict.UNREADABLE, 400),
        (Verdict.CLOSED, 503),
    ],
)
async def test_each_arrival_is_answered_by_what_was_found_of_it(verdict, status):
    came, receive = hearing(verdict)
    async with listening("127.0.0.1", 0, receive) as port, httpx.AsyncClient() as client:
        reply = await client.post(f"http://127.0.0.1:{port}/any/path?x=1", content=b"{}", headers={"X-Name": "Value"})

    assert reply.status_code == status
    assert came[0][0]["x-name"] == "Value"
    assert came[0][1] == b"{}"


async def test_whether_it_is_there_is_answered_at_once_and_other_ways_are_refused():
    came, receive = hearing()
    async with listening("127.0.0.1", 0, receive) as port, httpx.AsyncClient() as client:
        url = f"http://127.0.0.1:{port}/hook"
        began = time.monotonic()
        asked = await client.options(url)
        took = time.monotonic() - began
        others = [await client.request(method, url) for method in ("GET", "PUT", "DELETE")]
        large = await client.post(url, content=b"x" * (LONGEST + 1))

    assert (asked.status_code, asked.headers["allow"]) == (204, "OPTIONS, POST")
    assert took < 1.0
    assert [one.status_code for one in others] == [405] * 3
    assert large.status_code == 413
    assert came == []


async def test_what_is_no_request_is_heard_by_nobody_and_told_to_nobody(capfd):
    came, receive = hearing()
    async with listening("127.0.0.1", 0, receive) as port:
        for raw in GARBAGE:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(raw)
            writer.write_eof()
            await reader.read()
            writer.close()
        async with httpx.AsyncClient() as client:
            assert (await client.post(f"http://127.0.0.1:{port}/", content=b"{}")).status_code == 200

    assert len(came) == 1
    assert capfd.readouterr() == ("", "")


async def test_a_connection_that_says_nothing_or_never_ends_its_request_is_closed():
    _, receive = hearing()
    halves = [b"", b"POST / HTTP/1.1\r\nHost: x\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}" * 2]
    async with listening("127.0.0.1", 0, receive, idle_s=0.5) as port:
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in halves]
        for half, (_, writer) in zip(halves, opened, strict=True):
            writer.write(half)

        async with asyncio.timeout(5):
            said = [await reader.read() for reader, _ in opened]

    assert said[:2] == [b"", b""]
    assert said[2].count(b"200 OK") == 2
    for _, writer in opened:
        writer.close()


@pytest.mark.parametrize("half", [b"", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"])
async def test_however_many_connections_strangers_leave_open_few_stay_and_events_are_heard(half):
    came, receive = hearing()
    async with listening("127.0.0.1", 0, receive) as port:
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3 * MOST)]
        for _, writer in opened:
            writer.write(half)
        async with httpx.AsyncClient() as client:
            reply = await client.post(f"http://127.0.0.1:{port}/", content=b"{}")
        await asyncio.sleep(0.2)
        stay = sum(not reader.at_eof() and reader.exception() is None for reader, _ in opened)
        for _, writer in opened:
            writer.close()

    assert (reply.status_code, len(came)) == (200, 1)
    assert stay < MOST


@pytest.mark.parametrize(("host", "port"), [("203.0.113.1", 0), ("no.such.name.invalid", 0), ("127.0.0.1", 99999)])
async def test_where_it_cannot_listen_it_says_so(host, port):
    _, receive = hearing()
    with pytest.raises(ConfigError, match=f"--listen {host}:{port}"):
        async with listening(host, port, receive):
            pass
