"""What looks odd in a sheet and is no fault, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.model.errors import Fault

#: Warnings that are told one by one.
SHOWN = 5


def warnings(faults: Sequence[Fault]) -> list[str]:
    """Give the first warnings as sentences, and the number of the others."""
    told = [f"warning: {fault}" for fault in faults[:SHOWN]]
    rest = len(faults) - len(told)
    return [*told, f"warning: {rest:,} more; `batchgen check` names each."] if rest > 0 else told
