"""Finds a prompt again that the video agent was given: its sessions carry no token, but tell what was asked. Pure.

Rule: a session is taken for ours only where it was opened while the request was under way, belongs to no job, and its
prompt is the same, word for word. HeyGen's reference does not say that a session tells the prompt as it was given, so
beside one that nobody here knows nothing counts as absent.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from batchgen.pipeline.reconciling.locate_session import may_be
from batchgen.pipeline.reconciling.skew import NO_SKEW

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batchgen.model.exchange import Progress
    from batchgen.model.job import Job, Submission
    from batchgen.pipeline.reconciling.skew import Skew


def find_prompts(sessions: Sequence[Progress], missing: Mapping[str, Job]) -> dict[str, Progress]:
    """Match sessions that belong to no job to the prompts that were lost; equal prompts cannot be told apart."""
    asked = Counter(map(_prompt, missing.values()))
    told = Counter(_words(one.prompt) for one in sessions)
    by_prompt = {_words(one.prompt): one for one in sessions}
    prompts = {name: _prompt(job) for name, job in missing.items()}
    return {name: by_prompt[one] for name, one in prompts.items() if asked[one] == told[one] == 1}


def unclear(
    sessions: Iterable[Progress], found: Mapping[str, Progress], lost: Sequence[Submission], skew: Skew = NO_SKEW
) -> set[int]:
    """Name the submissions that one of the other sessions may be."""
    ours = {one.batch_id for one in found.values()}
    others = [session for session in sessions if session.batch_id not in ours]
    return {one.pk for session in others for one in lost if may_be(session, one, skew)}


def _prompt(job: Job) -> str:
    return _words(job.content["prompt"])


def _words(text: str | None) -> str:
    return " ".join((text or "").split())
