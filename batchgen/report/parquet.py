"""Results as Parquet, for pandas, DuckDB and their like: numbers as numbers, times as UTC."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from batchgen.report.columns import Sort, distinct, header, ids, sorts, values
from batchgen.report.replace import draft_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from batchgen.report.interface import Heading, Line

#: Lines that are in memory at once.
CHUNK = 20_000

_TYPES = {Sort.NUMBER: pa.float64(), Sort.TIME: pa.timestamp("us", tz="UTC")}


def write(path: Path, heading: Heading, lines: Iterable[Line]) -> int:
    """Write the results of a sheet and give their number. Raises ``DiskError``; an older file then stays as it is."""
    schema, count, rows = _schema(heading), 0, _rows(heading, lines)
    with draft_of(path) as draft, ParquetWriter(str(draft), schema, compression="zstd") as writer:
        while chunk := list(islice(rows, CHUNK)):
            columns: Sequence[Any] = list(zip(*chunk, strict=True))
            arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(chunk)
    return count


def _schema(heading: Heading) -> Any:
    names = distinct(header(heading.columns, heading.kinds, captions=heading.captions))
    ours = sorts(heading.kinds, captions=heading.captions).values()
    types = [pa.string()] * len(heading.columns) + [_TYPES.get(sort, pa.string()) for sort in ours]
    return pa.schema(list(zip(map(_whole, names), types, strict=True)))


def _rows(heading: Heading, lines: Iterable[Line]) -> Iterator[tuple[Any, ...]]:
    named = ids(heading.kinds)
    for line in lines:
        told = (*line.cells, *values(line, named, captions=heading.captions))
        yield tuple(_whole(value) if isinstance(value, str) else value for value in told)


def _whole(text: str) -> str:
    """Give a text that UTF-8 can hold: JSON may bring half a letter."""
    return text.encode("utf-8", "backslashreplace").decode() if not text.isascii() else text
