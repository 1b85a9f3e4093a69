"""Results files, written from the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.store.interface import Sheet, Store


def write_results(store: Store, sheets: Sequence[int], *, like_input: bool = False) -> dict[str, str]:
    """Write the results of sheets as they stand. Raises ``DiskError``.

    Those that are to be like their sheet are written in its delimiter and encoding; ``like_input`` makes it all of
    them. Gives what could not be written so, by the file.
    """
    found = {}
    for sheet in [sheet for sheet in store.sheets() if sheet.pk in set(sheets)]:
        target = Path(sheet.results)
        if note := write_sheet(store, sheet, target, like_input=like_input or sheet.like_input):
            found[str(target)] = note
    return found


def write_sheet(store: Store, sheet: Sheet, target: Path, *, like_input: bool = False) -> str | None:
    """Write the results of one sheet to a file; tell what could not be written as asked. Raises ``DiskError``."""
    from batchgen.report.csv import PLAIN, write  # noqa: PLC0415 - light, and only here
    from batchgen.report.interface import line  # noqa: PLC0415

    layout = sheet.layout if like_input else None
    found = (line(one.cells, one.job, saved=one.saved, folder=target.parent) for one in store.lines(sheet.pk))
    written = write(target, sheet.columns, found, kinds=sheet.kinds, layout=layout or PLAIN)
    if like_input and layout is None:
        return f"written as CSV in UTF-8: {sheet.name} is no text with delimiters that they could be like."
    if layout is None or not written.escaped:
        return None
    return (
        f"{written.escaped:,} of its lines have letters that {layout.encoding} does not have; such a letter is written "
        "as its number, like \\u65e5. Without --like-input everything is written as it is, in UTF-8."
    )
