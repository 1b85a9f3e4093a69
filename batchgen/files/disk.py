"""What is asked of the disk, and how it says no."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from batchgen.model.errors import DiskError
from batchgen.model.exhausted import exhausted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOR_WRITING = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)

_SENTENCES = {
    errno.ENOSPC: "the disk is full. Free some space, or choose another folder.",
    errno.EDQUOT: "your share of the disk is used up. Free some space, or choose another folder.",
    errno.EFBIG: "the file is larger than may be written here. Choose another folder.",
    errno.EROFS: "the disk is read-only. Choose another folder.",
    errno.EACCES: "this may not be written. Check the folder's permissions, or close the program that has it open.",
    errno.EPERM: "this may not be written. Check the folder's permissions, or choose another one.",
    errno.EISDIR: "this is a folder, with other files in it. Give the video another name (column `output`).",
    errno.ENAMETOOLONG: "the name is too long. Choose a shorter one.",
}
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Say in a sentence why the disk would not."""
    try:
        yield
    except OSError as error:
        if used_up := exhausted(error):
            raise DiskError(f"{path}: this cannot be opened: {used_up}.") from error
        sentence = _SENTENCES.get(
            error.errno or 0, f"this cannot be written ({error.strerror or error}). Choose another folder."
        )
        raise DiskError(f"{path}: {sentence}") from error


def reserve(file: int, start: int, total: int) -> None:
    """Ask for all the room that a file will need: in one piece it costs less, and that there is none is known early.

    Not every system can be asked, nor every disk; those say so as they fill.
    """
    if total <= start or not hasattr(os, "posix_fallocate"):
        return
    try:
        os.posix_fallocate(file, start, total - start)
    except OSError as error:
        os.ftruncate(file, start)
        if error.errno in _NO_ROOM:
            raise


def write(file: int, piece: bytes) -> None:
    """Write a piece: a disk that fills up takes some of it first, and says so at the next call.

    Pieces as they came, and not many in one call: a page cache that is to take megabytes at once looks for memory in
    one piece, which took half as much of the processor again.
    """
    rest = memoryview(piece)
    while rest:
        rest = rest[os.write(file, rest) :]


def sync(path: Path) -> None:
    """Wait until the bytes of a file are on the disk."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows has no such thing, and needs none.
        return
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # Some network file systems cannot.
            raise
    finally:
        os.close(folder)
