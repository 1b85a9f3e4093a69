"""Results as a data frame of pandas: texts, numbers and times, each column with its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from batchgen.report.columns import Sort, distinct, header, ids, sorts, values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batchgen.report.interface import Heading, Line

Frame = pd.DataFrame

_TYPES = {Sort.NUMBER: "float64", Sort.TIME: "datetime64[us, UTC]"}


def frame(heading: Heading, lines: Iterable[Line]) -> Frame:
    """Give the results of a sheet: its own columns first, and what became of each line; its index is the row."""
    names = distinct(header(heading.columns, heading.kinds, captions=heading.captions))
    ours = sorts(heading.kinds, captions=heading.captions).values()
    types = ["string"] * len(heading.columns) + [_TYPES.get(sort, "string") for sort in ours]
    named, rows, told = ids(heading.kinds), [], []
    for line in lines:
        rows.append(line.row)
        told.append((*line.cells, *values(line, named, captions=heading.captions)))
    return _typed(names, types, told, rows)


def cells(columns: Sequence[str], rows: Mapping[int, Sequence[str]]) -> Frame:
    """Give a sheet as it was written, every cell as text; its index is the row."""
    return _typed(distinct(columns), ["string"] * len(columns), list(rows.values()), list(rows))


def joined(frames: Sequence[Frame]) -> Frame:
    """Put several sheets below one another."""
    return frames[0] if len(frames) == 1 else pd.concat(frames) if frames else Frame()


def _typed(names: Sequence[str], types: Sequence[str], rows: Sequence[Sequence[Any]], numbers: Sequence[int]) -> Frame:
    columns: Sequence[Any] = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    index = pd.Index(list(numbers), name="row", dtype="int64")
    series = {
        name: pd.Series(list(column), index=index, dtype=kind)
        for name, column, kind in zip(names, columns, types, strict=True)
    }
    return Frame(series, index=index)
