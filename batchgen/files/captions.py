"""Whether a file is the kind of captions it claims to be: an error page saved under ``.srt`` looks fine in a folder."""

from __future__ import annotations

from typing import IO

from batchgen.files.interface import NotAVideo

#: What stands in captions of each kind, and in nothing else that a link may give instead.
MARKS = {".srt": b"-->", ".vtt": b"WEBVTT", ".ass": b"Dialogue:"}

#: Bytes in which the mark has to stand; styles may come before it.
_HEAD = 64 * 1024


def check(file: IO[bytes], *, suffix: str) -> None:
    """Raise ``NotAVideo`` unless the file holds captions of the kind its suffix claims."""
    file.seek(0)
    if MARKS[suffix.lower()] not in file.read(_HEAD):
        raise NotAVideo(f"The link gave no captions ({suffix}) but something else.")
