"""Looks at files of this machine: where they are, what they are, and what they hold.

Rule: a file is what its bytes say. Its name is a label; its SHA-256 is what it is known by. Digesting hundreds of
gigabytes takes minutes, so a digest is trusted for as long as size and time of change are what they were.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.model.errors import Unusable
from batchgen.model.home import at_home
from batchgen.model.media import LocalFile
from batchgen.model.spelling import meant, whole

if TYPE_CHECKING:
    from collections.abc import Callable

_PIECE = 1024 * 1024

#: How files begin. HeyGen takes png, jpeg, mp4, webm, mp3, wav, pdf and srt; the rest are named to be refused by name.
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"ID3", "audio/mpeg"),
    (b"%PDF", "application/pdf"),
)
_RIFF = {b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo", b"WEBP": "image/webp"}
#: Brands of the mp4 family that are no mp4 video.
_BRANDS = {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"heic": "image/heic", b"avif": "image/avif"}
_CUE = re.compile(rb"\s*\d+\s*\r?\n\d{1,2}:\d\d:\d\d[,.]\d+\s*-->")


def look(
    path: str,
    folder: Path,
    *,
    known: Callable[[str], LocalFile | None],
    check: Callable[[LocalFile], None] = lambda _: None,
) -> LocalFile:
    """Find a file by its path as it is written, relative to ``folder``, and tell what it is.

    ``known`` gives what an absolute path was found to be before; ``check`` refuses a file by its size and sort, before
    all of it is read. Raises ``Unusable``.
    """
    place = _place(path, folder)
    try:
        # Looked at before it is opened: opening a pipe waits for somebody to write to it.
        _check_sort(place, os.stat(place).st_mode)  # noqa: PTH116 - as it was written, links and all
        with open(place, "rb") as file:  # noqa: PTH123
            facts = os.fstat(file.fileno())
            if not facts.st_size:
                raise Unusable(f"{place} is empty.", "Name a file that something is in.")
            before = known(place)
            if before is not None and _is_still(before, facts):
                return before
            found = LocalFile(
                path=place,
                size=facts.st_size,
                mtime_ns=facts.st_mtime_ns,
                media_type=media_type(file.read(4096)),
                sha256="",
            )
            check(found)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise Unusable(f"There is no file {place}.", _where(path)) from None
    except PermissionError:
        raise Unusable(f"{place} may not be read.", "Give yourself the right to read it, or name another.") from None
    except (OSError, ValueError) as error:
        raise Unusable(f"{place} cannot be read ({error}).", "Check the disk and the path.") from None
    return replace(found, sha256=digest)


def _place(path: str, folder: Path) -> str:
    """Give the whole path that is meant: as it is written if there is such a file, else as other systems write it."""

    def at(spelt: str) -> str:
        return whole(folder / at_home(spelt))

    return at(meant(path, lambda spelt: os.path.lexists(at(spelt))))


def is_intact(file: LocalFile) -> bool:
    """Tell whether a file is where and what it was, by size and time of change."""
    try:
        return _is_still(file, os.stat(file.path))  # noqa: PTH116 - a path as it was noted
    except (OSError, ValueError):
        return False


def media_type(head: bytes) -> str:
    """Tell what a file is by how it begins; ``""`` where that says nothing."""
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], "")
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    # An MP3 without a tag begins with a frame: eleven bits that are set, and no layer that is reserved.
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06:
        return "audio/mpeg"
    return "application/x-subrip" if _CUE.match(head.removeprefix(b"\xef\xbb\xbf")) else ""


def _check_sort(place: str, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise Unusable(f"{place} is a folder.", "Name one file in it.")
    if not stat.S_ISREG(mode):
        raise Unusable(f"{place} is no file.", "Name one file.")


def _is_still(before: LocalFile, facts: os.stat_result) -> bool:
    return before.size == facts.st_size and before.mtime_ns == facts.st_mtime_ns


def _where(path: str) -> str:
    if Path(at_home(path)).is_absolute():
        return "Check the path."
    return "A path is read from the folder of the manifest."
