"""The formats of results: which there are, which one a file's name asks for, and who writes it."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from batchgen.model.errors import UsageError
from batchgen.model.extras import installing
from batchgen.model.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from batchgen.report.interface import Heading, Line

#: Format → the module that writes it. A module is loaded when it is asked to write.
FORMATS = ("csv", "xlsx", "jsonl", "parquet", "html")

_SUFFIXES = {
    ".xlsx": "xlsx",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".html": "html",
    ".htm": "html",
}

#: Suffixes that ask for something near to what there is.
_NEAR = {".xls": "xlsx", ".xlsm": "xlsx", ".ods": "xlsx", ".json": "jsonl", ".pq": "parquet"}

#: How like one of ours a suffix is that was mistyped: two letters of four in each other's place. A CSV under any other
#: name is one that every program reads.
_MISTYPED = 0.8

#: Suffixes that promise what there is not: a program that opens by them could not read a CSV.
_OTHERS = frozenset({".docx", ".doc", ".odt", ".pdf", ".rtf", ".xml", ".yaml", ".yml", ".zip", ".mp4"})

#: What a format needs that is not installed with batchgen.
_NEEDS = {"parquet": "pyarrow"}


def format_of(path: Path) -> str:
    """Tell the format that a file's name asks for; any other name is CSV. Raises ``UsageError`` where there is none."""
    suffix = path.suffix.lower()
    found = _SUFFIXES.get(suffix)
    if found is None and (meant := _meant(suffix)):
        raise UsageError(f"{path}: results are not written as {suffix}. Name it {path.with_suffix(meant).name}.")
    if suffix in _OTHERS:
        names = ", ".join([".csv", *dict.fromkeys(f".{name}" for name in _SUFFIXES.values())])
        raise UsageError(f"{path}: results are not written as {suffix}. They may be named {names}.")
    check(found or "csv")
    return found or "csv"


def _meant(suffix: str) -> str | None:
    """Give the suffix of the format that another one is near to, or was mistyped for."""
    near = _NEAR.get(suffix)
    return f".{near}" if near else nearest(suffix, _SUFFIXES, likeness=_MISTYPED)


def check(name: str) -> None:
    """Find out before anything is done whether a format can be written. Raises ``UsageError``."""
    needed = _NEEDS.get(name)
    if needed and find_spec(needed) is None:
        raise UsageError(
            f"Results as {name} need {needed}, which is not installed. Install it with: {installing(name)}"
        )


def write(path: Path, name: str, heading: Heading, lines: Iterable[Line]) -> int:
    """Write results in one of ``FORMATS`` and give their number. Raises ``DiskError``; an older file then stays."""
    if name == "csv":
        from batchgen.report import csv  # noqa: PLC0415 - light, and by its own rule

        return csv.write(path, heading.columns, lines, kinds=heading.kinds, captions=heading.captions).lines
    written: int = import_module(f"batchgen.report.{name}").write(path, heading, lines)
    return written
