"""Rows → drafts → jobs in the store. What is already known is left alone; a single fault and nothing is planned.

One transaction holds it all: the manifests are read to their end before anything is written for good, so that a
fault in the last row, or a crash while reading, leaves the store as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from batchgen.model.content import wants_captions
from batchgen.model.errors import DiskError, Fault, ManifestError
from batchgen.model.job import canonical, digest
from batchgen.model.row import Row, Sheaf
from batchgen.pipeline.money.quote import Tally
from batchgen.pipeline.planning.locate import Locator
from batchgen.pipeline.planning.mould import Moulds
from batchgen.pipeline.planning.pour import Batch
from batchgen.store.interface import Entry, SheetFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from batchgen.heygen.interface import Dialect
    from batchgen.kinds.interface import Kind
    from batchgen.manifest.interface import Manifest
    from batchgen.model.job import Draft
    from batchgen.model.media import LocalFile
    from batchgen.pipeline.planning.locate import Look
    from batchgen.pipeline.planning.pour import Cast
    from batchgen.store.interface import Planned, Planning, RunFacts

_IS_LOCAL = attrgetter("local")

#: Lines that are poured and written at a time.
CHUNK = 2000
#: Rows that are not worth being parted any further.
FEW = 8
#: Faults that are kept to be told. A sheet with more of them is wrong in one place, not in a thousand.
FAULTS = 1000


#: Raised whenever the same sheet comes to be planned otherwise than before: what was planned so is read anew.
FORM = 1


class Naming(Protocol):
    """Names the file of a draft, and tells when two names are one file on some system."""

    def __call__(self, draft: Draft, job_id: str, folder: Path) -> str:
        """Give the absolute path of its video. Raises ``DiskError`` where it would leave its folder."""

    def own(self, draft: Draft, folder: Path) -> Callable[[str | None, str], str]:
        """Give what names drafts like this one, where nobody gave them names: by their titles and job ids."""

    def key(self, name: str) -> str:
        """Give the form in which equal names collide."""


class Plans(Protocol):
    """What a planning is written to: the store, or nothing that lasts."""

    def plan(self, work: Callable[[Planning], Any], *, run: int | RunFacts | None = None) -> Any:
        """See ``Store.plan``."""

    def unchanged(self, paths: Sequence[str], mark: str, *, at: float) -> list[Planned] | None:
        """See ``Store.unchanged``."""

    def local_file(self, path: str) -> LocalFile | None:
        """See ``Store.local_file``."""

    def keep_local_files(self, files: Sequence[LocalFile]) -> None:
        """See ``Store.keep_local_files``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A manifest that is to be planned, and where what it gives is to go."""

    manifest: Manifest
    results: Path
    downloads: Path
    like_input: bool = False  #: Whether results are to be written as the sheet is.
    encoding: str | None = None  #: Of its sheet, as the user said.


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a planning came to."""

    sheets: tuple[Planned, ...]
    #: Its lines by price, where each of them made a new job and prices depend on little. None: the jobs tell.
    tally: Tally | None = None
    run: int | None = None  #: The run that took up what is new.

    @property
    def rows(self) -> int:
        """How many rows of spreadsheets were read."""
        return sum(one.sheet.rows for one in self.sheets)

    @property
    def lines(self) -> int:
        """How many videos they ask for."""
        return sum(one.sheet.lines for one in self.sheets)


