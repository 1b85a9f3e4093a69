"""What is odd about the sheet of a workbook, and nobody sees who only reads its cells: told once, with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchgen.manifest.workbook_xml import Looks, Place


class Read(NamedTuple):
    """A sheet as it was read."""

    rows: Sequence[tuple[int, tuple[str, ...]]]  #: Each with its number.
    columns: tuple[str, ...]
    header_row: int  #: Its number.
    looks: Looks

    def place(self, place: Place) -> str:
        """Name a cell as people do."""
        row, at = place
        return f'row {row + 1}, column "{self.columns[at]}"'

    def below(self, places: Sequence[Place]) -> list[Place]:
        """Give those of some cells that stand below the header, in columns that it has."""
        return [(row, at) for row, at in places if row >= self.header_row and at < len(self.columns)]


def notes(sheet: Read) -> Iterator[str]:
    """Give all that is to be told."""
    yield from _uncalculated(sheet)
    yield from _hidden(sheet)
    yield from _merged(sheet)


def _uncalculated(sheet: Read) -> Iterator[str]:
    """Say which formulas gave nothing: programs that write workbooks leave the working out to a spreadsheet."""
    missing = [(row, at) for row, at in sheet.looks.uncalculated if at < len(sheet.columns)]
    if missing:
        what = f"{len(missing):,} of its formulas have no value yet and count as empty"
        remedy = "Open it in a spreadsheet and save it, and they have one."
        yield f"{what}, the first in {sheet.place(missing[0])}. {remedy}"


def _hidden(sheet: Read) -> Iterator[str]:
    """Say which rows nobody sees who looks at the sheet: a filter hides what is not meant, and it would be made."""
    unseen = set(sheet.looks.hidden)
    hidden = [number for number, cells in sheet.rows if number - 1 in unseen and any(map(str.strip, cells))]
    hidden = [number for number in hidden if number > sheet.header_row]
    if hidden:
        count = f"{len(hidden):,} of its rows {'is' if len(hidden) == 1 else 'are'} hidden"
        what = f"{count}, the first is row {hidden[0]}, and read like all others."
        yield f"{what} Delete what is not meant, or leave it out by --select."


def _merged(sheet: Read) -> Iterator[str]:
    """Say which cells look as if they were filled in, and are empty: what they are merged with is read alone."""
    covering = sheet.below(sheet.looks.merged)
    texts = dict(sheet.rows) if covering else {}
    merged = [(row, at) for row, at in covering if _says(texts.get(row + 1, ()), at)]
    if merged:
        count = f"{len(merged):,} of its cells {'is' if len(merged) == 1 else 'are'} merged with others"
        what = f"{count}, which count as empty, the first in {sheet.place(merged[0])}."
        yield f"{what} Undo the merging, and fill in each row."


def _says(cells: Sequence[str], at: int) -> bool:
    return at < len(cells) and bool(cells[at].strip())
