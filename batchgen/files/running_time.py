"""How long a film or a recording is, by its header alone: MP4 and MOV, WebM and Matroska, WAV.

Pure but for ``Window``, which brings a few bytes from wherever the file is. Nothing is believed: every length is held
against the file's size, and the number of steps is bounded.
"""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

#: Parts of a file that are looked at before it is given up. A film has a dozen before its ``moov``.
MOST_PARTS = 64
_EBML, _SEGMENT, _INFO, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1F43B675
_SCALE, _DURATION = 0x2AD7B1, 0x4489


class Window(Protocol):
    """A file that can be read in parts."""

    size: int | None  #: Bytes of all of it, where that is known.

    async def read(self, start: int, length: int) -> bytes:
        """Give up to so many bytes, fewer at the end of the file or where it would be too much."""


async def running_time(file: Window) -> float | None:
    """Give the seconds that a file lasts; None where its header does not tell, or is of another kind."""
    head = await file.read(0, 16)
    if head[4:8] == b"ftyp":
        found = await _mp4(file)
    elif head[:4] == _EBML.to_bytes(4):
        found = await _webm(file)
    elif head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        found = await _wav(file)
    else:
        return None
    return found if found is not None and math.isfinite(found) and found > 0 else None


async def _mp4(file: Window) -> float | None:
    async for kind, start, end in _boxes(file, 0, file.size):
        if kind == b"moov":
            return await _movie(file, start, end)
    return None


async def _movie(file: Window, start: int, end: int) -> float | None:
    """Read the movie's header. A film in fragments has its length in ``mehd``, if anywhere."""
    scale, fragments = 0, None
    async for kind, at, stop in _boxes(file, start, end):
        if kind == b"mvhd":
            scale, duration = _header(await file.read(at, 32))
            if duration and scale:
                return duration / scale
        elif kind == b"mvex":
            fragments = (at, stop)
    if fragments and scale:
        async for kind, at, _ in _boxes(file, *fragments):
            if kind == b"mehd":
                head = await file.read(at, 12)
                return int.from_bytes(head[4:12] if head[:1] == b"\x01" else head[4:8]) / scale
    return None


def _header(head: bytes) -> tuple[int, int]:
    """Read time scale and duration of ``mvhd``, by ISO/IEC 14496-12: its first version has 32 bits, its second 64."""
    if len(head) < 32:
        return 0, 0
    wide = head[0] == 1
    scale = int.from_bytes(head[20:24] if wide else head[12:16])
    duration, bits = int.from_bytes(head[24:32] if wide else head[16:20]), 64 if wide else 32
    return scale, 0 if duration == 2**bits - 1 else duration  # All ones: unknown.


async def _boxes(file: Window, start: int, end: int | None) -> AsyncIterator[tuple[bytes, int, int]]:
    """Walk the boxes between two places: each with where its contents begin and end."""
    for _ in range(MOST_PARTS):
        head = await file.read(start, 16)
        if len(head) < 8:
            return
        length, kind, skip = int.from_bytes(head[:4]), head[4:8], 8
        if length == 1 and len(head) == 16:
            length, skip = int.from_bytes(head[8:16]), 16
        elif length == 0 and end is not None:
            length = end - start
        if length < skip or (end is not None and start + length > end):
            return
        yield kind, start + skip, start + length
        start += length
        if end is not None and start >= end:
            return


async def _webm(file: Window) -> float | None:
    at = 0
    for _ in range(MOST_PARTS):
        name, length, body = await _element(file, at)
        if name == _INFO and length is not None:
            return _info(await file.read(body, min(length, 4096)))
        if name is None or name == _CLUSTER:
            return None
        # Into the segment, and over everything else. A segment of unknown length is a recording that was streamed.
        if name == _SEGMENT:
            at = body
        elif length is None:
            return None
        else:
            at = body + length
    return None


async def _element(file: Window, at: int) -> tuple[int | None, int | None, int]:
    """Read the name and the length of an element, and where its contents begin."""
    head = await file.read(at, 12)
    if not head or not head[0]:
        return None, None, at
    wide = 9 - head[0].bit_length()
    if wide > 4 or len(head) <= wide or not head[wide]:
        return None, None, at
    name = int.from_bytes(head[:wide])
    length, after = _size(head, wide)
    return name, length, at + after


def _size(data: bytes, at: int) -> tuple[int | None, int]:
    """Read one of EBML's lengths, and where it ends. None where it says "unknown"."""
    wide = 9 - data[at].bit_length()
    bits = int.from_bytes(data[at : at + wide]) & ((1 << 7 * wide) - 1)
    return (None if bits == (1 << 7 * wide) - 1 else bits), at + wide


def _info(data: bytes) -> float | None:
    """Read the duration that stands among a segment's facts, in units of its own scale."""
    scale, duration, at = 1_000_000, None, 0
    while at < len(data) - 2 and data[at]:
        wide = 9 - data[at].bit_length()
        if at + wide >= len(data) or not data[at + wide]:
            break
        name = int.from_bytes(data[at : at + wide])
        length, body = _size(data, at + wide)
        if length is None or body + length > len(data):
            break
        value, at = data[body : body + length], body + length
        if name == _SCALE:
            scale = int.from_bytes(value)
        elif name == _DURATION and length in {4, 8}:
            duration = struct.unpack(">f" if length == 4 else ">d", value)[0]
    return None if duration is None else duration * scale / 1e9


async def _wav(file: Window) -> float | None:
    at, rate = 12, 0
    for _ in range(MOST_PARTS):
        head = await file.read(at, 24)
        if len(head) < 8:
            return None
        name, length = head[:4], int.from_bytes(head[4:8], "little")
        if name == b"fmt " and len(head) >= 20:
            rate = int.from_bytes(head[16:20], "little")
        elif name == b"data" and rate:
            left = length if file.size is None else min(length, file.size - at - 8)
            return left / rate
        at += 8 + length + length % 2
    return None
