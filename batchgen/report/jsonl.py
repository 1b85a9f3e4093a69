"""Results as JSON lines: an object a line, numbers as numbers, what is not known as null."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from batchgen.report.columns import distinct, header, ids, values
from batchgen.report.replace import beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from batchgen.report.columns import Value
    from batchgen.report.interface import Heading, Line


def write(path: Path, heading: Heading, lines: Iterable[Line]) -> int:
    """Write the results of a sheet and give their number. Raises ``DiskError``; an older file then stays as it is."""
    count = 0
    with beside(path) as file:
        for count, told in enumerate(objects(heading, lines), 1):  # noqa: B007 - its last value is their number
            file.write(json.dumps(told, ensure_ascii=False) + "\n")
    return count


def objects(heading: Heading, lines: Iterable[Line]) -> Iterator[dict[str, str | float | None]]:
    """Give an object for each line, by the columns of the results."""
    names = distinct(header(heading.columns, heading.kinds, captions=heading.captions))
    named = ids(heading.kinds)
    for line in lines:
        told = (*line.cells, *map(_plain, values(line, named, captions=heading.captions)))
        yield dict(zip(names, told, strict=True))


def _plain(value: Value) -> str | float | None:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value
