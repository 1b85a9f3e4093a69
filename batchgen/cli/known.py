"""What commands ask of a state that was made before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.store.interface import Sheet, Store


def need_state(state: str) -> None:
    """Refuse to make a state file only to find nothing in it."""
    if "://" not in state and not Path(state).is_file():
        raise UsageError(f"{state}: there is no state file here. The first run makes one; name it by --state.")


def known_sheets(store: Store, manifests: Sequence[str]) -> list[Sheet]:
    """Give the sheets of these manifests, or all that the state knows. Raises ``UsageError``."""
    sheets = store.sheets()
    if not manifests:
        return sheets
    chosen = []
    for name in manifests:
        path = name if "://" in name else str(Path(name).absolute())
        found = [sheet for sheet in sheets if path in {sheet.path, sheet.path.partition("#")[0]} or sheet.name == name]
        if not found:
            raise UsageError(f"{name}: the state knows no such manifest; `batchgen status` lists those it knows.")
        chosen += found
    return chosen
