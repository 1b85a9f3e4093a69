"""`--select`, `--limit` and `--sample`: which jobs of its sheets a run takes up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.assembly.planning import choose_sample
from batchgen.assembly.selection import selector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.store.interface import Sheet, Store

__all__ = ["selector", "take", "take_sample"]


def take(store: Store, run: int, sheets: Sequence[Sheet], *, expression: str | None, limit: int | None) -> None:
    """Make a run work on the chosen jobs of its sheets, the first ``limit`` of all of them together."""
    left = limit
    for sheet in sheets:
        taken = store.enlist(run, sheet.pk, selector(expression, sheet.columns), left)
        left = None if left is None else left - taken


def take_sample(store: Store, run: int, sheets: Sequence[Sheet], *, expression: str | None, count: int) -> set[int]:
    """Make a run work on a few of the chosen jobs that stand for all; give which."""
    keeps = [(sheet, selector(expression, sheet.columns)) for sheet in sheets]
    found = (line.job for sheet, keep in keeps for line in store.lines(sheet.pk) if keep is None or keep(line))
    sample = choose_sample(found, count)
    for sheet in sheets:
        store.enlist(run, sheet.pk, lambda line: line.job.pk in sample, None)
    return sample
