"""What is left beside saved files and is of no use any more: halves of downloads, and copies that were set aside.

Rule: a file is litter only by the name of a saved file that it stands beside. Nothing else is looked at twice.
"""

from __future__ import annotations

import os
import re
import stat
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.files.disk import told

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_PART = re.compile(r"(?P<of>.+)\.part(?:\.etag)?")
#: As `verify --repair` names what it sets aside.
_CHANGED = re.compile(r"(?P<stem>.+)\.changed\d*(?P<suffix>\.[^.]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Litter:
    """A file that can go."""

    path: Path
    size: int  #: Bytes.
    why: str


def litter(saved: Iterable[str], *, spared: Collection[str], changed: bool) -> Iterator[Litter]:
    """Find the litter beside files that were saved.

    ``spared`` are paths that nothing may happen to, whatever their names look like. ``changed``: whether copies that
    were set aside, because somebody had changed them, are litter as well.
    """
    folders: dict[str, set[str]] = defaultdict(set)
    for path in saved:
        folder, name = os.path.split(path)
        folders[folder].add(name)
    for folder, names in sorted(folders.items()):
        for entry in _files(folder):
            why = _why(entry.name, names, changed=changed)
            if why and entry.path not in spared:
                yield Litter(path=Path(entry.path), size=entry.stat(follow_symlinks=False).st_size, why=why)


def remove(path: Path) -> None:
    """Remove a file, as long as it is one. Raises ``DiskError``."""
    with told(path):
        if stat.S_ISREG(path.lstat().st_mode):
            path.unlink()


def _files(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted((one for one in found if one.is_file(follow_symlinks=False)), key=lambda one: one.name)
    except OSError:  # A folder that is gone, or that is not ours to read, has nothing to tidy.
        return []


def _why(name: str, saved: Collection[str], *, changed: bool) -> str:
    if (part := _PART.fullmatch(name)) and part["of"] in saved:
        return "half of a download that was finished"
    if changed and (copy := _CHANGED.fullmatch(name)) and copy["stem"] + copy["suffix"] in saved:
        return "a copy that was set aside"
    return ""
