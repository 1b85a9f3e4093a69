"""Whether a file is the kind of video it claims to be, and goes on to its end.

An error page saved under ``.mp4`` and a video that lost its tail both look fine in a folder. So the top level of
the container is walked: every part says how long it is, and the last one has to end where the file does.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from batchgen.files import captions
from batchgen.files.interface import NotAVideo

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What a suffix or a content type claims the file to be.
CLAIMS = {
    ".mp4": "mp4",
    ".m4v": "mp4",
    ".mov": "mp4",
    ".webm": "webm",
    ".mkv": "webm",
    "video/mp4": "mp4",
    "video/quicktime": "mp4",
    "video/x-m4v": "mp4",
    "video/webm": "webm",
    "video/x-matroska": "webm",
}

EBML = b"\x1a\x45\xdf\xa3"
SEGMENT = b"\x18\x53\x80\x67"

#: A film in fragments of a second has some ten thousand boxes. More than this is an attack, not a video.
MOST_BOXES = 1_000_000

#: Bytes at the beginning of a movie box in which its header stands; it is the first thing in there.
HEADER = 4096


def check(file: IO[bytes], *, size: int, suffix: str = "", content_type: str = "") -> None:
    """Raise ``NotAVideo`` unless the file is a whole video of the kind its name, else its content type, claims."""
    if suffix.lower() in captions.MARKS:
        captions.check(file, suffix=suffix)
        return
    claim = CLAIMS.get(suffix.lower()) or CLAIMS.get(content_type.partition(";")[0].strip().lower())
    file.seek(0)
    head = file.read(64)
    found = "webm" if head.startswith(EBML) else "mp4" if head[4:8] == b"ftyp" else None
    if found is None:
        raise NotAVideo(f"The link gave no video but {_looks_like(head)}.", other=True)
    if claim not in {None, found}:
        raise NotAVideo(f"The link gave a {found} video where {claim} was expected. Give it the suffix .{found}.")
    if found == "webm":
        _check_webm(head, size)
    else:
        _check_mp4(file, size)


def length(file: IO[bytes], *, size: int) -> float | None:
    """Give how many seconds an mp4 says it lasts; None where it does not say, as WebM and live recordings do not."""
    file.seek(0)
    if file.read(8)[4:8] != b"ftyp":
        return None
    start = 0
    for kind, end in _boxes(file, size):
        if kind == b"moov":
            file.seek(start)
            return _movie_length(file.read(min(end - start, HEADER)))
        start = end
    return None


def _movie_length(moov: bytes) -> float | None:
    """Read the movie header: ISO 14496-12 has it as time scale and duration, of 32 or 64 bits by its version."""
    at = moov.find(b"mvhd")
    if at < 0 or len(moov) < at + 36:
        return None
    wide = moov[at + 4] == 1
    scale_at = at + (24 if wide else 16)
    scale = int.from_bytes(moov[scale_at : scale_at + 4], "big")
    duration = int.from_bytes(moov[scale_at + 4 : scale_at + (12 if wide else 8)], "big")
    unknown = duration in {0, 2**32 - 1, 2**64 - 1}
    return None if unknown or not scale else duration / scale


def _looks_like(head: bytes) -> str:
    text = head.lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    return {b"": "an empty file", b"<": "an XML message", b"{": "a JSON message"}.get(text[:1], "something else")


def _check_mp4(file: IO[bytes], size: int) -> None:
    kinds = {kind for kind, _ in _boxes(file, size)}
    missing = [name for name in (b"moov", b"mdat") if name not in kinds]
    if missing:
        raise NotAVideo(f"The video has no {missing[0].decode()} box: it cannot be played.", cut=True)


def _boxes(file: IO[bytes], size: int) -> Iterator[tuple[bytes, int]]:
    """Walk the top-level boxes, each with where it ends."""
    at = 0
    for _ in range(MOST_BOXES):
        if at == size:
            return
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            break
        length, kind, least = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1:  # The real length has 64 bits and follows.
            length, least = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:  # The last box: it goes to the file's end, wherever that is.
            length = size - at
        if length < least:
            raise NotAVideo(f"The video is damaged at byte {at}.")
        if at + length > size:
            break
        at += length
        yield kind, at
    raise NotAVideo(f"The video ends too early, or goes on too long, at byte {size}.", cut=True)


def _check_webm(head: bytes, size: int) -> None:
    """Look at the two elements that a WebM file is made of: its header, and the segment with all the rest."""
    length, at = _number(head, len(EBML))
    if length is None or at + length + len(SEGMENT) > min(len(head), size):
        raise NotAVideo("The video ends within its header.", cut=True)
    at += length
    if head[at : at + len(SEGMENT)] != SEGMENT:
        raise NotAVideo(f"The video is damaged at byte {at}.")
    length, at = _number(head, at + len(SEGMENT))
    if length is not None and at + length > size:
        raise NotAVideo(f"The video ends too early, at byte {size} of {at + length}.", cut=True)


def _number(head: bytes, at: int) -> tuple[int | None, int]:
    """Read one of EBML's numbers, and where it ends. None where it says "unknown", as live recordings do."""
    if at >= len(head) or head[at] == 0:
        raise NotAVideo(f"The video is damaged at byte {at}.")
    width = 9 - head[at].bit_length()
    bits = int.from_bytes(head[at : at + width], "big") & ((1 << 7 * width) - 1)
    return (None if bits == (1 << 7 * width) - 1 else bits), at + width
