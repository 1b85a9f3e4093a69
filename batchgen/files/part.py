"""The half of a video that is on disk already: ``<name>.part`` beside its final place.

Rule: bytes are gone on from only where they are certainly on disk and certainly of the same video. So a mark stands
beside them, ``<name>.part.etag``, with the video's strong ETag and the length that was synced. The link is no help
there: it is signed anew each time. A part without a mark is begun again.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from batchgen.files import container, disk
from batchgen.files.digest import Digest, digest
from batchgen.files.disk import told
from batchgen.files.interface import SavedFile
from batchgen.model.errors import DiskError

if TYPE_CHECKING:
    from pathlib import Path


_NONE = -1  # No file has this descriptor.


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
        self._wanted: int | None = None  #: Bytes to ask room for before the first is written.
        self._digest: Digest | None = None  #: Of all that was written; None: some of it was there before.
        self._mark = target.with_name(target.name + ".part.etag")
        self._file = _NONE

    def mark(self) -> Mark | None:
        """Read what an earlier attempt left. None: nothing that can be trusted."""
        try:
            mark = Mark(**json.loads(self._mark.read_bytes()))
            sound = 0 < mark.size <= self.path.stat().st_size and isinstance(mark.etag, str)
        except (OSError, ValueError, TypeError):
            return None
        return mark if sound else None

    def begin(self, size: int, total: int | None) -> None:
        """Open the part and go on after its first ``size`` bytes; there will be ``total``, if that was told."""
        with told(self.path):
            self.target.parent.mkdir(parents=True, exist_ok=True)
            if not size:
                self._mark.unlink(missing_ok=True)
            self._file = os.open(self.path, disk.FOR_WRITING, 0o666)
            os.ftruncate(self._file, size)
            os.lseek(self._file, size, os.SEEK_SET)
        self.size = size
        self._wanted = total
        self._digest = None if size else Digest()

    def write(self, chunk: bytes) -> None:
        """Add some bytes, between ``begin`` and ``close``."""
        with told(self.path):
            if self._wanted is not None:
                disk.reserve(self._file, self.size, self._wanted)
                self._wanted = None
            disk.write(self._file, chunk)
        self.size += len(chunk)
        if self._digest is not None:
            self._digest.update(chunk)

    def close(self) -> None:
        """Let go of the file; what was written stays, and no more of its room than that."""
        if self._file == _NONE:
            return
        file, self._file = self._file, _NONE
        with told(self.path):
            try:
                os.ftruncate(file, self.size)
            finally:
                os.close(file)

    def keep(self, etag: str | None, total: int | None) -> None:
        """Make sure of what was written, and mark it so that a later attempt can go on from here."""
        if etag is None or not self.size:
            self.discard()
            return
        with told(self.path):
            mark = Mark(etag=etag, size=self.size, total=total)
            disk.sync(self.path)
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
            known_by = digest(file) if self._digest is None else str(self._digest)
            os.fsync(file.fileno())
        with told(self.target):
            self._mark.unlink(missing_ok=True)
            self.path.replace(self.target)
            disk.sync_folder(self.target.parent)
        return SavedFile(path=self.target, size=self.size, digest=known_by, duration_s=seconds)
