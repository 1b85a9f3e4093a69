"""The life of a row, read from the state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.report.life import life

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.assembly.rows import Place
    from batchgen.report.life import Step
    from batchgen.store.interface import Lines


def explain(store: Lines, job: int) -> list[Step]:
    """Tell all that happened to a job, in order."""
    return life(store.history(job))


def facts(place: Place, steps: Sequence[Step]) -> dict[str, Any]:
    """Give the life of a row for scripts."""
    job = place.line.job
    return {
        "manifest": place.sheet.name,
        "row": place.line.row,
        "job_id": job.id,
        "kind": job.kind,
        "language": job.language,
        "title": job.delivery.get("title"),
        "status": job.status.word,
        "remote_id": job.remote_id,
        "credits": job.credits,
        "file": place.line.saved,
        "error": job.error,
        "life": [step.to_dict() for step in steps],
    }
