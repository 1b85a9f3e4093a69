"""How the uploads of a run stand, in words."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from batchgen.pipeline.happened import Uploading

if TYPE_CHECKING:
    from batchgen.pipeline.happened import Uploaded

_MB = 1_000_000


class Uploads:
    """Counts files and bytes on their way to the account."""

    def __init__(self) -> None:
        self.files = 0  #: Files that were taken whole.
        self.size = 0  #: Their bytes.
        self._under_way: dict[str, tuple[int, int]] = {}

    def hear(self, fact: Uploading | Uploaded) -> None:
        """Take note of bytes that left, or of a file that was taken."""
        if isinstance(fact, Uploading):
            self._under_way[fact.file] = (fact.sent, fact.size)
            return
        self._under_way.pop(fact.file, None)
        self.files += 1
        self.size += fact.size

    def words(self) -> list[str]:
        """Say what is on its way; nothing where nothing is."""
        if not self._under_way:
            return []
        sent, size = (sum(one) for one in zip(*self._under_way.values(), strict=True))
        named = PurePath(next(iter(self._under_way))).name
        what = named if len(self._under_way) == 1 else f"{len(self._under_way)} files"
        return [f"uploading {what}: {_of(sent, size)}"]

    def summary(self) -> str:
        """Say what was taken in all."""
        files = f"{self.files:,} file{'s' if self.files != 1 else ''}"
        return f"{files} uploaded, {megabytes(self.size)}"


def megabytes(size: int) -> str:
    """Say a size as people read it."""
    if size < _MB:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / _MB:,.0f} MB" if size >= 10 * _MB else f"{size / _MB:.1f} MB"


def _of(sent: int, size: int) -> str:
    return f"{round(100 * sent / max(1, size))}% of {megabytes(size)}"
