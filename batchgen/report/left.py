"""Videos that were sent for rows which the sheet has no more: paid for, and in no results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batchgen.model.job import Job

#: Videos that are named one by one.
_NAMED = 5


def told_left(jobs: Iterable[Job]) -> list[dict[str, Any]]:
    """Give them for scripts."""
    return [
        {
            "job": job.id,
            "title": job.delivery.get("title"),
            "language": job.language,
            "id": job.remote_id,
            "batch": job.batch_id,
            "status": job.status.word,
        }
        for job in jobs
    ]


def left_sentence(told: Sequence[Mapping[str, Any]]) -> str:
    """Say which they are, and how they are had."""
    named = "; ".join(map(_named, told[:_NAMED]))
    more = f"; and {len(told) - _NAMED:,} more" if len(told) > _NAMED else ""
    many = "1 video" if len(told) == 1 else f"{len(told):,} videos"
    was, its, it = ("was", "its row", "it") if len(told) == 1 else ("were", "their rows", "them")
    return (
        f"{many} {was} sent before and not fetched, and no row asks for {it} now: {named}{more}. Put {its} back as "
        f"{'it' if len(told) == 1 else 'they'} {was}, and a run fetches {it} and sends nothing."
    )


def _named(one: Mapping[str, Any]) -> str:
    title = f'"{one["title"]}"' if one["title"] else f"job {one['job']}"
    language = f" ({one['language']})" if one["language"] else ""
    theirs = one["id"] or (f"in batch {one['batch']}" if one["batch"] else "")
    return ", ".join(filter(None, [title + language, theirs, one["status"]]))
