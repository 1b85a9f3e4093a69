"""What the sandbox accepted and billed, for anyone who wants to check a client's own account of it."""

from collections import Counter
from typing import Any

from batchgen.sandbox.job import Job
from batchgen.sandbox.studio import Studio

COUNTS = ("create", "status", "list", "download", "upload", "other")


def ledger(studio: Studio, counts: Counter[str]) -> dict[str, Any]:
    """Give every accepted job and uploaded file, in order, and the sums."""
    now = studio.now()
    return {
        "jobs": [_line(studio, job, now) for job in studio.everything],
        "assets": [_asset(asset, now) for asset in studio.assets.values()],
        "requests": {name: counts[name] for name in COUNTS},
        "accepted": len(studio.everything),
        "sessions": studio.live.ledger(),
        "billed": studio.account.spent(now),
        "balance": studio.account.balance(now),
        "throttled": counts["throttled"],
        "in_flight_peak": studio.account.in_flight_peak,
        "webhooks": {"endpoints": len(studio.hooks.endpoints), **studio.hooks.counts},
        "faults": {name.removeprefix("fault:"): n for name, n in counts.items() if name.startswith("fault:")},
    }


def _asset(asset: Any, now: float) -> dict[str, Any]:
    told = ("id", "name", "kind", "route", "size", "puts", "deleted")
    facts = {name: getattr(asset, name) for name in told}
    return facts | {"sha256": asset.sha256 or asset.want_sha256, "state": asset.state(now)}


def _line(studio: Studio, job: Job, now: float) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.order.kind,
        "route": job.route,
        "request": job.request,
        "title": job.title,
        "callback_id": job.order.callback_id,
        "folder_id": job.order.folder_id,
        "language": job.order.language,
        "text": job.order.text,
        "digest": job.digest,
        "key": job.key,
        "batch_id": job.batch_id,
        "session_id": studio.session_id(job) if job.order.kind == "agent" else None,
        "item_index": job.item_index,
        "created_at": job.created_at,
        "done_at": job.done_at,
        "phase": job.phase(now).value,
        "billed": job.billed(now),
        "deleted": job.deleted,
    }
