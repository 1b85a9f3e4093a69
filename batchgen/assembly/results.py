"""Results files, written from the store."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.store.interface import Sheet, Store


def write_results(store: Store, sheets: Sequence[int]) -> None:
    """Write the results of sheets as they stand. Raises ``DiskError``."""
    for sheet in [sheet for sheet in store.sheets() if sheet.pk in set(sheets)]:
        write_sheet(store, sheet, Path(sheet.results))


def write_sheet(store: Store, sheet: Sheet, target: Path) -> None:
    """Write the results of one sheet to a file. Raises ``DiskError``."""
    from batchgen.report.csv import write  # noqa: PLC0415 - light, and only here
    from batchgen.report.interface import line  # noqa: PLC0415

    found = (line(one.cells, one.job, saved=one.saved, folder=target.parent) for one in store.lines(sheet.pk))
    write(target, sheet.columns, found, kinds=sheet.kinds)


async def write_results_aside(store: Store, sheets: Sequence[int]) -> None:
    """Write results in a thread, so that a large sheet holds nothing up."""
    await asyncio.to_thread(write_results, store, sheets)
