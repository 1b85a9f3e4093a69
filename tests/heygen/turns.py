"""A server on a real socket, of which each turn says what it does with the connection."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

from batchgen.heygen.client import HttpApi
from batchgen.model.credentials import ApiKey
from batchgen.model.exchange import Purpose, Request

KEY = "secret-key-123"
CREATE = Request(method="POST", path="/v3/videos", purpose=Purpose.CREATE, body={"type": "avatar"}, key="bg-1")
ASK = Request(method="GET", path="/v3/videos", purpose=Purpose.LIST, query=(("limit", "100"), ("title", "a b,c·")))
GOOD = b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"data":{}}'


class Server:
    """Counts whole requests, and does what each turn says with the connection."""

    def __init__(self, *turns) -> None:
        self.turns = list(turns)
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.connections = 0
        self.arrived = asyncio.Event()
        self.open: set[asyncio.StreamWriter] = set()

    async def serve(self, reader, writer) -> None:
        self.connections += 1
        self.open.add(writer)
        try:
            while self.turns:
                turn = self.turns[0]
                if turn == "slam":
                    self.turns.pop(0)
                    writer.transport.abort()
                    return
                if (request := await self.read(reader)) is None:
                    return
                self.requests.append(request)
                self.arrived.set()
                if await self.answer(self.turns.pop(0), reader, writer):
                    return
            await reader.read()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def read(self, reader):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
        except asyncio.IncompleteReadError:
            return None
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        return first, headers, await reader.readexactly(int(headers.get("content-length", 0)))

    async def answer(self, turn, reader, writer) -> bool:
        if turn == "hang":
            await reader.read()
        elif turn == "close":
            pass
        elif turn == "abort":
            writer.transport.abort()
        elif turn == "drip":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while not reader.at_eof():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)
        else:
            writer.write(turn if isinstance(turn, bytes) else turn[0])
            await writer.drain()
            return isinstance(turn, tuple)
        return True

    @property
    def posts(self) -> int:
        return sum(first.startswith("POST") for first, _, _ in self.requests)


@asynccontextmanager
async def serving(*turns):
    server = Server(*turns)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()
        for writer in server.open:
            writer.transport.abort()
        await asyncio.sleep(0.01)


def client(url: str, **kw) -> HttpApi:
    return HttpApi(url, ApiKey(KEY), **{"read_timeout": 0.3, "write_timeout": 0.3} | kw)
