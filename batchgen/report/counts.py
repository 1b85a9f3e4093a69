"""Counts of jobs, in the words of a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping


def by_word(counts: Mapping[Status, int]) -> dict[str, int]:
    """Count by the words of a summary.

    A rendered video is not saved yet, so it counts as rendering. A request under way at the end was cut off, and may
    have been accepted: it is unsure.
    """
    words = {Status.SENDING: "unsure", Status.RENDERED: "rendering"}
    told = dict.fromkeys(("done", "failed", "unsure", "rendering", "planned", "cancelled"), 0)
    for status, count in counts.items():
        told[words.get(status, status.word)] += count
    return told
