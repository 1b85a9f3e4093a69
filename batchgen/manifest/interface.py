"""What a manifest is to the rest of the house, and what a format has to give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from batchgen.model.errors import Fault
    from batchgen.model.layout import Layout
    from batchgen.model.row import Row, Sheaf


class Manifest(Protocol):
    """A manifest that was opened: its own settings are read and sound, its rows are read as they are asked for."""

    @property
    def name(self) -> str:
        """As the user gave it: a path or a link."""

    @property
    def path(self) -> Path:
        """Where results and videos go beside; for a link, a path in the working folder."""

    @property
    def files(self) -> tuple[Path, ...]:
        """What it is read from, on this machine: nothing may be written there."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The headers of the sheet, in order, as written."""

    @property
    def api(self) -> str | None:
        """The generation it asks for, if any."""

    @property
    def digest(self) -> str:
        """Of everything it is made of: its bytes, and those of the sheet it refers to."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was guessed about it, such as an encoding, for the user to see."""

    @property
    def layout(self) -> Layout | None:
        """How its sheet is written, where that is text with delimiters."""

    def warnings(self) -> Sequence[Fault]:
        """Give what looks odd in the rows that were read so far, each at its cell."""

    def rows(self) -> Iterator[Row | Fault]:
        """Give every row in order, with defaults, expressions and ``foreach`` applied; faults stand among them.

        Reads the source again at each call, a chunk at a time. Blank rows give nothing.
        """

    def sheaves(self) -> Iterator[Sheaf | Row | Fault]:
        """Give the same as ``rows``, some hundreds at once where rows are nothing but text."""


class Fetch(Protocol):
    """Gets a link's bytes: a published sheet."""

    def __call__(self, url: str) -> bytes:
        """Fetch the whole of it. Raises ``UnreachableError``."""
