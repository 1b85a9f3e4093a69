"""The results file: the user's own sheet, every cell as it was, with what became of each line behind it.

Rule: it is never half a file. It is written beside its place and renamed, so it can be opened at any time.
"""

from __future__ import annotations

import csv
import math
from datetime import UTC, datetime
from functools import lru_cache
from typing import IO, TYPE_CHECKING, NamedTuple

from batchgen.model.layout import MARK, Layout, delimiter_of
from batchgen.model.nature import family
from batchgen.report.columns import header, ids
from batchgen.report.replace import beside

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from batchgen.report.interface import Line

__all__ = ["header", "write"]

#: What a spreadsheet takes for the beginning of a formula; the wide ones where it is set to Japanese.
_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


class Written(NamedTuple):
    """What became of a results file."""

    lines: int
    escaped: int  #: Lines with letters that the file's encoding does not have; these stand there as ``\u65e5``.


def write(
    path: Path,
    columns: Sequence[str],
    lines: Iterable[Line],
    *,
    kinds: Collection[str],
    captions: bool = False,
    layout: Layout | None = None,
) -> Written:
    """Write the results of a sheet. Raises ``DiskError``; an older file then stays as it is.

    ``kinds`` are the kinds of all its jobs: translations have a ``translation_id``, all others a ``video_id``.
    ``captions``: whether it asks for any, and has a column for them. Without a ``layout`` they are in UTF-8, with
    between their cells what the name of the file promises.
    """
    layout = layout or Layout(delimiter=delimiter_of(path.name))
    with beside(path, encoding=layout.encoding) as file:
        target = _Counted(file, layout.encoding)
        if layout.mark:
            file.write(MARK)
        # Python before 3.13 leaves a lone \r unquoted unless the line ends with one; spreadsheets write both anyway.
        writer = csv.writer(target, delimiter=layout.delimiter, lineterminator="\r\n")
        writer.writerow(header(columns, kinds, captions=captions))
        named, count = ids(kinds), 0
        for count, line in enumerate(lines, 1):  # noqa: B007 - its last value is the number of lines
            writer.writerow(_row(line, named, captions=captions))
    return Written(count, target.escaped)


class _Counted:
    """A file that counts the lines which its encoding has not all letters for."""

    def __init__(self, file: IO[str], encoding: str) -> None:
        self._file, self._encoding = file, encoding
        self.escaped = 0

    def write(self, text: str) -> int:
        if not text.isascii():
            try:
                text.encode(self._encoding)
            except UnicodeEncodeError:
                self.escaped += 1
        return self._file.write(text)


def _row(line: Line, named: tuple[str, ...], *, captions: bool) -> tuple[str, ...]:
    own = family(line.kind)
    return (
        *line.cells,
        line.job_id,
        _text(line.language),
        line.status,
        *(_text(line.remote_id) if one == own else "" for one in named),
        _text(line.video_url),
        _file(line.file),
        _number(line.duration_s),
        _number(line.credits),
        _text(line.error_code),
        _text(line.error),
        _time(line.submitted_at),
        _time(line.finished_at),
        *(("; ".join(map(_file, line.captions)),) if captions else ()),
        *((_text(line.transcript),) if "session" in named else ()),
    )


def _text(value: str | None) -> str:
    """Keep a spreadsheet from running what a server, or a cell, has put into a text of ours."""
    if not value:
        return ""
    return "'" + value if value[0] in _FORMULA else value


def _file(value: str | None) -> str:
    # The same file by another name, so that scripts can open what stands here.
    return "./" + value if value and value[0] in _FORMULA else value or ""


def _number(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return ""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _time(value: float | None) -> str:
    return "" if value is None else _moment(int(value))


@lru_cache(maxsize=4096)
def _moment(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
