"""Whether a link leads to a film that anyone may fetch, and how long that is, by its header alone."""

from __future__ import annotations

import io
import struct
import wave
from itertools import count

import av
import pytest

from batchgen.files import source
from batchgen.files.interface import DownloadFailed
from batchgen.files.running_time import running_time
from batchgen.files.source import Part, look
from batchgen.sandbox.encode import make
from batchgen.sandbox.film_spec import FilmSpec

URL = "https://films.example/a.mp4"


class Shelf:
    """A server with one file; see ``Parts``."""

    def __init__(self, body: bytes, kind: str = "video/mp4", *, status: int = 206, ranges: bool = True) -> None:
        self.body, self.kind, self.status, self.ranges = body, kind, status, ranges
        self.asked: list[tuple[int, int]] = []

    async def part(self, url: str, *, start: int, length: int) -> Part:
        self.asked.append((start, length))
        if self.status >= 400:
            return Part(status=self.status, headers={"content-type": "text/html"}, body=b"<html>no</html>")
        whole = len(self.body)
        if not self.ranges:
            headers = {"content-type": self.kind, "content-length": str(whole)}
            return Part(status=200, headers=headers, body=self.body[:length])
        headers = {"content-type": self.kind, "content-range": f"bytes {start}-{start + length - 1}/{whole}"}
        return Part(status=206, headers=headers, body=self.body[start : start + length])


class Bytes:
    """See ``Window``."""

    def __init__(self, body: bytes) -> None:
        self.body, self.size, self.steps = body, len(body), count()

    async def read(self, start: int, length: int) -> bytes:
        assert next(self.steps) < 1000
        return self.body[start : start + length]


def remuxed(film: bytes, container: str, **options: str) -> bytes:
    out = io.BytesIO()
    with av.open(io.BytesIO(film)) as given, av.open(out, "w", format=container, options=options) as written:
        streams = {one.index: written.add_stream_from_template(one) for one in given.streams}
        for packet in given.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                written.mux(packet)
    return out.getvalue()


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def far_away(film: bytes, padding: int) -> bytes:
    """Put the film's header behind a lot of other things, as cameras do."""
    at, parts = 0, {}
    while at < len(film):
        size = int.from_bytes(film[at : at + 4])
        parts[film[at + 4 : at + 8]] = film[at : at + size]
        at += size
    return parts[b"ftyp"] + box(b"free", bytes(padding)) + parts[b"moov"]


@pytest.fixture(scope="module")
def film() -> bytes:
    return make(FilmSpec(headline="x", width=128, height=128, seconds=3.0))


def duration(film: bytes) -> float:
    with av.open(io.BytesIO(film)) as opened:
        return opened.duration / 1e6


async def test_the_length_of_a_film_is_that_which_a_player_shows(film):
    for one in (film, remuxed(film, "mov"), make(FilmSpec(headline="x", width=128, height=128, container="webm"))):
        assert await running_time(Bytes(one)) == pytest.approx(duration(one), abs=0.1)


async def test_a_recording_tells_its_length_too():
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(8000 * 2 * 5))

    assert await running_time(Bytes(file.getvalue())) == pytest.approx(5.0)


async def test_a_header_at_the_end_takes_a_few_small_requests(film):
    shelf = Shelf(far_away(film, 30_000_000))

    seen = await look(shelf, URL)

    assert seen.problem is None
    assert seen.duration_s == pytest.approx(duration(film), abs=0.1)
    assert len(shelf.asked) < 6
    assert sum(length for _, length in shelf.asked) < 100_000


async def test_a_server_without_ranges_is_read_from_its_beginning_alone(film):
    shelf = Shelf(far_away(film, 30_000_000), ranges=False)

    assert (await look(shelf, URL)).duration_s is None
    assert len(shelf.asked) == 1


@pytest.mark.parametrize("cut", [9, 20, 40, 60, 100])
async def test_a_film_that_is_cut_or_lies_is_of_unknown_length_and_stops_nothing(film, cut):
    broken = film[:cut] + bytes(50)
    endless = box(b"ftyp", b"isom") + struct.pack(">I4sQ", 1, b"free", 16) * 100_000

    assert await running_time(Bytes(broken)) is None
    assert await running_time(Bytes(endless)) is None
    assert await running_time(Bytes(b"\x1a\x45\xdf\xa3" + bytes(range(256)))) is None


@pytest.mark.parametrize(
    ("shelf", "said"),
    [
        (Shelf(b"<!doctype html><html>", "text/html; charset=utf-8"), "a web page"),
        (Shelf(b"  <html>", "video/mp4"), "a web page"),
        (Shelf(b"", status=403), "not public"),
        (Shelf(b"", status=404), "nothing at this link"),
        (Shelf(b"", status=500), "does not give it (HTTP 500)"),
        (Shelf(b"{}", "application/json"), 'calls it "application/json"'),
        (Shelf(b"hello", "application/octet-stream"), "something else"),
    ],
)
async def test_a_link_that_leads_to_no_film_says_what_it_leads_to(shelf, said):
    assert said in (await look(shelf, URL)).problem


async def test_a_film_that_is_too_large_is_told_by_its_size(film, monkeypatch):
    monkeypatch.setattr(source, "MOST_BYTES", 1000)

    assert "HeyGen's documents allow" in (await look(Shelf(film), URL)).problem


async def test_a_film_under_a_vague_name_is_known_by_its_beginning(film):
    assert (await look(Shelf(film, "application/octet-stream"), URL)).problem is None


@pytest.mark.parametrize(
    "url",
    [
        "https://drive.google.com/file/d/1/view",
        "https://www.youtube.com/watch?v=1",
        "https://youtu.be/1",
        "https://vimeo.com/1",
    ],
)
async def test_pages_that_heygen_reads_films_from_are_taken_as_they_are(url):
    shelf = Shelf(b"", status=404)

    assert (await look(shelf, url)).problem is None
    assert shelf.asked == []


async def test_a_lookalike_of_such_a_page_is_asked():
    assert (await look(Shelf(b"", status=404), "https://notyoutube.com/a.mp4")).problem is not None


async def test_a_server_that_breaks_off_in_the_header_leaves_the_length_unknown(film):
    class Tired(Shelf):
        async def part(self, url: str, *, start: int, length: int) -> Part:
            if self.asked:
                raise DownloadFailed("broke off", transient=True)
            return await super().part(url, start=start, length=length)

    assert (await look(Tired(far_away(film, 1_000_000)), URL)).duration_s is None
