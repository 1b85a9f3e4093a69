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
from batchgen.model.media import KEY, LocalFile, NamedFile, located
from batchgen.pipeline.money.questions import measured

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

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


class Measure(Protocol):
    """Tells how long a film or a recording is; ``files.measure.lasts`` does."""

    def __call__(self, path: str) -> float | None:
        """Give the seconds; None where the file does not tell."""


@dataclass(slots=True)
class Locator:
    """Looks at each file once, however many rows name it."""

    look: Look
    measure: Measure
    #: What a path was found to be before.
    known: Callable[[str], LocalFile | None] = field(default=lambda _: None)
    read: list[LocalFile] = field(default_factory=list)  #: Files that had to be read.
    _folder: Path = field(default_factory=Path)
    _abroad: bool = False  #: Whether the manifest came over the network.
    _seen: dict[tuple[Path, str], LocalFile] = field(default_factory=dict)
    _lengths: dict[str, float | None] = field(default_factory=dict)  #: Seconds, by digest.
    #: What is wrong with others, by what they are wanted for as well: a kind and a sort.
    _wrong: dict[tuple[Path, str, str, str], Unusable] = field(default_factory=dict)

    def enter(self, manifest: Manifest) -> None:
        """Begin a manifest: its paths are read from its own folder."""
        self._folder = manifest.path.absolute().parent
        self._abroad = "://" in manifest.name

    def locate(self, row: Row, drafts: Sequence[Draft], dialect: Dialect) -> tuple[Sequence[Draft], Sequence[Fault]]:
        """Put digests into a row's drafts, or tell what is wrong with the files that they name.

        Where a row does not say how long its video is, the films and recordings that it is made from may.
        """
        found: dict[NamedFile, LocalFile] = {}
        faults: list[Fault] = []
        for named, place in drafts[0].files.items():
            try:
                fits = partial(dialect.assets.check, row.kind, named.sort)
                file = self._find(named, row.kind, fits, abroad=self._abroad or "://" in row.file)
                fits(file)
            except Unusable as wrong:
                faults.append(row.fault(place, wrong.problem, wrong.remedy))
            else:
                found[named] = file
        if faults:
            return (), faults
        return [self._located(draft, found) for draft in drafts], ()

    def _located(self, draft: Draft, found: Mapping[NamedFile, LocalFile]) -> Draft:
        content = located(draft.content, {named: file.sha256 for named, file in found.items()})
        paths = {file.sha256: file.path for file in found.values()}
        length_s = draft.length_s or measured(content, lambda source: self._lasts(source.get(KEY), paths))
        return replace(draft, content=content, length_s=length_s)

    def _lasts(self, digest: str | None, paths: Mapping[str, str]) -> float | None:
        if digest is None:
            return None
        if digest not in self._lengths:
            self._lengths[digest] = self.measure(paths[digest])
        return self._lengths[digest]

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
