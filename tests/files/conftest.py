"""A raw HTTP server on loopback that can misbehave, and real videos for it to serve."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction

import av
import pytest

from batchgen.files.web import HttpWeb, client


def make_video(path, *, codec="libx264", frames=25, size=64):
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width = stream.height = size
        stream.pix_fmt = "yuv420p"
        for index in range(frames):
            frame = av.VideoFrame(size, size, "yuv420p")
            for number, plane in enumerate(frame.planes):
                plane.update(bytes((index * 7 + number * 50 + i * i) % 256 for i in range(plane.buffer_size)))
            frame.pts, frame.time_base = index, Fraction(1, 25)
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return path.read_bytes()


@pytest.fixture(scope="session")
def mp4(tmp_path_factory):
    return make_video(tmp_path_factory.mktemp("video") / "v.mp4")


@pytest.fixture(scope="session")
def webm(tmp_path_factory):
    return make_video(tmp_path_factory.mktemp("video") / "v.webm", codec="libvpx")


async def until(true):
    """Wait for what another task does to files."""
    for _ in range(500):
        with suppress(OSError):
            if true():
                return
        await asyncio.sleep(0.01)
    pytest.fail("it never came")


@dataclass
class Server:
    """Serves ``content``; each reply is told by ``plan``, one entry a request, then as it should be."""

    content: bytes = b""
    etag: str | None = '"one"'
    plan: list[dict] = field(default_factory=list)
    seen: list[dict] = field(default_factory=list)  #: The headers of each request.
    port: int = 0

    def url(self, path="/v.mp4"):
        return f"http://127.0.0.1:{self.port}{path}"

    async def answer(self, reader, writer):
        try:
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:] if line)}
                self.seen.append({"path": lines[0].split()[1], **headers})
                if not await self.reply(headers, writer, **(self.plan.pop(0) if self.plan else {})):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def reply(
        self,
        asked,
        writer,
        *,
        status=None,
        headers=(),
        body=None,
        cut=None,
        chunked=False,
        stall=False,
        drip=False,
        deaf=False,
    ):
        """Send a reply. ``cut``: bytes of the body before the connection breaks; ``deaf``: ranges are ignored.

        ``drip``: after those bytes the next ones come one by one, for as long as anybody waits for them.
        """
        extra = dict(headers)
        if body is None:
            status, body, extra = self.ranged(asked, status, extra, deaf)
        if self.etag:
            extra.setdefault("ETag", self.etag)
        if chunked:
            extra["Transfer-Encoding"] = "chunked"
        else:
            extra.setdefault("Content-Length", str(len(body)))
        head = f"HTTP/1.1 {status or 200} X\r\n" + "".join(f"{k}: {v}\r\n" for k, v in extra.items()) + "\r\n"
        sent = body if cut is None else body[:cut]
        writer.write(head.encode() + (b"%x\r\n%b\r\n0\r\n\r\n" % (len(sent), sent) if chunked else sent))
        await writer.drain()
        if stall:
            await asyncio.sleep(60)
        for at in range(cut or 0, len(body) if drip else 0):
            writer.write(body[at : at + 1])
            await writer.drain()
            await asyncio.sleep(0.05)
        return cut is None

    def ranged(self, asked, status, extra, deaf):
        found = re.fullmatch(r"bytes=(\d+)-", asked.get("range", ""))
        if status or deaf or not found or asked.get("if-range") != self.etag:
            return status or 200, self.content, extra
        start = int(found[1])
        if start >= len(self.content):
            return 416, b"", {"Content-Range": f"bytes */{len(self.content)}", **extra}
        place = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        return 206, self.content[start:], {"Content-Range": place, **extra}


@pytest.fixture
async def server(mp4):
    here = Server(content=mp4)
    listening = await asyncio.start_server(here.answer, "127.0.0.1", 0)
    here.port = listening.sockets[0].getsockname()[1]
    yield here
    listening.close()


@pytest.fixture
async def web():
    async with client(read_timeout=1) as http:
        yield HttpWeb(http)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "out" / "clip.mp4"
