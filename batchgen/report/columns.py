"""The columns that stand behind the sheet's own: their names, and what a line has to say in each, with its type."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING

from batchgen.model import session
from batchgen.model.nature import families, family
from batchgen.model.vocabulary import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from batchgen.report.interface import Line

#: What stands in a cell of batchgen's own.
Value = str | float | datetime | None


class Sort(Enum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    FILE = "file"  #: A path, seen from the results' folder.
    LINK = "link"


#: What jobs' ids are called after, in the order of their columns.
_FAMILIES = ("video", "translation", "session")

_FIRST = {"job_id": Sort.TEXT, "language": Sort.TEXT, "status": Sort.TEXT}
_LAST = {
    "video_url": Sort.LINK,
    "file": Sort.FILE,
    "duration_s": Sort.NUMBER,
    "credits": Sort.NUMBER,
    "error_code": Sort.TEXT,
    "error": Sort.TEXT,
    "submitted_at": Sort.TIME,
    "finished_at": Sort.TIME,
}
_CAPTIONS = {"captions": Sort.TEXT}


#: What was said, where some of it are sessions.
_SPOKEN = {"transcript": Sort.TEXT}


def header(columns: Sequence[str], kinds: Collection[str], *, captions: bool = False) -> list[str]:
    """Give the sheet's columns and batchgen's own; a name that the sheet has gets ``batchgen_`` before it."""
    names, taken = list(columns), {plain(name) for name in columns}
    for name in sorts(kinds, captions=captions):
        free = name
        while free in taken:
            free = "batchgen_" + free
        taken.add(free)
        names.append(free)
    return names


def distinct(names: Sequence[str]) -> list[str]:
    """Give names of which no two are alike, for formats that find a value by its name alone."""
    given: dict[str, None] = {}
    for place, name in enumerate(names, 1):
        first = free = name or f"column {place}"
        count = 1
        while free in given or (free != name and free in names):
            count += 1
            free = f"{first} ({count})"
        given[free] = None
    return list(given)


def sorts(kinds: Collection[str], *, captions: bool = False) -> dict[str, Sort]:
    """Give batchgen's own columns in their order, and what each holds."""
    named = {f"{kind}_id": Sort.TEXT for kind in ids(kinds)}
    spoken = _SPOKEN if session.KIND in kinds else {}
    return _FIRST | named | _LAST | (_CAPTIONS if captions else {}) | spoken


def ids(kinds: Collection[str]) -> tuple[str, ...]:
    """Give whose ids these jobs have: translations have a ``translation_id``, most others a ``video_id``."""
    return families(kinds)


def values(line: Line, named: Sequence[str], *, captions: bool = False) -> Iterator[Value]:
    """Give what a line says in each of batchgen's own columns; ``named`` are those of ``ids``."""
    own = family(line.kind)
    yield from (line.job_id, line.language, line.status)
    yield from (line.remote_id if one == own else None for one in named)
    yield from (line.video_url, line.file, _number(line.duration_s), _number(line.credits))
    yield from (line.error_code, line.error, moment(line.submitted_at), moment(line.finished_at))
    if captions:
        yield "; ".join(line.captions) or None
    if "session" in named:
        yield line.transcript


def moment(seconds: float | None) -> datetime | None:
    """Give a moment as UTC, to the second."""
    return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)


def _number(value: float | None) -> float | None:
    """Round away what is noise."""
    return None if value is None or not math.isfinite(value) else round(value, 4)
