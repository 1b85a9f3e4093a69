"""The standard streams as a command finds them: closed, with a reader or a window that goes away, on a full disk.

Rule: what is told of a run on the way never ends it. What is being paid for goes on, whoever hears of it.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from pathlib import Path
from typing import TextIO

#: What a disk says that takes no more.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


#: How a letter is written that a stream has no sign for.
_NUMBERED = "batchgen-numbered"


def settle_in() -> None:
    """Open what was closed, and make standard error, and a terminal, ones that nothing fails of.

    No stream fails of a letter: Windows gives files and pipes an encoding of the country, such as CP1252.
    """
    _open_what_is_closed()
    codecs.register_error(_NUMBERED, _numbered)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_NUMBERED)
    sys.stderr = _settled(sys.stderr, patient=True)
    sys.stdout = _settled(sys.stdout, patient=False)


def _settled(stream: TextIO, *, patient: bool) -> TextIO:
    """Have a stream let go by what cannot be written, where it is to be ``patient`` or is a terminal."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    if stream.isatty():
        # A terminal goes away with its window. Windows writes to one in a way of its own.
        patient = os.name != "nt"
    return _patient(stream) if patient else stream


def _numbered(error: UnicodeError) -> tuple[str, int]:
    r"""Write letters as JSON has them (`\u65e5`, in pairs beyond ffff), so that what is told with --json stays such."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)), error.end


def is_full(error: OSError) -> bool:
    """Tell whether something could not be written for want of room."""
    return error.errno in _FULL


class _Patient(io.FileIO):
    """Lets go by what cannot be written."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        super().__init__(stream.fileno(), "w", closefd=False)
        self._before = stream  # Whoever lets go of it closes what both write to.

    def write(self, told: object) -> int:
        """See FileIO.write."""
        try:
            return super().write(told)  # type: ignore[arg-type] # whatever the buffer above it holds
        except OSError:
            return memoryview(told).nbytes  # type: ignore[arg-type]


def _patient(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    stream.flush()
    below = io.BufferedWriter(_Patient(stream))
    return io.TextIOWrapper(below, encoding=stream.encoding, errors=stream.errors, line_buffering=True)


def _open_what_is_closed() -> None:
    """Have something stand where a stream is closed: else a file, or the state, would get its number."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    nowhere = Path(os.devnull)
    sys.stdin = sys.stdin or nowhere.open(encoding="utf-8")
    sys.stdout = sys.stdout or nowhere.open("w", encoding="utf-8")
    sys.stderr = sys.stderr or nowhere.open("w", encoding="utf-8")
