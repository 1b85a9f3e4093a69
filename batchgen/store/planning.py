"""Planning: manifests become sheets, lines and jobs, in one transaction that leaves nothing behind if it fails.

A line finds its job by the job's id, which is a digest of what is rendered; so a job that was rendered before, from
this sheet or another, is found and not made again.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, literal_column, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from batchgen.model.naming import once_more
from batchgen.model.status import Status
from batchgen.store.bulk import Bulk
from batchgen.store.columns import Table, table_of, where
from batchgen.store.copies import Copies
from batchgen.store.edition import Edition
from batchgen.store.enlist import begin
from batchgen.store.interface import Entry, Planned, RunFacts, SheetFacts
from batchgen.store.labels import called_otherwise, find, is_marked, marked, relabel, unmark
from batchgen.store.renamed import earlier_ids, has_renamed
from batchgen.store.renewal import renewal
from batchgen.store.sheets import SHEET, SHEET_COLUMNS, sheet_from
from batchgen.store.statement import Statement
from batchgen.store.tables import jobs, runs, sheets

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sqlalchemy import Connection, Row

    from batchgen.store.facts import Line

_LAST_JOB = Statement(select(func.max(jobs.c.pk)))
_WRITTEN = Statement(select(jobs.c.id, jobs.c.pk).where(jobs.c.pk >= bindparam("first")))


def _new(**facts: str) -> Bulk:
    """Insert jobs as they are at first: what is the same in all of them stands in the statement itself."""
    begun = {"status": str(int(Status.PLANNED)), **dict.fromkeys(("round", "solo", "due_at", "polls"), "0"), **facts}
    said = upsert(jobs).values({name: literal_column(value) for name, value in begun.items()})
    return Bulk(said.on_conflict_do_nothing(index_elements=["id"]))


#: Whether a job names files of this machine, which are to be uploaded first → what makes it.
_NEW = {False: _new(waits="0"), True: _new(waits="1", assets="'{}'")}

_BY_PATH = Statement(select(*SHEET_COLUMNS, sheets.c.mark).where(sheets.c.path == bindparam("path")))
_MEANT = ("name", "path", "columns", "digest", "results", "layout", "like_input", "realm")
_CAME_TO = ("edition", "lines", "rows", "kinds", "planned_at", "captions", "jobs", "mark")
_SHEET = Statement(insert(sheets), [*_MEANT, *_CAME_TO])
_PLANNED, _FINISHED = (
    Statement(update(sheets).where(sheets.c.pk == bindparam("b_pk")).values({name: bindparam(name) for name in known}))
    for known in (_MEANT, _CAME_TO)
)
_AGAIN = Statement(update(sheets).where(sheets.c.pk == bindparam("b_pk")).values(planned_at=bindparam("planned_at")))


def unchanged(driver: Any, paths: Sequence[str], mark: str, at: float) -> list[Planned] | None:
    """See Store.unchanged."""
    found = [(*_BY_PATH.all(driver, path=path), None)[0] for path in paths]
    known = [sheet_from(row[:-1]) for row in found if row is not None and row[-1] == mark]
    if len(known) < len(paths):
        return None
    _AGAIN.write(driver, [{"b_pk": sheet.pk, "planned_at": at} for sheet in known])
    return [Planned(sheet=replace(sheet, planned_at=at), new=0, known=sheet.jobs or 0) for sheet in known]


class SqlPlanning:
    """See ``Planning``."""

    def __init__(self, connection: Connection, run: int | RunFacts | None = None) -> None:
        self._connection = connection
        self._begun = isinstance(run, RunFacts)
        self.run = begin(connection, run, ()) if isinstance(run, RunFacts) else run
        self._sheets: list[int] = []
        self._chosen = 0  #: Jobs of all sheets that were asked for once more, done or not.
        self._driver: Any = connection.connection.driver_connection  # In the connection's own transaction.
        self._renamed = has_renamed(self._driver)
        self._next_job = (_LAST_JOB.scalar(self._driver) or 0) + 1

    def begin(self, facts: SheetFacts) -> None:
        """See Planning.begin."""
        earlier = [sheet_from(row[:-1]) for row in _BY_PATH.all(self._driver, path=facts.path)]
        sheet = self._write_sheet(facts, earlier[0].pk if earlier else None)
        self._edition = Edition(self._driver, sheet, 1 + (earlier[0].edition if earlier else 0))
        self._new = self._known = self._stand_ins = 0
        self._renewed: set[int] = set()
        self._left = 0
        self._sorts: Counter[tuple[str, str | None]] = Counter()
        self._captions = False
        self._all_new = not earlier
        self._settled = True
        self._copies: Copies | None = None
        self._wish: tuple[Callable[[Line], bool] | None, int | None] | None = None
        self._called: dict[int, Entry] = {}  #: Done jobs, with the lines by which they would be called otherwise now.

    def keep_copies(self, key: Callable[[str], str]) -> None:
        """See Planning.keep_copies."""
        self._copies = Copies(self._driver, self._edition, key)

    def add(self, entries: Sequence[Entry]) -> None:
        """See Planning.add."""
        if not entries:
            return
        entries, table = self._named(entries)
        wanted: dict[str, Entry] = {}
        for job_id, entry in zip(table.job_id, entries, strict=True):
            wanted.setdefault(job_id, entry)  # Of lines that ask for the same, the first says what it is called.
        # Where all was new so far, most likely this is as well: the index that finds a double is asked once, not twice.
        once = table if len(wanted) == len(entries) else table_of(wanted.values())
        pks = self._insert(once, self.run) if self._all_new else {}
        if len(pks) < len(wanted):
            found = find(self._driver, [job_id for job_id in wanted if job_id not in pks])
            lines = [(one, wanted[job_id]) for job_id, one in found.items()]
            settled = relabel(self._driver, lines, self._edition.asked_for)
            if self._wish is not None:
                self._called |= called_otherwise(lines, self._edition.asked_for)
            self._settled = self._settled and settled
            self._known += len(found)
            pks |= {job_id: one.pk for job_id, one in found.items()}
            new = [entry for job_id, entry in wanted.items() if job_id not in pks]
            pks |= self._insert(table_of(new), self.run) if new else {}
            self._all_new = not found
        self._sorts.update(zip(table.kind, table.language, strict=True))
        self._captions = self._captions or any(table.captions)
        self._edition.append(table, pks)

    def _named(self, entries: Sequence[Entry]) -> tuple[Sequence[Entry], Table]:
        """Give lines by the ids that their jobs have in this state: those of an earlier batchgen, and of copies."""
        table = table_of(entries)
        if former := [job_id for job_id in set(table.former) if job_id]:
            known = find(self._driver, former)
            entries = [_as_known(entry, known) for entry in entries]
            table = table_of(entries)
        if self._renamed and (earlier := earlier_ids(self._driver, table.job_id)):
            entries = [entry._replace(job_id=earlier.get(entry.job_id, entry.job_id)) for entry in entries]
            table = table_of(entries)
        if self._copies is not None:
            entries = self._copies.apart(entries)
            table = table_of(entries)
        return entries, table

    def duplicates(self) -> Iterator[tuple[str, list[int]]]:
        """See Planning.duplicates."""
        for job, rows in self._repeated():
            yield str(self._connection.execute(select(jobs.c.id).where(jobs.c.pk == job)).scalar_one()), rows

    def again(self, keep: Callable[[Line], bool] | None, limit: int | None) -> None:
        """See Planning.again."""
        self._wish = (keep, limit)

    def finish(self, at: float, *, mark: str | None = None) -> Planned:
        """See Planning.finish."""
        edition = self._edition
        if self._wish is not None:
            self._renew(*self._wish)
        values = {
            "edition": edition.number,
            "lines": edition.lines,
            "rows": edition.rows,
            "kinds": json.dumps(sorted({kind for kind, _ in self._sorts})),
            "planned_at": at,
            "captions": self._captions,
            "jobs": self._new if self._is_all_new else edition.jobs(),
            "mark": mark if self._settled else None,
        }
        self._sheets.append(edition.sheet)
        _FINISHED.write(self._driver, [{"b_pk": edition.sheet, **values}])
        edition.replace()
        sheet = sheet_from(SHEET.all(self._driver, pk=edition.sheet)[0])
        copies = 0 if self._copies is None else self._copies.made
        own = self._is_all_new and not self._stand_ins and not copies
        renewed = frozenset(self._renewed)
        found = {"new": self._new, "known": self._known, "left": self._left}
        return Planned(sheet=sheet, **found, own=own, renewed=renewed, sorts=self._sorts)

    def end(self) -> None:
        """Note with a run that began here what it works on."""
        if self._begun:
            wanted = update(runs).where(runs.c.pk == self.run)
            self._connection.execute(wanted.values(sheets=json.dumps(self._sheets)))

    def _write_sheet(self, facts: SheetFacts, pk: int | None) -> int:
        values: dict[str, Any] = {
            "name": facts.name,
            "path": facts.path,
            "columns": json.dumps(facts.columns, ensure_ascii=False),
            "digest": facts.digest,
            "results": facts.results,
            "layout": None if facts.layout is None else json.dumps(asdict(facts.layout)),
            "like_input": facts.like_input,
            "realm": facts.realm,
        }
        if pk is not None:
            _PLANNED.write(self._driver, [{"b_pk": pk, **values}])
            return pk
        values |= {"edition": 0, "lines": 0, "rows": 0, "kinds": "[]", "planned_at": 0.0, "captions": False}
        values |= {"jobs": None, "mark": None}
        _SHEET.write(self._driver, [values])
        return sheet_from(_BY_PATH.all(self._driver, path=facts.path)[0][:-1]).pk

    def _insert(self, new: Table, run: int | None = None) -> dict[str, int]:
        """Make jobs of those that are new, taken up by ``run``; give the job of each that was."""
        first, ids = self._next_job, new.job_id
        pks = range(first, first + len(ids))
        taken = {} if run is None else {"run": [run] * len(ids), "seq": pks}
        columns: dict[str, Sequence[Any]] = {
            "pk": pks,
            "id": ids,
            "kind": new.kind,
            "content": new.content,
            "delivery": new.delivery,
            "language": new.language,
            "file": new.file,
            **taken,
            "length_s": new.length_s,
        }
        written = sum(_NEW[one].write(self._driver, where(new.local, one, columns)) for one in set(new.local))
        self._next_job += len(ids)
        self._new += written
        return dict(_WRITTEN.all(self._driver, first=first)) if written < len(ids) else dict(zip(ids, pks, strict=True))

    @property
    def _is_all_new(self) -> bool:
        """Whether each line made a job of its own."""
        return self._new == self._edition.lines

    def _repeated(self) -> Iterator[tuple[int, list[int]]]:
        return iter(()) if self._is_all_new else self._edition.repeated()

    def _renew(self, keep: Callable[[Line], bool] | None, limit: int | None) -> None:
        left = None if limit is None else limit - self._chosen
        found = renewal(self._connection, self._edition.sheet, self._edition.number, keep, left)
        self._chosen += found.asked
        self._renewed |= found.under_way
        self._left = found.left
        for pk in found.renew:
            unmark(self._driver)  # Whoever asks for it is to be led to the other.
            original = self._connection.execute(select(jobs).where(jobs.c.pk == pk)).one()
            stand_in = self._stand_in(original, once_more(original.id))
            new_id = self._connection.execute(select(jobs.c.id).where(jobs.c.pk == stand_in)).scalar_one()
            self._connection.execute(update(jobs).where(jobs.c.pk == pk).values(superseded_by=new_id))
            for line in self._edition.asking_for(pk):
                self._edition.point(line, stand_in)
            self._renewed.add(stand_in)

    def _stand_in(self, original: Row[Any], job_id: str) -> int:
        """Give the job that renders the same thing once more under this id, making it if it is not there yet.

        It is called as its line says now, which may have changed since the original was sent.
        """
        found = find(self._driver, [job_id])
        if found:
            return found[job_id].pk
        said = self._called.get(original.pk)
        named = original if said is None or said.file == original.file else said
        file = named.file
        # It must not overwrite the original's file, and one that nobody named has the mark of its job.
        if file is not None and (named is original or is_marked(file, named.job_id)):
            file = marked(file, original.id if named is original else named.job_id, job_id)
        entry = Entry(
            row=0,
            cells=(),
            job_id=job_id,
            kind=original.kind,
            content=original.content,
            delivery=original.delivery if said is None else said.delivery,
            language=original.language,
            file=file,
            length_s=original.length_s if said is None or said.length_s is None else said.length_s,
            local=original.assets is not None,
        )
        self._stand_ins += 1
        return self._insert(table_of([entry]))[job_id]


def _as_known(entry: Entry, known: Collection[str]) -> Entry:
    """Lead a line to the job that an earlier batchgen made of it and called otherwise: it keeps its name."""
    return entry._replace(job_id=entry.former) if entry.former and entry.former in known else entry
