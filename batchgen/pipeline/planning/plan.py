"""Manifests → jobs in the store. What is already known is left alone; a single fault and nothing is planned.

One transaction holds it all: the manifests are read to their end before anything is written for good, so that a
fault in the last row, or a crash while reading, leaves the store as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from batchgen.model.errors import Fault
from batchgen.model.naming import digest
from batchgen.model.spelling import whole
from batchgen.pipeline.planning.expand import FAULTS, Expander, is_local
from batchgen.pipeline.planning.locate import Locator
from batchgen.store.interface import SheetFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from batchgen.heygen.interface import Dialect
    from batchgen.kinds.interface import Kind
    from batchgen.manifest.interface import Manifest
    from batchgen.model.media import LocalFile
    from batchgen.pipeline.money.quote import Tally
    from batchgen.pipeline.planning.expand import Naming
    from batchgen.pipeline.planning.locate import Look, Measure
    from batchgen.store.interface import Line, Planned, Planning, RunFacts

#: Raised whenever the same sheet comes to be planned otherwise than before: what was planned so is read anew.
FORM = 2


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

    @property
    def renewed(self) -> frozenset[int]:
        """The jobs that took the place of done ones, to make these once more."""
        return frozenset().union(*(one.renewed for one in self.sheets))

    @property
    def left(self) -> int:
        """How many jobs were made once more by a run that has not made all of its own: it is gone on with."""
        return sum(one.left for one in self.sheets)


@dataclass(kw_only=True)
class Planner:
    """Turns manifests into jobs."""

    kinds: Mapping[str, Kind]
    dialect: Callable[[str | None], Dialect]  #: By the generation a manifest asks for, if it does.
    naming: Naming
    realm: str
    look: Look
    measure: Measure
    version: str = ""  #: Of batchgen: another one may read a sheet otherwise.
    api: str | None = None  #: The generation that was asked for, whatever a manifest says.
    duplicates: str = "error"  #: error, share or keep.
    #: Which lines whose jobs are done are to be made once more, told by a sheet's columns; None: none of any.
    again: Callable[[Sequence[str]], Callable[[Line], bool] | None] | None = None
    limit: int | None = None  #: Of how many jobs that is asked; None: of all.
    most: int = FAULTS  #: Faults that are kept; of others there is only the number.
    _locator: Locator = field(init=False)

    def __post_init__(self) -> None:
        self._locator = Locator(self.look, self.measure)

    def plan(self, sources: Sequence[Source], store: Plans, *, at: float, run: int | RunFacts | None = None) -> Plan:
        """Plan manifests together; what is new is taken up by ``run``, where one is given. See ``Store.plan``.

        Raises ``ManifestError`` with every fault of all of them, and plans nothing.
        """
        mark = self._mark(sources)
        # Where all is as it was, not one row need be read: it would come to what is there.
        known = (
            None
            if self.again is not None
            else store.unchanged([known_by(one.manifest) for one in sources], mark, at=at)
        )
        if known is not None:
            return Plan(sheets=tuple(known))
        self._locator.known = store.local_file
        expander = self.expander()

        def work(planning: Planning) -> Plan:
            planned = [self._sheet(source, planning, expander, at, mark) for source in sources]
            expander.faults.check()
            # Not where a line led to a job that was there: then what was counted is not what there is to be sent.
            tells = expander.tally.whole and all(one.own for one in planned)
            return Plan(sheets=tuple(planned), tally=expander.tally if tells else None, run=planning.run)

        try:
            return store.plan(work, run=run)  # type: ignore[no-any-return]
        finally:
            # What took long to read is kept, also where a fault in the last row undoes the planning.
            store.keep_local_files(self.read)

    def expander(self) -> Expander:
        """Give what turns rows into entries, and has found nothing wrong so far."""
        return Expander(
            kinds=self.kinds,
            dialect=self.dialect,
            naming=self.naming,
            locator=self._locator,
            realm=self.realm,
            most=self.most,
        )

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
        return digest(
            FORM, self.version, self.realm, self.api, self.duplicates, self.again is not None, chosen, length=32
        )

    def _sheet(self, source: Source, planning: Planning, expander: Expander, at: float, mark: str) -> Planned:
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
        if self.duplicates == "keep":
            planning.keep_copies(self.naming.key)
        if self.again is not None:
            planning.again(self.again(manifest.columns), self.limit)
        local = False
        for entries in expander.entries(manifest, source.downloads):
            planning.add(entries)
            local = local or any(map(is_local, entries))
        self._settle_duplicates(manifest, planning, expander)
        # A file of this machine may hold something else the next time, and what looks odd is said each time.
        return planning.finish(at, mark=None if local or manifest.warnings() else mark)

    def _settle_duplicates(self, manifest: Manifest, planning: Planning, expander: Expander) -> None:
        if self.duplicates != "error":
            return
        for _, rows in planning.duplicates():
            others = ", ".join(map(str, rows[1:6])) + (" …" if len(rows) > 6 else "")
            same_row = len(set(rows)) == 1
            expander.faults.add(
                Fault(
                    file=expander.file or manifest.name,
                    row=rows[0],
                    problem="asks for the same video twice." if same_row else f"renders the same as row {others}.",
                    # A row that is done and is given an id asks for another video.
                    remedy="One video for all of them: --duplicates share. One each: --duplicates keep, or an `id` "
                    "column, filled in for all of them but one.",
                ),
            )


def known_by(manifest: Manifest) -> str:
    """Give what the store recognises a manifest by: one file is one, from whatever folder it is named."""
    return manifest.name if "://" in manifest.name else whole(manifest.path)
