"""Whether some sheets belong to the world that a command asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.errors import UsageError
from batchgen.settings import asked_realm

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchgen.store.interface import Sheet


def check_realm(sheets: Iterable[Sheet], *, sandbox: bool) -> None:
    """Refuse to ask one world about the videos of another. Raises ``UsageError``."""
    realm = asked_realm(sandbox=sandbox)
    for sheet in sheets:
        if sheet.realm != realm:
            way = "give --sandbox" if sheet.realm == "sandbox" else f"set HEYGEN_API_BASE to https://{sheet.realm}"
            raise UsageError(f"{sheet.name}: its videos were made at {sheet.realm}, and {realm} was asked: {way}.")
