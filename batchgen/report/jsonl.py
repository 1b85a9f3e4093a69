"""Results as JSON lines: an object a line, numbers as numbers, what is not known as null."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from batchgen.report.columns import distinct, header, ids, values
from batchgen.report.replace import beside

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from batchgen.report.columns import Value
    from batchgen.report.interface import Heading, Line


def write(path: Path, heading: Heading, lines: Iterable[Line]) -> int:
    """Write the results of a sheet and give their number. Raises ``DiskError``; an older file then stays as it is."""
    names = distinct(header(heading.columns, heading.kinds, captions=heading.captions))
    named, count = ids(heading.kinds), 0
    with beside(path) as file:
        for count, line in enumerate(lines, 1):  # noqa: B007 - its last value is the number of lines
            told = (*line.cells, *map(_plain, values(line, named, captions=heading.captions)))
            file.write(json.dumps(dict(zip(names, told, strict=True)), ensure_ascii=False) + "\n")
    return count


def _plain(value: Value) -> str | float | None:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value
