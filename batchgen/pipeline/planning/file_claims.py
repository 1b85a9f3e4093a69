"""Which row has asked for which file: no two videos may have one, and none may stand where the folder of another is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Rival(NamedTuple):
    """What stands where a video is to be, or the other way round."""

    name: str  #: Of the file, or of the folder.
    row: int  #: The first row that asked for it.
    is_folder: bool  #: Whether one of the two is a folder, with a video in it.


class Claims:
    """The files that the rows of a plan ask for. ``key`` gives the form in which equal names collide."""

    def __init__(self, key: Callable[[str], str]) -> None:
        self._key = key
        self._files: dict[str, tuple[str, int]] = {}  #: File → the job that has it, and its row.
        self._folders: dict[str, int] = {}  #: Folder that a file is in → the first row of such a file.
        self._in_the_way: dict[str, Rival | None] = {}  #: Folder, as it is written → what stands in its place or above.

    def claim(self, file: str, job_id: str, row: int) -> Iterator[Rival]:
        """Ask for a file; give whatever is in its way."""
        key, name = self._key(file), os.path.basename(file)  # noqa: PTH119 - a million names are gone through
        owner, first = self._files.setdefault(key, (job_id, row))
        if rival := self._above(file, row):
            yield rival
        if key in self._folders:
            yield Rival(name, self._folders[key], is_folder=True)
        if owner != job_id:
            yield Rival(name, first, is_folder=False)

    def _above(self, path: str, row: int) -> Rival | None:
        """Give the video that is to stand where a folder of this path is: each folder is looked at once."""
        folder = os.path.dirname(path)  # noqa: PTH120
        if folder == path:
            return None
        if folder not in self._in_the_way:
            rival, key = self._above(folder, row), self._key(folder)
            self._folders.setdefault(key, row)
            if found := self._files.get(key):
                rival = Rival(os.path.basename(folder), found[1], is_folder=True)  # noqa: PTH119
            self._in_the_way[folder] = rival
        return self._in_the_way[folder]
