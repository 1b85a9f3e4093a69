"""The lines of sheets: what each asks for, and how its job stands. And jobs by whatever they are called."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, or_, select, union_all

from batchgen.model.session import SAID
from batchgen.store.asking import ASKED
from batchgen.store.changes import VIDEO
from batchgen.store.facts import Line, Standing
from batchgen.store.history import history
from batchgen.store.rows import JOB_COLUMNS, STATUSES, job_from, read
from batchgen.store.sheets import OF_SHEET, Sheets
from batchgen.store.statement import Statement
from batchgen.store.tables import files, jobs, lines, occurrences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Select

    from batchgen.model.history import History


#: A list of paths that has none.
_NONE = "[]"

_LINE_COLUMNS = (lines.c.row, lines.c.cells, files.c.path, files.c.size, files.c.digest)


def select_lines() -> Select[Any]:
    """Ask for lines, each with its job and its saved file."""
    return (
        select(*_LINE_COLUMNS, _captions(), _transcript(), *JOB_COLUMNS)
        .join_from(lines, jobs, jobs.c.pk == lines.c.job)
        .outerjoin(files, and_(files.c.job == jobs.c.pk, files.c.role == VIDEO))
    )


def _captions() -> ColumnElement[Any]:
    """Ask for the paths of a job's captions as one list: a line stays one row, whatever was saved for it."""
    beside = files.alias("captions")
    saved = (beside.c.job == jobs.c.pk, beside.c.role != VIDEO, beside.c.size.is_not(None))
    return select(func.json_group_array(beside.c.path)).where(*saved).correlate(jobs).scalar_subquery()


def _transcript() -> ColumnElement[Any]:
    """Ask for what was said in a job's session as one list; a job that is none has none, and costs one seek."""
    said = (occurrences.c.job == jobs.c.pk, occurrences.c.round == jobs.c.round, occurrences.c.what == SAID)
    each = func.json_array(occurrences.c.pk, occurrences.c.text)
    return select(func.json_group_array(each)).where(*said).correlate(jobs).scalar_subquery()


#: Wants ``sheet`` and ``edition``, as do the others about a sheet.
_LINES = Statement(select_lines().where(*OF_SHEET).order_by(lines.c.seq))

#: In the order of ``Standing``, but for what is read from the last columns.
_EACH = (
    select(
        *(lines.c.row, jobs.c.pk, jobs.c.id, jobs.c.kind, jobs.c.language, jobs.c.status, jobs.c.round, jobs.c.run),
        func.coalesce(jobs.c.error, jobs.c.error_code),
    )
    .join_from(lines, jobs, jobs.c.pk == lines.c.job)
    .where(*OF_SHEET)
    .order_by(lines.c.seq)
)

_STANDINGS = Statement(_EACH)

#: The same with ``asked``: places.
_STANDINGS_AT = Statement(_EACH.where(lines.c.seq.in_(ASKED)))

_PLACES = Statement(select(lines.c.job, lines.c.row).where(*OF_SHEET).order_by(lines.c.seq))

#: A sheet's rows go up.
_REPEATED = Statement(
    select(lines.c.job, func.min(lines.c.row)).where(*OF_SHEET).group_by(lines.c.job).having(func.count() > 1)
)

#: Wants ``asked``: jobs.
_LINES_OF = Statement(select_lines().where(lines.c.job.in_(ASKED)).order_by(lines.c.sheet, lines.c.seq))

#: The same with ``row``.
_LINES_AT = Statement(select_lines().where(*OF_SHEET, lines.c.row == bindparam("row")).order_by(lines.c.seq))

#: The same with ``asked``: jobs.
_LINES_IN = Statement(select_lines().where(*OF_SHEET, lines.c.job.in_(ASKED)).order_by(lines.c.seq))

#: Jobs by their id, whole or its beginning, or by their id at the server. A range and no LIKE: it is a seek, and needs
#: no escaping. Wants ``name`` and ``last``.
_NAMED = Statement(
    select(jobs.c.pk).where(
        or_(jobs.c.id.between(bindparam("name"), bindparam("last")), jobs.c.remote_id == bindparam("name"))
    )
)

#: Wants ``asked``: ids at the server, of jobs or of batches.
_OWNERS = Statement(
    union_all(*(select(theirs, jobs.c.pk).where(theirs.in_(ASKED)) for theirs in (jobs.c.remote_id, jobs.c.batch_id)))
)


class Lines(Sheets):
    """See ``Lines`` of the interface."""

    def lines(self, sheet: int) -> Iterator[Line]:
        """See Store.lines."""
        yield from map(line_from, self._stream(_LINES, **self._edition(sheet)))

    def standings(self, sheet: int, places: Sequence[int] | None = None) -> Iterator[Standing]:
        """See Store.standings."""
        wanted: dict[str, Any] = self._edition(sheet)
        if places is None:
            yield from map(_standing_from, self._stream(_STANDINGS, **wanted))
        else:
            asked = json.dumps([place + 1 for place in places])
            yield from map(_standing_from, self._all(_STANDINGS_AT, asked=asked, **wanted))

    def places(self, sheet: int) -> Iterator[tuple[int, int]]:
        """See Store.places."""
        yield from self._stream(_PLACES, **self._edition(sheet))

    def repeated(self, sheet: int) -> dict[int, int]:
        """See Store.repeated."""
        return dict(self._all(_REPEATED, **self._edition(sheet)))

    def lines_of(self, jobs: Sequence[int]) -> list[Line]:
        """See Store.lines_of."""
        return [line_from(row) for row in self._all(_LINES_OF, asked=json.dumps(list(jobs)))]

    def lines_at(self, sheet: int, row: int) -> list[Line]:
        """See Store.lines_at."""
        return [line_from(found) for found in self._all(_LINES_AT, row=row, **self._edition(sheet))]

    def lines_in(self, sheet: int, jobs: Sequence[int]) -> list[Line]:
        """See Store.lines_in."""
        wanted = self._edition(sheet) | {"asked": json.dumps(list(jobs))}
        return [line_from(found) for found in self._all(_LINES_IN, **wanted)]

    def named(self, name: str) -> list[int]:
        """See Store.named."""
        return [int(row[0]) for row in self._all(_NAMED, name=name, last=name + "\uffff")]

    def owners(self, remote_ids: Sequence[str]) -> dict[str, int]:
        """See Store.owners."""
        return dict(self._all(_OWNERS, asked=json.dumps(list(remote_ids))))

    def history(self, job: int) -> History:
        """See Store.history."""
        with self._engines.reader.connect() as connection:
            return history(connection, job)


def _standing_from(row: Sequence[Any]) -> Standing:
    """Read how a line stands."""
    number, pk, job_id, kind, language, status, round_, run, error = row
    return Standing(number, pk, job_id, kind, language, STATUSES[status], round_ > 0, run, error)


def line_from(row: Sequence[Any]) -> Line:
    """Read a line, its job and its file."""
    number, cells, path, size, digest, captions, said = row[:7]
    return Line(
        row=number,
        cells=tuple(read(cells)),
        job=job_from(row),
        saved=path if size is not None else None,
        size=size,
        digest=digest,
        captions=() if captions == _NONE else tuple(sorted(json.loads(captions))),
        transcript=None if said == _NONE else "\n".join(_words(said)),
    )


def _words(said: str) -> list[str]:
    # SQLite nests what is JSON already; other databases may hand it over as a text in the list.
    rows = [json.loads(one) if isinstance(one, str) else one for one in json.loads(said)]
    return [text for _, text in sorted(rows)]
