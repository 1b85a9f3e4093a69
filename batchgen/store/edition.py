"""The lines of a sheet as it was read once: an edition, which takes the place of the one before."""

from __future__ import annotations

import json
from operator import ne
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from batchgen.store.asking import ASKED
from batchgen.store.bulk import Bulk
from batchgen.store.columns import written_as_json
from batchgen.store.statement import Statement
from batchgen.store.tables import lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batchgen.store.columns import Table

_MINE = (lines.c.sheet == bindparam("b_sheet"), lines.c.edition == bindparam("b_edition"))
_LINE = Bulk(insert(lines))
_TWICE = select(lines.c.job).where(*_MINE).group_by(lines.c.job).having(func.count() > 1)
_REPEATED = Statement(
    select(lines.c.job, lines.c.row).where(*_MINE, lines.c.job.in_(_TWICE)).order_by(lines.c.seq),
)
_JOBS = Statement(select(func.count(lines.c.job.distinct())).where(*_MINE))
_OF = Statement(select(lines.c.seq).where(*_MINE, lines.c.job == bindparam("b_job")).order_by(lines.c.seq))
_ASKED_FOR = Statement(select(lines.c.job).where(*_MINE, lines.c.job.in_(ASKED)).distinct())
_POINT = Statement(update(lines).where(*_MINE, lines.c.seq == bindparam("b_seq")).values(job=bindparam("job")))
_REPLACE = Statement(
    delete(lines).where(lines.c.sheet == bindparam("b_sheet"), lines.c.edition < bindparam("b_edition")),
)


class Edition:
    """One edition, as it is written."""

    def __init__(self, driver: Any, sheet: int, number: int) -> None:
        self._driver = driver
        self.sheet = sheet
        self.number = number
        self.lines = 0  #: Written so far.
        self.rows = 0  #: Of the spreadsheet, that these came from.
        self._last_row: int | None = None

    @property
    def _mine(self) -> dict[str, int]:
        return {"b_sheet": self.sheet, "b_edition": self.number}

    def append(self, table: Table, pks: Mapping[str, int]) -> None:
        """Write the next lines, each with the job that its id stands for."""
        numbers, ids = table.row, table.job_id
        # The lines of one row stand side by side.
        self.rows += sum(map(ne, numbers, [self._last_row, *numbers]))
        columns = {
            "sheet": [self.sheet] * len(ids),
            "edition": [self.number] * len(ids),
            "seq": range(self.lines + 1, self.lines + 1 + len(ids)),
            "row": numbers,
            "cells": written_as_json(table.cells),
            "job": list(map(pks.__getitem__, ids)),
        }
        _LINE.write(self._driver, columns)
        self.lines += len(ids)
        self._last_row = numbers[-1]

    def repeated(self) -> Iterator[tuple[int, list[int]]]:
        """Give each job that several lines ask for, with their rows."""
        groups: dict[int, list[int]] = {}
        for job, row in _REPEATED.all(self._driver, **self._mine):
            groups.setdefault(job, []).append(row)
        yield from groups.items()

    def jobs(self) -> int:
        """Count the jobs that the lines ask for."""
        return int(_JOBS.scalar(self._driver, **self._mine))

    def asking_for(self, job: int) -> list[int]:
        """Give the lines that ask for a job, in order."""
        return [seq for (seq,) in _OF.all(self._driver, **self._mine, b_job=job)]

    def asked_for(self, jobs: Sequence[int]) -> set[int]:
        """Give those of some jobs that lines written so far ask for."""
        return {job for (job,) in _ASKED_FOR.all(self._driver, **self._mine, asked=json.dumps(jobs))}

    def point(self, line: int, job: int) -> None:
        """Have a line ask for another job."""
        _POINT.write(self._driver, [{**self._mine, "b_seq": line, "job": job}])

    def replace(self) -> None:
        """Put it in the place of all that was read before."""
        _REPLACE.write(self._driver, [self._mine])
