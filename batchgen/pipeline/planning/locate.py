"""Finds the files of this machine that drafts name, and puts what they hold in the place of what they are called.

Everything that can be wrong with such a file is a fault of the manifest, at its row and column, before anything is
sent: that it is not there, is no file, is of a sort that HeyGen does not take, or is larger than may be uploaded.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Protocol

from batchgen.model.errors import Unusable
from batchgen.model.media import LocalFile, NamedFile, located

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchgen.heygen.interface import Dialect
    from batchgen.manifest.interface import Manifest
    from batchgen.model.errors import Fault
    from batchgen.model.job import Draft
    from batchgen.model.row import Row


class Look(Protocol):
    """Looks at a file; ``files.local.look`` does."""

    def __call__(
        self,
        path: str,
        folder: Path,
        *,
        known: Callable[[str], LocalFile | None],
        check: Callable[[LocalFile], None] = ...,
    ) -> LocalFile:
        """Find a file by its path as it is written, and tell what it is. Raises ``Unusable``, as ``check`` does."""


@dataclass(slots=True)
class Locator:
    """Looks at each file once, however many rows name it."""

    look: Look
    #: What a path was found to be before.
    known: Callable[[str], LocalFile | None] = field(default=lambda _: None)
    read: list[LocalFile] = field(default_factory=list)  #: Files that had to be read.
    _folder: Path = field(default_factory=Path)
    _abroad: bool = False  #: Whether the manifest came over the network.
    _seen: dict[tuple[Path, str], LocalFile] = field(default_factory=dict)
    #: What is wrong with others, by what they are wanted for as well: a kind and a sort.
    _wrong: dict[tuple[Path, str, str, str], Unusable] = field(default_factory=dict)

    def enter(self, manifest: Manifest) -> None:
        """Begin a manifest: its paths are read from its own folder."""
        self._folder = manifest.path.absolute().parent
        self._abroad = "://" in manifest.name

    def locate(self, row: Row, drafts: Sequence[Draft], dialect: Dialect) -> tuple[Sequence[Draft], Sequence[Fault]]:
        """Put digests into a row's drafts, or tell what is wrong with the files that they name."""
        found: dict[NamedFile, str] = {}
        faults: list[Fault] = []
        for named, place in drafts[0].files.items():
            try:
                fits = partial(dialect.assets.check, row.kind, named.sort)
                file = self._find(named, row.kind, fits, abroad=self._abroad or "://" in row.file)
                fits(file)
            except Unusable as wrong:
                faults.append(row.fault(place, wrong.problem, wrong.remedy))
            else:
                found[named] = file.sha256
        if faults:
            return (), faults
        return [replace(draft, content=located(draft.content, found)) for draft in drafts], ()

    def _find(self, named: NamedFile, kind: str, fits: Callable[[LocalFile], None], *, abroad: bool) -> LocalFile:
        if abroad and not _stays_inside(named.path):
            raise Unusable(
                f'A sheet from the network cannot name "{named.path}".',
                "It may name files in the folder of the manifest and below, such as asset:./clip.mp4.",
            )
        key, wanted = (self._folder, named.path), (self._folder, named.path, kind, named.sort)
        if wanted in self._wrong:
            raise self._wrong[wanted]
        if key not in self._seen:
            try:
                self._seen[key] = self._look(named.path, fits)
            except Unusable as wrong:
                self._wrong[wanted] = wrong
                raise
        return self._seen[key]

    def _look(self, path: str, fits: Callable[[LocalFile], None]) -> LocalFile:
        file = self.look(path, self._folder, known=self.known, check=fits)
        if self.known(file.path) != file:
            self.read.append(file)
        return file


def _stays_inside(path: str) -> bool:
    """Tell whether a path, as written, leads nowhere but into its folder, on any system."""
    parts = PureWindowsPath(path)
    rooted = parts.drive or parts.root or PurePosixPath(path).root or path.startswith("~")
    return not rooted and ".." not in parts.parts
