"""The life of a row, read from the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.report.life import life

if TYPE_CHECKING:
    from batchgen.report.life import Step
    from batchgen.store.interface import Store


def explain(store: Store, job: int) -> list[Step]:
    """Tell all that happened to a job, in order."""
    return life(store.history(job))
