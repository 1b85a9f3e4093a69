"""The half of a video that is on disk already: ``<name>.part`` beside its final place.

Rule: bytes are gone on from only where they are certainly on disk and certainly of the same video. So a mark stands
beside them, ``<name>.part.etag``, with the video's strong ETag and the length that was synced. The link is no help
there: it is signed anew each time. A part without a mark is begun again.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from threading import Lock
from typing import IO, TYPE_CHECKING

from batchgen.files import container
from batchgen.files.interface import SavedFile
from batchgen.model.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OPEN = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)

_SENTENCES = {
    errno.ENOSPC: "the disk is full. Free some space, or choose another folder.",
    errno.EDQUOT: "your share of the disk is used up. Free some space, or choose another folder.",
    errno.EFBIG: "the file is larger than may be written here. Choose another folder.",
    errno.EROFS: "the disk is read-only. Choose another folder.",
    errno.EACCES: "this may not be written. Check the folder's permissions, or close the program that has it open.",
    errno.EPERM: "this may not be written. Check the folder's permissions, or choose another one.",
    errno.ENAMETOOLONG: "the name is too long. Choose a shorter one.",
}


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Say in a sentence why the disk would not."""
    try:
        yield
    except OSError as error:
        sentence = _SENTENCES.get(
            error.errno or 0, f"this cannot be written ({error.strerror or error}). Choose another folder."
        )
        raise DiskError(f"{path}: {sentence}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is known of the bytes in a part."""

    etag: str  #: Strong: equal only if every byte is.
    size: int  #: So many bytes are synced.
    total: int | None  #: So many there are in all, if that was said.


class Part:
    """A video being written. One at a time for each target."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.path = target.with_name(target.name + ".part")
        self.size = 0  #: Bytes written.
        self._taken: list[bytes] = []  #: What is still to be written.
        self._writing = Lock()  # Whoever closes it waits for a thread that still writes: its file is that thread's.
        self._sha256: hashlib._Hash | None = None  #: Of all that was written; None: some of it was there before.
        self._mark = target.with_name(target.name + ".part.etag")
        self._file: int | None = None

    def mark(self) -> Mark | None:
        """Read what an earlier attempt left. None: nothing that can be trusted."""
        try:
            mark = Mark(**json.loads(self._mark.read_bytes()))
            sound = 0 < mark.size <= self.path.stat().st_size and isinstance(mark.etag, str)
        except (OSError, ValueError, TypeError):
            return None
        return mark if sound else None

    def begin(self, size: int) -> None:
        """Open the part and go on after its first ``size`` bytes."""
        with told(self.path):
            self.target.parent.mkdir(parents=True, exist_ok=True)
            if not size:
                self._mark.unlink(missing_ok=True)
            self._file = os.open(self.path, _OPEN, 0o666)
            os.ftruncate(self._file, size)
            os.lseek(self._file, size, os.SEEK_SET)
        self.size = size
        self._sha256 = None if size else hashlib.sha256()

    def take(self, chunk: bytes) -> None:
        """Add some bytes, to be written by ``write``."""
        self._taken.append(chunk)

    def write(self) -> None:
        """Write what was taken. Any thread may do it, one at a time; what comes after the end is let go."""
        with self._writing, told(self.path):
            taken, self._taken = self._taken, []
            if self._file is not None:
                for chunk in taken:
                    self._write(self._file, chunk)

    def _write(self, file: int, chunk: bytes) -> None:
        written = os.write(file, chunk)
        while written < len(chunk):  # A disk that fills up takes a piece first, and says so at the next one.
            written += os.write(file, memoryview(chunk)[written:])
        self.size += len(chunk)
        if self._sha256 is not None:
            self._sha256.update(chunk)

    def close(self) -> None:
        """Let go of the file; what was written stays."""
        with self._writing:
            if self._file is not None:
                file, self._file = self._file, None
                with told(self.path):
                    os.close(file)

    def keep(self, etag: str | None, total: int | None) -> None:
        """Make sure of what was written, and mark it so that a later attempt can go on from here."""
        if etag is not None:
            # It waits for a thread that still writes: what that one took counts only when it is done.
            self.write()
        if etag is None or not self.size:
            self.discard()
            return
        with told(self.path):
            mark = Mark(etag=etag, size=self.size, total=total)
            _sync(self.path)
            self._mark.write_text(json.dumps(asdict(mark)), encoding="ascii")

    def discard(self) -> None:
        """Remove what was written: it is of no use to anyone."""
        with suppress(DiskError):
            self.close()
        for path in (self._mark, self.path):
            with suppress(OSError):
                path.unlink()

    def place(self, *, content_type: str) -> SavedFile:
        """Check that the video is whole, and give it its name; give what is known of it then.

        Its bytes are on disk before its name is.
        """
        with told(self.path), self.path.open("r+b") as file:
            container.check(file, size=self.size, suffix=self.target.suffix, content_type=content_type)
            seconds = container.length(file, size=self.size)
            digest = sha256(file) if self._sha256 is None else self._sha256.hexdigest()
            os.fsync(file.fileno())
        with told(self.target):
            self._mark.unlink(missing_ok=True)
            self.path.replace(self.target)
            _sync_folder(self.target.parent)
        return SavedFile(path=self.target, size=self.size, digest=digest, duration_s=seconds)


def sha256(file: IO[bytes]) -> str:
    """Digest all of a file, in hexadecimal."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type] # any binary file will do


def _sync(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
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
