"""The sheets that were planned, and how their jobs stand.

It is all that `batchgen status` asks, and it is asked often: hence apart from the questions of a run, which take longer
to be put into words than these take to be answered.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import bindparam, exists, func, select, union_all

from batchgen.model.layout import Layout
from batchgen.model.sheet import Sheet
from batchgen.model.status import Status
from batchgen.store.asking import ASKED, literal, stands
from batchgen.store.connected import Connected
from batchgen.store.engine import open_engines, state_url
from batchgen.store.schema import prepare
from batchgen.store.statement import Statement
from batchgen.store.tables import jobs, lines, sheets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

SHEET_COLUMNS = tuple(sheets.c[name] for name in Sheet.__dataclass_fields__)

#: Every sheet, the latest planned first.
_SHEETS = Statement(select(*SHEET_COLUMNS).order_by(sheets.c.planned_at.desc()))

#: Wants ``pk``.
SHEET = Statement(select(*SHEET_COLUMNS).where(sheets.c.pk == bindparam("pk")))

#: Lines of a sheet as it was planned last. Wants ``sheet`` and ``edition``, as do all that ask of a sheet's lines.
OF_SHEET = (lines.c.sheet == bindparam("sheet"), lines.c.edition == bindparam("edition"))

#: Lines of several. Wants ``asked``: sheets; as do all that ask of the jobs of sheets.
_OF_SHEETS = (lines.c.sheet == sheets.c.pk, lines.c.edition == sheets.c.edition, sheets.c.pk.in_(ASKED))
_WANTED = select(lines.c.job).where(*_OF_SHEETS).distinct().subquery()
ASKED_FOR = exists(select(lines.c.job).where(lines.c.job == jobs.c.pk, *_OF_SHEETS).correlate(jobs))


def of_jobs(*what: Any) -> Select[Any]:
    """Ask something of the jobs of sheets. A job that several lines share, of whatever sheet, is one."""
    return select(*what).join_from(_WANTED, jobs, jobs.c.pk == _WANTED.c.job)


_JOBS = Statement(select(func.count()).select_from(_WANTED))
_TALLY_BUT_DONE = Statement(
    union_all(
        *(
            select(literal(status), func.count()).where(stands(status), ASKED_FOR)
            for status in Status
            if status is not Status.DONE
        )
    )
)
_SORTS = (jobs.c.kind, jobs.c.language, jobs.c.status)
_CENSUS = Statement(of_jobs(*_SORTS, func.count()).group_by(*_SORTS))


class Sheets(Connected):
    """See the parts of ``Store`` of the same names."""

    @classmethod
    def open(cls, state: str) -> Self:
        """Open a state file to look at its sheets, making or upgrading it. Raises ``StoreError``."""
        engines = open_engines(state_url(state))
        prepare(engines)
        return cls(engines)

    def sheets(self) -> list[Sheet]:
        """See Store.sheets."""
        return [sheet_from(row) for row in self._all(_SHEETS)]

    def tally_of(self, sheets: Sequence[int]) -> dict[Status, int]:
        """See Store.tally_of."""
        asked = json.dumps(list(sheets))
        counted = self._tally(_TALLY_BUT_DONE, asked=asked)
        # Of one sheet it was counted when it was planned: those that are done are not walked over.
        known = self._sheet(sheets[0]).jobs if len(sheets) == 1 else None
        total = self._scalar(_JOBS, asked=asked) if known is None else known
        return counted | {Status.DONE: total - sum(counted.values())}

    def census(self, sheet: int) -> list[tuple[str, str | None, Status, int]]:
        """See Store.census."""
        found = self._all(_CENSUS, asked=json.dumps([sheet]))
        return [(kind, language, Status(status), int(n)) for kind, language, status, n in found]

    def close(self) -> None:
        """See Store.close."""
        self._reading.close()
        self._engines.dispose()

    def _sheet(self, pk: int) -> Sheet:
        return sheet_from(self._all(SHEET, pk=pk)[0])

    def _edition(self, sheet: int) -> dict[str, int]:
        return {"sheet": sheet, "edition": self._sheet(sheet).edition}


def sheet_from(row: Sequence[Any]) -> Sheet:
    """Read a sheet."""
    facts = dict(zip(Sheet.__dataclass_fields__, row, strict=True))
    facts["columns"] = tuple(json.loads(facts["columns"]))
    facts["kinds"] = tuple(json.loads(facts["kinds"]))
    facts["like_input"] = bool(facts["like_input"])
    facts["layout"] = None if facts["layout"] is None else Layout(**json.loads(facts["layout"]))
    facts["captions"] = bool(facts["captions"])
    return Sheet(**facts)
