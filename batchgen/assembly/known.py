"""Finds the sheets that are meant among those that a state knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.errors import UsageError
from batchgen.model.spelling import whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.store.interface import Sheet, Sheets


def known_sheets(store: Sheets, manifests: Sequence[str]) -> list[Sheet]:
    """Give the sheets of these manifests, or all that the state knows. Raises ``UsageError``."""
    sheets = store.sheets()
    if not manifests:
        return sheets
    chosen = []
    for name in manifests:
        path = name if "://" in name else whole(name)
        # Another folder may have one of the same name: only where there is none here is that one meant.
        found = [sheet for sheet in sheets if path in {sheet.path, sheet.path.partition("#")[0]}]
        found = found or [sheet for sheet in sheets if sheet.name == name]
        if not found:
            raise UsageError(f"{name}: the state knows no such manifest; `batchgen status` lists those it knows.")
        chosen += found
    return chosen