@dataclass(kw_only=True)
class Planner:
    """Turns manifests into jobs."""

    kinds: Mapping[str, Kind]
    dialect: Callable[[str | None], Dialect]  #: By the generation a manifest asks for, if it does.
    naming: Naming
    realm: str
    look: Look
    version: str = ""  #: Of batchgen: another one may read a sheet otherwise.
    api: str | None = None  #: The generation that was asked for, whatever a manifest says.
    duplicates: str = "error"  #: error, share or keep.
    again: bool = False  #: Whether jobs that are done are to be made once more.
    most: int = FAULTS  #: Faults that are kept; of others there is only the number.
    _faults: list[Fault] = field(default_factory=list, init=False)
    _unsaid: int = field(default=0, init=False)  #: Faults that are counted and not kept.
    _files: dict[str, tuple[str, int]] = field(default_factory=dict, init=False)
    _tally: Tally = field(default_factory=Tally, init=False)
    _rows_in: str = field(default="", init=False)  #: The file that the rows being planned stand in.
    _locator: Locator = field(init=False)

    def __post_init__(self) -> None:
        self._locator = Locator(self.look)

    def plan(self, sources: Sequence[Source], store: Plans, *, at: float, run: int | RunFacts | None = None) -> Plan:
        """Plan manifests together; what is new is taken up by ``run``, where one is given. See ``Store.plan``.

        Raises ``ManifestError`` with every fault of all of them, and plans nothing.
        """
        mark = self._mark(sources)
        # Where all is as it was, not one row need be read: it would come to what is there.
        known = None if self.again else store.unchanged([known_by(one.manifest) for one in sources], mark, at=at)
        if known is not None:
            return Plan(sheets=tuple(known))
        self._locator.known = store.local_file
        self._tally = Tally()

        def work(planning: Planning) -> Plan:
            planned = [self._sheet(source, planning, at, mark) for source in sources]
            if self._faults:
                raise ManifestError(self._faults, more=self._unsaid)
            tally = self._tally if self._tells(planned) else None
            return Plan(sheets=tuple(planned), tally=tally, run=planning.run)

        try:
            return store.plan(work, run=run)  # type: ignore[no-any-return]
        finally:
            # What took long to read is kept, also where a fault in the last row undoes the planning.
            store.keep_local_files(self.read)

    def _tells(self, planned: Sequence[Planned]) -> bool:
        """Tell whether what was counted is what there is to be sent: not where a line led to a job that was there."""
        return self._tally.whole and all(one.own for one in planned)

    @property
    def read(self) -> Sequence[LocalFile]:
        """The files of this machine that had to be read."""
        return self._locator.read

    def _mark(self, sources: Sequence[Source]) -> str:
        """Name all that planning goes by: what the sheets hold, what was chosen, and who reads them."""
        chosen = [
            [
                *(known_by(one.manifest), one.manifest.name, one.manifest.digest, one.encoding, one.like_input),
                *(str(one.results.absolute()), str(one.downloads.absolute())),
            ]
            for one in sources
        ]
        return digest(FORM, self.version, self.realm, self.api, self.duplicates, self.again, chosen, length=32)

    def _sheet(self, source: Source, planning: Planning, at: float, mark: str) -> Planned:
        manifest = source.manifest
        planning.begin(
            SheetFacts(
                name=manifest.name,
                path=known_by(manifest),
                columns=manifest.columns,
                digest=manifest.digest,
                results=str(source.results.absolute()),
                realm=self.realm,
                layout=manifest.layout,
                like_input=source.like_input,
            ),
        )
        self._locator.enter(manifest)
        local = False
        for entries in self._entries(manifest, source.downloads):
            planning.add(entries)
            local = local or any(map(_IS_LOCAL, entries))
        self._settle_duplicates(manifest, planning)
        if self.again:
            planning.again()
        # A file of this machine may hold something else the next time, and what looks odd is said each time.
        return planning.finish(at, mark=None if local or manifest.warnings() else mark)

    def _entries(self, manifest: Manifest, downloads: Path) -> Iterator[list[Entry]]:
        """Give the entries of the rows in order, some thousands at a time: much is done sooner to many at once."""
        dialect = self.dialect(manifest.api)
        moulds = Moulds(kinds=self.kinds, realm=self.realm, naming=self.naming.own, downloads=downloads)
        batch = Batch(self._tally)
        for found in manifest.sheaves():
            for one in _parted(found, moulds) if isinstance(found, Sheaf) else (found,):
                if isinstance(one, Fault):
                    self._fault(one)
                elif isinstance(one, Row):
                    self._rows_in = one.file
                    form = moulds.form(one)
                    if form is None:
                        batch.add(self._learned(one, moulds, dialect, downloads))
                    else:
                        batch.cast(one, *form)
                else:
                    self._rows_in = found.file
                    batch.fill(one)
                if batch.lines >= CHUNK:
                    yield batch.pour()
                    batch = Batch(self._tally)
        yield batch.pour()

    def _learned(self, row: Row, moulds: Moulds, dialect: Dialect, downloads: Path) -> list[Entry]:
        """Plan a row in full, and learn from it how others like it can be poured."""
        faults = self._told
        drafts = self._drafts(row, dialect)
        entries = [entry for draft in drafts if (entry := self._entry(draft, downloads)) is not None]
        if self._told == faults:
            moulds.learn(row, entries)
        return entries

    def _drafts(self, row: Row, dialect: Dialect) -> Iterable[Draft]:
        drafts, faults = self.kinds[row.kind].plan(row)
        if drafts and drafts[0].files:
            drafts, faults = self._locator.locate(row, drafts, dialect)
        unsayable = [
            row.fault(one.field, one.problem, one.remedy) for draft in drafts for one in dialect.unsayable(draft)
        ]
        # Several languages of one row say the same thing about it.
        for fault in dict.fromkeys([*faults, *unsayable]):
            self._fault(fault)
        return drafts

    def _entry(self, draft: Draft, downloads: Path) -> Entry | None:
        content = canonical(draft.content)
        job_id = draft.identity(self.realm, written=content)
        try:
            file = self.naming(draft, job_id, downloads)
        except DiskError as error:
            self._fault(draft.row.fault("output", str(error)))
            return None
        if draft.output is not None:
            self._claim(draft, job_id, file)
        self._tally.add(draft.kind, draft.content, draft.length_s)
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
        )

    def _claim(self, draft: Draft, job_id: str, file: str) -> None:
        """Tell when two videos ask for one file. Names that batchgen makes itself never do."""
        owner, row = self._files.setdefault(self.naming.key(file), (job_id, draft.row.number))
        if owner != job_id:
            self._fault(
                draft.row.fault(
                    "output",
                    f'"{Path(file).name}" is also the file of row {row}.',
                    "Give each video a name of its own, for instance with a column that differs"
                    + (" or with the language." if draft.language else "."),
                ),
            )

    def _settle_duplicates(self, manifest: Manifest, planning: Planning) -> None:
        if self.duplicates == "keep":
            planning.keep_copies()
        if self.duplicates != "error":
            return
        for _, rows in planning.duplicates():
            others = ", ".join(map(str, rows[1:6])) + (" …" if len(rows) > 6 else "")
            same_row = len(set(rows)) == 1
            self._fault(
                Fault(
                    file=self._rows_in or manifest.name,
                    row=rows[0],
                    problem="asks for the same video twice." if same_row else f"renders the same as row {others}.",
                    remedy="One video for all of them: --duplicates share. One each: --duplicates keep, or an `id` "
                    "column that tells them apart.",
                ),
            )

    @property
    def _told(self) -> int:
        return len(self._faults) + self._unsaid

    def _fault(self, fault: Fault) -> None:
        if len(self._faults) < self.most:
            self._faults.append(fault)
        else:
            self._unsaid += 1


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


def known_by(manifest: Manifest) -> str:
    """Give what the store recognises a manifest by."""
    return manifest.name if "://" in manifest.name else str(manifest.path.absolute())
