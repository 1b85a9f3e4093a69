"""Rows → entries: what each line of a manifest asks for, checked, named, and with the file that it is to become."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from batchgen.model.content import wants_captions
from batchgen.model.errors import DiskError, Fault, ManifestError
from batchgen.model.meaning import spells_out
from batchgen.model.naming import canonical
from batchgen.model.row import Row, Sheaf
from batchgen.pipeline.money.quote import Tally
from batchgen.pipeline.planning.file_claims import Claims
from batchgen.pipeline.planning.mould import Moulds
from batchgen.pipeline.planning.pour import Batch
from batchgen.store.interface import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from batchgen.heygen.interface import Dialect
    from batchgen.kinds.interface import Kind
    from batchgen.manifest.interface import Manifest
    from batchgen.model.job import Draft
    from batchgen.pipeline.planning.file_claims import Rival
    from batchgen.pipeline.planning.locate import Locator
    from batchgen.pipeline.planning.pour import Cast

#: Whether an entry names files of this machine.
is_local = attrgetter("local")

#: Lines that are poured and written at a time.
CHUNK = 2000
#: Rows that are not worth being parted any further.
FEW = 8
#: Faults that are kept to be told. A sheet with more of them is wrong in one place, not in a thousand.
FAULTS = 1000


class Naming(Protocol):
    """Names the file of a draft, and tells when two names are one file on some system."""

    def __call__(self, draft: Draft, job_id: str, folder: Path) -> str:
        """Give the absolute path of its video. Raises ``DiskError`` where it would leave its folder."""

    def own(self, draft: Draft, folder: Path) -> Callable[[str | None, str], str]:
        """Give what names drafts like this one, where nobody gave them names: by their titles and job ids."""

    def key(self, name: str) -> str:
        """Give the form in which equal names collide."""


class Faults:
    """What is wrong with manifests: the first faults, and how many more there are."""

    def __init__(self, most: int = FAULTS) -> None:
        self._most = most
        self._kept: list[Fault] = []
        self._unsaid = 0

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept) + self._unsaid

    def add(self, fault: Fault) -> None:
        """Keep a fault, or only count it."""
        if len(self._kept) < self._most:
            self._kept.append(fault)
        else:
            self._unsaid += 1

    def check(self) -> None:
        """Raise ``ManifestError`` if there are any."""
        if self._kept:
            raise ManifestError(self._kept, more=self._unsaid)


class Expander:
    """Turns the rows of manifests into entries, and tells what is wrong with them."""

    def __init__(
        self,
        *,
        kinds: Mapping[str, Kind],
        dialect: Callable[[str | None], Dialect],
        naming: Naming,
        locator: Locator,
        realm: str,
        most: int = FAULTS,
    ) -> None:
        self._kinds = kinds
        self._dialect = dialect
        self._naming = naming
        self._locator = locator
        self._realm = realm
        self._claims = Claims(naming.key)
        self.faults = Faults(most)
        self.tally = Tally()  #: What the lines would cost.
        self.file = ""  #: That the rows stand in which were read last.

    def entries(self, manifest: Manifest, downloads: Path) -> Iterator[list[Entry]]:
        """Give the entries of the rows in order, some thousands at a time: much is done sooner to many at once."""
        dialect = self._dialect(manifest.api)
        self._locator.enter(manifest)
        moulds = Moulds(kinds=self._kinds, realm=self._realm, naming=self._naming.own, downloads=downloads)
        batch = Batch(self.tally)
        for found in manifest.sheaves():
            for one in _parted(found, moulds) if isinstance(found, Sheaf) else (found,):
                if isinstance(one, Fault):
                    self.faults.add(one)
                elif isinstance(one, Row):
                    self.file = one.file
                    form = moulds.form(one)
                    if form is None:
                        batch.add(self._learned(one, moulds, dialect, downloads))
                    else:
                        batch.cast(one, *form)
                else:
                    self.file = found.file
                    batch.fill(one)
                if batch.lines >= CHUNK:
                    yield batch.pour()
                    batch = Batch(self.tally)
        yield batch.pour()

    def _learned(self, row: Row, moulds: Moulds, dialect: Dialect, downloads: Path) -> list[Entry]:
        """Plan a row in full, and learn from it how others like it can be poured."""
        faults = len(self.faults)
        drafts = self._drafts(row, dialect)
        entries = [entry for draft in drafts if (entry := self._entry(draft, downloads)) is not None]
        if len(self.faults) == faults:
            moulds.learn(row, entries)
        return entries

    def _drafts(self, row: Row, dialect: Dialect) -> Iterable[Draft]:
        drafts, faults = self._kinds[row.kind].plan(row)
        if drafts and drafts[0].files:
            drafts, faults = self._locator.locate(row, drafts, dialect)
        unsayable = [
            row.fault(one.field, one.problem, one.remedy) for draft in drafts for one in dialect.unsayable(draft)
        ]
        # Several languages of one row say the same thing about it.
        for fault in dict.fromkeys([*faults, *unsayable]):
            self.faults.add(fault)
        return drafts

    def _entry(self, draft: Draft, downloads: Path) -> Entry | None:
        content = canonical(draft.content)
        job_id = draft.identity(self._realm, written=content)
        try:
            file = self._naming(draft, job_id, downloads)
        except DiskError as error:
            self.faults.add(draft.row.fault("output", str(error)))
            return None
        if draft.output is not None:
            self._claim(draft, job_id, file)
        self.tally.add(draft.kind, draft.content, draft.length_s)
        return Entry(
            row=draft.row.number,
            cells=draft.row.cells,
            job_id=job_id,
            kind=draft.kind,
            content=content,
            delivery=canonical(draft.delivery),
            language=draft.language,
            file=file,
            length_s=draft.length_s,
            captions=wants_captions(draft.content),
            local=bool(draft.files),
            former=draft.identity(self._realm, written=content, as_written=True) if spells_out(content) else None,
        )

    def _claim(self, draft: Draft, job_id: str, file: str) -> None:
        """Tell when another video is in the way of a file. Names that batchgen makes itself never are."""
        for rival in self._claims.claim(file, job_id, draft.row.number):
            fault = self._told_of_folder(draft, rival) if rival.is_folder else self._told_of_file(draft, rival)
            self.faults.add(fault)

    def _told_of_folder(self, draft: Draft, rival: Rival) -> Fault:
        where = f"row {rival.row}" if rival.row != draft.row.number else "another video of it"
        return draft.row.fault(
            "output",
            f'"{rival.name}" cannot be a video and a folder of videos: here it is one, and the other in {where}.',
            "Give one of them another name.",
        )

    def _told_of_file(self, draft: Draft, rival: Rival) -> Fault:
        return draft.row.fault(
            "output",
            f'"{rival.name}" is also the file of row {rival.row}.',
            "Give each video a name of its own, for instance with a column that differs"
            + (" or with the language." if draft.language else "."),
        )


def _parted(sheaf: Sheaf, moulds: Moulds) -> Iterator[Row | list[Cast]]:
    """Part rows into those that can be poured together and those that are to be looked at one by one.

    What is learned of the first half is known of the second.
    """
    casts = moulds.casts(sheaf)
    rows = len(sheaf.numbers)
    if casts is not None and sum(cast.lines for cast in casts) <= CHUNK:
        yield casts
    elif rows <= FEW:
        yield from sheaf.rows()
    else:
        yield from _parted(sheaf.part(0, rows // 2), moulds)
        yield from _parted(sheaf.part(rows // 2, rows), moulds)
