"""Whether a link leads to a film or a recording that anyone may fetch, and how long that is.

Asked as HeyGen will ask: without a key, and only for the beginning and the header. Pages of Google Drive, YouTube and
Vimeo are taken as such, since HeyGen's documents say that it reads them.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from batchgen.files.interface import DownloadFailed
from batchgen.files.running_time import running_time

if TYPE_CHECKING:
    from collections.abc import Mapping

#: HeyGen's documents: a video that is named by its link may have 100 MB.
MOST_BYTES = 100 * 2**20
#: Bytes that are asked for at first, and in all; parts; seconds.
FIRST, IN_ALL, PARTS, PATIENCE_S = 65_536, 2 * 2**20, 16, 20.0

_PAGES = ("drive.google.com", "docs.google.com", "youtube.com", "youtu.be", "vimeo.com")
_VAGUE = {"", "application/octet-stream", "binary/octet-stream", "application/mp4", "application/x-download"}
_MARKS = (b"\x1a\x45\xdf\xa3", b"RIFF", b"ID3", b"OggS", b"fLaC", b"\xff\xfb", b"\xff\xf3", b"\x00\x00\x01\xba")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some bytes of a file behind a link."""

    status: int
    headers: Mapping[str, str]  #: Names in lower case.
    body: bytes


class Parts(Protocol):
    """The network, as far as parts of files are concerned."""

    async def part(self, url: str, *, start: int, length: int) -> Part:
        """Ask for some bytes, and read no more than those. Raises ``DownloadFailed``. Never carries the API key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was found at a link."""

    problem: str | None = None
    duration_s: float | None = None
    size: int | None = None  #: Bytes.


async def look(web: Parts, url: str) -> Seen:
    """Look at a link. Raises ``DownloadFailed`` where nobody can tell, such as without a network."""
    if is_page(url):
        return Seen()
    async with asyncio.timeout(PATIENCE_S):
        first = await web.part(url, start=0, length=FIRST)
        size = _size(first)
        problem = _problem(first, size)
        if problem:
            return Seen(problem=problem, size=size)
        try:
            return Seen(duration_s=await running_time(_Ranges(web, url, first, size)), size=size)
        except DownloadFailed:
            return Seen(size=size)


def is_page(url: str) -> bool:
    """Tell whether a link leads to a page that HeyGen reads the film from."""
    host = (urlsplit(url).hostname or "").lower()
    return any(host == page or host.endswith(f".{page}") for page in _PAGES)


class _Ranges:
    """See ``Window``. A server that gives no ranges is read from its beginning alone."""

    def __init__(self, web: Parts, url: str, first: Part, size: int | None) -> None:
        self.size = size
        self._web, self._url = web, url
        self._kept = [(0, first.body)]
        self._ranges = first.status == 206
        self._read, self._asked = len(first.body), 1

    async def read(self, start: int, length: int) -> bytes:
        """See ``Window.read``."""
        for at, body in self._kept:
            if at <= start and (start + length <= at + len(body) or at + len(body) == self.size):
                return body[start - at : start - at + length]
        if not self._ranges or self._asked >= PARTS or self._read + length > IN_ALL:
            return b""
        # A little more than asked for: what is read next mostly stands beside it.
        found = await self._web.part(self._url, start=start, length=max(length, 4096))
        self._asked += 1
        if found.status != 206:
            return b""
        self._read += len(found.body)
        self._kept.append((start, found.body))
        return found.body[:length]


def _problem(first: Part, size: int | None) -> str | None:
    if first.status in {401, 403}:
        return f"The video is not public: its server refuses to give it (HTTP {first.status})."
    if first.status in {404, 410}:
        return f"There is nothing at this link (HTTP {first.status})."
    if not 200 <= first.status < 300:
        return f"The server of this link does not give it (HTTP {first.status})."
    kind = first.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/html" or first.body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        return "The link leads to a web page, not to a video file."
    if not kind.startswith(("video/", "audio/")) and not (kind in _VAGUE and _looks_right(first.body)):
        return f'The link leads to something else than a video: its server calls it "{kind or "nothing"}".'
    if size is not None and size > MOST_BYTES:
        return f"The file has {size / 2**20:,.0f} MB, and HeyGen's documents allow {MOST_BYTES // 2**20} MB by link."
    return None


def _looks_right(head: bytes) -> bool:
    return head[4:8] == b"ftyp" or head.startswith(_MARKS)


def _size(first: Part) -> int | None:
    """Give the bytes of the whole file, by the range that came or by the length of all of it."""
    told = first.headers.get("content-range", "").rpartition("/")[2]
    if first.status != 206:
        told = first.headers.get("content-length", "")
    return int(told) if told.isdecimal() else None
