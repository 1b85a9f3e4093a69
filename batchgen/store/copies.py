"""Lines that ask for one video each of the same thing: the n-th of them asks for the n-th copy, wherever it stands.

A copy is named by what its line says and by its number alone. What was made in the place of the first is none of its
business: if it were, making one of them once more would have all others made anew.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from batchgen.model.naming import digest
from batchgen.model.status import Status
from batchgen.store.asking import ASKED
from batchgen.store.labels import find, is_marked, marked
from batchgen.store.statement import Statement
from batchgen.store.tables import jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchgen.store.edition import Edition
    from batchgen.store.interface import Entry

_LATER = Statement(
    select(jobs.c.id, jobs.c.superseded_by).where(jobs.c.id.in_(ASKED), jobs.c.superseded_by.is_not(None))
)


class Copies:
    """Tells the lines of a sheet apart. Of lines that nothing repeats, nothing is kept."""

    def __init__(self, driver: Any, edition: Edition, key: Callable[[str], str]) -> None:
        self._driver = driver
        self._edition = edition
        self._key = key
        self._asked: dict[str, int] = {}  #: Job that is repeated → how many lines ask for it by now.
        self._files: dict[str, set[str]] = {}  #: Of the same → the files that these ask for.
        self.made = 0

    def apart(self, entries: Sequence[Entry]) -> list[Entry]:
        """Give each line that repeats another's job a job of its own: its copy."""
        firsts = self._earlier(entries)
        return [self._apart(entry, firsts) for entry in entries]

    def _earlier(self, entries: Sequence[Entry]) -> dict[str, str | None]:
        """Give the jobs that lines asked for which are written already, with their files."""
        known = find(self._driver, list({entry.job_id for entry in entries}))
        asked = self._edition.asked_for([one.pk for one in known.values()])
        return {job_id: one.file for job_id, one in known.items() if one.pk in asked}

    def _apart(self, entry: Entry, firsts: dict[str, str | None]) -> Entry:
        job_id = entry.job_id
        if job_id not in firsts:
            firsts[job_id] = entry.file
            return entry
        number = self._asked[job_id] = self._asked.get(job_id, 0) + 1
        files = self._files.setdefault(job_id, {self._key(firsts[job_id] or "")})
        self.made += 1
        copy = self._id(job_id, number)
        file = self._file(entry, copy, files)
        return entry._replace(job_id=copy, file=file, former=None)

    def _file(self, entry: Entry, copy: str, files: set[str]) -> str | None:
        """Name the file of a copy as its line does; where another has that name, the mark of the copy is added."""
        if entry.file is None:
            return None
        named = not is_marked(entry.file, entry.job_id) and self._key(entry.file) not in files
        file = entry.file if named else marked(entry.file, entry.job_id, copy)
        files.add(self._key(file))
        return file

    def _id(self, job_id: str, number: int) -> str:
        """Give the id of a copy. It was named by what stands in the first's place once, and keeps such a name."""
        names = [digest(one, "copy", number) for one in self._line(job_id)]
        known = find(self._driver, names) if len(names) > 1 else {}
        there = [name for name in names if name in known]
        done = (name for name in there if known[name].status == Status.DONE)
        return next(done, there[0] if there else names[0])

    def _line(self, job_id: str) -> list[str]:
        """Give a job and those that were made in its place, one after the other."""
        line = [job_id]
        while later := dict(_LATER.all(self._driver, asked=json.dumps(line[-1:]))):
            line += later.values()
        return line
