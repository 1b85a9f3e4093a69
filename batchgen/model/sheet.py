"""A manifest once it is planned: what it asks for is then a sheet of lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchgen.model.layout import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFacts:
    """A manifest as it was planned."""

    name: str  #: As the user gave it.
    path: str  #: Absolute path, or the link: what it is recognised by.
    columns: tuple[str, ...]
    digest: str
    results: str  #: Absolute path of its results.
    realm: str
    layout: Layout | None = None  #: How it is written, where it is text with delimiters.
    like_input: bool = False  #: Whether its results are to be written like it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A planned manifest as the store knows it."""

    pk: int
    name: str
    path: str
    columns: tuple[str, ...]
    digest: str
    kinds: tuple[str, ...]  #: Of all its jobs.
    results: str
    realm: str
    edition: int
    lines: int
    rows: int
    planned_at: float
    layout: Layout | None = None  #: See ``SheetFacts``.
    like_input: bool = False
    captions: bool = False  #: Whether some job of it asks for captions.
    jobs: int | None = None  #: How many different jobs its lines ask for; None: that was not counted.
    written: str | None = None  #: The mark of its results as the last run that ended left them.
