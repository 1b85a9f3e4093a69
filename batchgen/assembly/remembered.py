"""Results that know more than the state: it is another one, or a copy of an hour ago.

What their rows bought would be bought again, and the ids of it written over, which are all that is left of the first.
"""

from __future__ import annotations

import shlex
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen import settings
from batchgen.assembly.standing import STATE
from batchgen.kinds import VOCABULARY
from batchgen.manifest import open_sheet
from batchgen.model.errors import ConfigError, ManifestError, UsageError
from batchgen.model.meaning import same_id
from batchgen.model.naming import canonical, earlier_names, naming
from batchgen.model.status import Status
from batchgen.pipeline.reconciling.claims import Table
from batchgen.pipeline.reconciling.recall import later

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from batchgen.store.interface import Line, Sheet, Standing, Store

#: What has an id that counts. A video that failed is no loss.
_BOUGHT = frozenset(status.word for status in (Status.RENDERING, Status.RENDERED, Status.DONE))
#: What would be sent, or may be on a person's word.
_TO_SEND = (Status.PLANNED, Status.FAILED, Status.CANCELLED)
#: Rows that are named.
_FEW = 5
#: What somebody can do who wants to pay again.
MADE_ANEW = "What is to be made once more all the same is made by --again after that."


def check_remembered(store: Store, sheets: Sequence[Sheet], state: str) -> None:
    """Refuse to send what the results of a sheet have ids of. Raises ``UsageError``."""
    if told := list(forgotten(store, sheets, state)):
        raise UsageError("\n".join(told))


def marks(sheets: Sequence[Sheet]) -> dict[int, str]:
    """Give what the results of sheets are known by, as they stand: who finds them so need not read them."""
    told = {sheet.pk: _mark(Path(sheet.results)) for sheet in sheets}
    return {pk: mark for pk, mark in told.items() if mark is not None}


def _mark(results: Path) -> str | None:
    try:
        found = results.stat()
    except OSError:
        return None
    return f"{found.st_size} bytes of {found.st_mtime_ns}"


def forgotten(store: Store, sheets: Sequence[Sheet], state: str) -> Iterator[str]:
    """Say of each sheet whose results have ids that the state knows nothing of what they are, and what to do."""
    for sheet in sheets:
        if sheet.written is not None and sheet.written == _mark(Path(sheet.results)):
            continue  # They are as this very state left them.
        if sheet.realm == "sandbox":
            # Nothing is bought there: a rehearsal may begin anew over the results of another, and of no others.
            if rows := _rows_in_earnest(store, sheet):
                yield _words_in_earnest(sheet, sorted(rows), state)
        elif _may_send(store, sheet) and (rows := _rows(store, sheet)):
            yield _words(sheet, sorted(rows), state)


def _may_send(store: Store, sheet: Sheet) -> bool:
    tally = store.tally_of([sheet.pk])
    return any(tally[status] for status in _TO_SEND)


def _rows(store: Store, sheet: Sheet) -> set[int]:
    """Give the rows of a sheet that are to be sent, or failed, though its results have an id for them."""
    said = dict(_bought(Path(sheet.results)))
    rows = set[int]()
    for line in store.standings(sheet.pk) if said else ():
        if (word := said.pop(line.job_id, None)) is not None:
            rows |= {line.row} if _is_new(line) or _is_done_elsewhere(line, word) else set()
    left = said.keys()
    for line in store.standings(sheet.pk) if left else ():
        rows |= {line.row} if _is_new(line) and not left.isdisjoint(later(line.job_id)) else set()
    return rows | (_named_otherwise(store, sheet, left) if left else set())


def _named_otherwise(store: Store, sheet: Sheet, left: AbstractSet[str]) -> set[int]:
    """Give the rows of new jobs that an earlier batchgen bought, and named otherwise."""
    return {
        line.row
        for line in store.lines(sheet.pk)
        if line.job.status is Status.PLANNED and not line.job.round
        for name, _ in earlier_names(sheet.realm, line.job.kind, canonical(line.job.content), [None, *line.cells])
        if name in left or not left.isdisjoint(later(name))
    }


def _rows_in_earnest(store: Store, sheet: Sheet) -> set[int]:
    """Give the rows of a rehearsal for which its results have what was bought, and what the state has no id of."""
    left = {one for one, _ in _bought(Path(sheet.results)) if not _has_id(store, one)}
    return {
        line.row
        for line in (store.lines(sheet.pk) if left else ())
        for name in _names_in_earnest(line)
        if name in left or not left.isdisjoint(later(name))
    }


def _has_id(store: Store, job_id: str) -> bool:
    return any(job.remote_id for job in store.jobs(store.named(job_id)))


def _names_in_earnest(line: Line) -> Iterator[str]:
    """Name the job of a line as it is where it is bought: at HeyGen, or wherever the settings lead."""
    realms = {settings.realm_of(settings.DEFAULT_BASE)}
    with suppress(ConfigError):
        realms.add(settings.asked_realm(sandbox=False))
    distinct = [None, *map(same_id, line.cells)]
    contents = [canonical(line.job.content)] * len(distinct)
    for realm in realms - {"sandbox"}:
        yield from naming(realm, line.job.kind)(contents, distinct)


def _is_new(line: Standing) -> bool:
    """Tell whether a line was never sent, and nobody asked for it to be tried again."""
    return line.status is Status.PLANNED and not line.retried


def _is_done_elsewhere(line: Standing, said: str) -> bool:
    """Tell whether results have a line from another state: what failed here, and is done there, was tried again."""
    return said == Status.DONE.word and line.status in _TO_SEND


def _bought(results: Path) -> Iterator[tuple[str, str]]:
    """Give the jobs that results have an id of, with how these stand there.

    Of what is not there, or cannot be read as results, there are none.
    """
    if not results.is_file():
        return
    try:
        sheet = open_sheet(str(results), vocabulary=VOCABULARY)
        table = Table(results.name, sheet.columns)
        for cells in sheet.readable():
            if (status := table.own(cells, "status")) in _BOUGHT and table.any_id(cells):
                yield table.own(cells, "job_id"), status
    except (ManifestError, UsageError):
        return


def name_rows(rows: Sequence[int]) -> str:
    """Name the first of some rows, and say how many more there are."""
    more = f" and {len(rows) - _FEW:,} more" if len(rows) > _FEW else ""
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(str(row) for row in rows[:_FEW])}{more}"


def _words(sheet: Sheet, rows: Sequence[int], state: str) -> str:
    return (
        f"{_unknown(sheet, rows, state)}, so they would be bought again: this is not the state that bought them, or an "
        f"older copy of it. Name that one by --state; or take the ids in, at no cost, by `{_adopt(sheet, state)}`. "
        f"{MADE_ANEW}"
    )


def _words_in_earnest(sheet: Sheet, rows: Sequence[int], state: str) -> str:
    return (
        f"{_unknown(sheet, rows, state)}, and that were bought: a rehearsal would write over them, and they would be "
        f"bought again. Take the ids in, at no cost, by `{_adopt(sheet, state)}`; or write the results of the "
        "rehearsal elsewhere, by --results."
    )


def _unknown(sheet: Sheet, rows: Sequence[int], state: str) -> str:
    knows = f"that {Path(state).absolute()} knows nothing of"
    return f"{sheet.results}: it has ids of videos ({name_rows(rows)} of {sheet.name}) {knows}"


def _adopt(sheet: Sheet, state: str) -> str:
    named = [] if state == STATE else ["--state", str(Path(state).absolute())]
    return shlex.join(["batchgen", "adopt", sheet.results, "--manifest", sheet.path, *named])
