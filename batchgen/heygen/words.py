"""The server's many words for a status, and what each comes down to.

HeyGen's references use a vocabulary for each family of endpoints. One table serves them all, since no word means
two things, and a word that nobody has seen before is not an end.
"""

from __future__ import annotations

from typing import Any

from batchgen.heygen.fields import text
from batchgen.model.exchange import Stage

_STAGES: dict[str, Stage] = {
    "waiting": Stage.QUEUED,  # v1 videos, and what creating one in v3 answers
    "pending": Stage.QUEUED,  # videos and translations of all generations
    "processing": Stage.WORKING,  # videos, batches
    "running": Stage.WORKING,  # translations
    "queued": Stage.QUEUED,  # batches and bulk statuses
    "thinking": Stage.WORKING,  # sessions of the video agent, as the next three
    "generating": Stage.WORKING,
    "reviewing": Stage.WORKING,
    "waiting_for_input": Stage.WORKING,
    "draft": Stage.WORKING,  # v1's list
    "completed": Stage.READY,
    "success": Stage.READY,  # v2 translations
    "succeeded": Stage.READY,  # older documents of the same
    "failed": Stage.BROKEN,
    "error": Stage.BROKEN,  # older documents of the same
    "not_found": Stage.UNKNOWN,  # bulk statuses
}


def stage(word: Any) -> Stage:
    """Tell what a status comes down to."""
    return _STAGES.get((text(word) or "").lower(), Stage.WORKING)
