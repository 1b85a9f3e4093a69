"""What commands ask of a state that was made before."""

from __future__ import annotations

from pathlib import Path

from batchgen.assembly.known import known_sheets
from batchgen.model.errors import UsageError

__all__ = ["known_sheets", "need_state"]


def need_state(state: str) -> None:
    """Refuse to make a state file only to find nothing in it."""
    if "://" not in state and not Path(state).is_file():
        raise UsageError(f"{state}: there is no state file here. The first run makes one; name it by --state.")
