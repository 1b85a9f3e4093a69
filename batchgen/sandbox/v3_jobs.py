"""The v3 routes that make, tell and delete videos, templates and translations."""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any

from batchgen.sandbox import assets, orders_v3, templates
from batchgen.sandbox.desk import Desk, not_found
from batchgen.sandbox.fields import Fields, bad
from batchgen.sandbox.job import V3_BULK, Job, Order, Phase
from batchgen.sandbox.studio import Batch, Item, page
from batchgen.sandbox.wire import Answer, Refusal, v3, v3_page

BATCH = 100  #: Payloads in a batch, languages counted one by one; and ids in one bulk status call.


def create_video(desk: Desk) -> Answer:
    """POST /v3/videos: says `waiting`, a word that reading the video never says."""
    order = _video_order(desk, desk.call.json)
    job = desk.studio.accept(desk.asking, [order], may_queue=False)[0]
    return v3({"video_id": job.id, "status": "waiting", "output_format": order.film.container})


def create_from_template(desk: Desk, template_id: str) -> Answer:
    """POST /v3/templates/{id}: gives the whole video object, with `id` for the id."""
    order = templates.order(template_id, desk.call.json)
    assets.check(desk, desk.call.json)
    job = desk.studio.accept(desk.asking, [order], may_queue=False)[0]
    return v3(desk.v3_video(job))


def create_translation(desk: Desk) -> Answer:
    """POST /v3/video-translations: ids are plural, whatever their number."""
    orders = _translations(desk, desk.call.json)
    jobs = desk.studio.accept(desk.asking, orders, may_queue=False)
    return v3({"video_translation_ids": [job.id for job in jobs]})


def create_videos(desk: Desk) -> Answer:
    """POST /v3/videos/batches: 202, and the items follow."""
    fields = Fields(desk.call.json)
    orders = [read_alone(desk, _video_order, one) for one in fields.many("videos", 1, BATCH)]
    return batched(desk, desk.studio.accept_batch(desk.asking, "video", fields.text("title"), orders))


def create_translations(desk: Desk) -> Answer:
    """POST /v3/video-translations/batches: one item a language, in the order of the payloads."""
    fields = Fields(desk.call.json)
    orders = [pair for one in fields.many("video_translations", 1, BATCH) for pair in _languages(desk, one)]
    if len(orders) > BATCH:
        raise bad("video_translations", f"expands to {len(orders)} items; at most {BATCH} are allowed.")
    return batched(desk, desk.studio.accept_batch(desk.asking, "translation", fields.text("title"), orders))


def _languages(desk: Desk, payload: Any) -> list[tuple[str, Order | Refusal]]:
    digest = _digest(payload)
    read = _try(desk, _translations, payload)
    if isinstance(read, list):
        return [(digest, order) for order in read]
    named = payload.get("output_languages") if isinstance(payload, dict) else None
    return [(digest, read)] * (len(named) if isinstance(named, list) and named else 1)


def _video_order(desk: Desk, payload: dict[str, Any]) -> Order:
    order = orders_v3.video(payload)
    assets.check(desk, payload)
    return order


def _translations(desk: Desk, payload: dict[str, Any]) -> list[Order]:
    orders = orders_v3.translations(payload)
    assets.check(desk, payload)
    return [assets.measured(desk, order) for order in orders]


def _try(desk: Desk, read: Callable[[Desk, dict[str, Any]], Any], payload: Any) -> Any:
    try:
        return read(desk, payload)
    except Refusal as refusal:
        return refusal


def _digest(payload: Any) -> str:
    return blake2b(repr(payload).encode(), digest_size=12).hexdigest()


def read_alone(desk: Desk, read: Callable[[Desk, dict[str, Any]], Order], payload: Any) -> tuple[str, Order | Refusal]:
    """Read one payload of a batch, or why it is refused; with the digest of its own body."""
    return _digest(payload), _try(desk, read, payload)


def batched(desk: Desk, batch: Batch) -> Answer:
    """Tell a batch that was taken: 202, and no items yet."""
    data = {"batch_id": batch.id, "status": "processing", "total_items": len(batch.items)}
    return v3({**data, "title": batch.title, "created_at": int(desk.now)}, 202)


def get_video(desk: Desk, video_id: str) -> Answer:
    """GET /v3/videos/{id}, for videos that v2 made too."""
    return v3(desk.v3_video(_video(desk, video_id)))


def delete_video(desk: Desk, video_id: str) -> Answer:
    """DELETE /v3/videos/{id}: a second time it is a 404."""
    desk.studio.delete(desk.asking, _video(desk, video_id))
    return v3({"id": video_id, "deleted": True})


def list_videos(desk: Desk) -> Answer:
    """GET /v3/videos, newest first, by folder and by a part of the title."""
    return v3_page(*video_page(desk, desk.studio.shelves["video"]))


def video_page(desk: Desk, shelf: Sequence[Job]) -> tuple[list[dict[str, Any]], str | None]:
    """Give one page of a shelf as v3 tells videos."""
    query = desk.call.query
    title, folder = query.get("title"), query.get("folder_id")
    if title == "":
        raise bad("title", "must be at least 1 character.")

    def keep(job: Job) -> bool:
        here = folder is None or job.order.folder_id == folder
        return here and (title is None or title.lower() in (job.title or "").lower()) and desk.listed(job)

    rows, token = page(shelf, keep=keep, token=query.get("token"), limit=desk.limit(default=10))
    return [desk.v3_video(job) for job in rows], token


def get_translation(desk: Desk, translation_id: str) -> Answer:
    """GET /v3/video-translations/{id}."""
    return v3(desk.v3_translation(_translation(desk, translation_id)))


def delete_translation(desk: Desk, translation_id: str) -> Answer:
    """DELETE /v3/video-translations/{id}."""
    desk.studio.delete(desk.asking, _translation(desk, translation_id))
    return v3({"id": translation_id})


def rename_translation(desk: Desk, translation_id: str) -> Answer:
    """PATCH /v3/video-translations/{id}: the title alone."""
    job = _translation(desk, translation_id)
    desk.studio.rename(desk.asking, job, Fields(desk.call.json).needs("title"))
    return v3(desk.v3_translation(job))


def list_translations(desk: Desk) -> Answer:
    """GET /v3/video-translations, newest first; there is no filter."""
    rows, token = page(
        desk.studio.shelves["translation"],
        keep=desk.listed,
        token=desk.call.query.get("token"),
        limit=desk.limit(default=10),
    )
    return v3_page([desk.v3_translation(job) for job in rows], token)


def video_statuses(desk: Desk) -> Answer:
    """GET /v3/videos/statuses: up to 100 ids, and batches for all of theirs."""
    return statuses(desk, "video_ids", "video")


def translation_statuses(desk: Desk) -> Answer:
    """GET /v3/video-translations/statuses; the id is called video_id here too."""
    return statuses(desk, "video_translation_ids", "translation")


def statuses(desk: Desk, name: str, shelf: str) -> Answer:
    """Tell up to 100 jobs of a shelf by their ids, and whole batches: the words are the same for all."""
    ids, batches = _ids(desk, name), _ids(desk, "batch_ids")
    if not ids and not batches:
        raise bad(name, "or batch_ids is required.")
    if len(ids) + len(batches) > BATCH:
        raise bad(name, f"may name at most {BATCH} ids.")
    rows = [_status(desk, one, shelf) for one in ids]
    for batch_id in batches:
        batch = desk.studio.batches.get(batch_id)
        rows += _batch_rows(desk, batch) if batch else [_row(None, "not_found", batch_id=batch_id)]
    return v3_page(rows, None)


def _ids(desk: Desk, name: str) -> list[str]:
    return [one for one in desk.call.query.get(name, "").split(",") if one]


def _status(desk: Desk, job_id: str, shelf: str) -> dict[str, Any]:
    job = desk.studio.find(job_id, shelf)
    if job is None or desk.now < job.created_at + desk.studio.options.faults.statuses_lag:
        return _row(job_id, "not_found")
    broken = job.phase(desk.now) is Phase.BROKEN
    error = {"code": job.failure.code, "message": job.failure.message} if job.failure and broken else None
    word = desk.word(job, V3_BULK)
    return _row(job_id, word, error=error, batch_id=job.batch_id, item_index=job.item_index)


def _row(
    job_id: str | None,
    status: str,
    *,
    error: dict[str, Any] | None = None,
    batch_id: str | None = None,
    item_index: int | None = None,
) -> dict[str, Any]:
    return {
        "video_id": job_id,
        "batch_id": batch_id,
        "item_index": item_index,
        "status": status,
        "error": error,
    }


def _batch_rows(desk: Desk, batch: Batch) -> list[dict[str, Any]]:
    return [{**_item(desk, batch, index, item), "batch_id": batch.id} for index, item in enumerate(batch.items)]


def get_video_batch(desk: Desk, batch_id: str) -> Answer:
    """GET /v3/videos/batches/{id}."""
    return tell_batch(desk, batch_id, "video")


def get_translation_batch(desk: Desk, batch_id: str) -> Answer:
    """GET /v3/video-translations/batches/{id}; an item's id is called video_id here too."""
    return tell_batch(desk, batch_id, "translation")


def tell_batch(desk: Desk, batch_id: str, kind: str) -> Answer:
    """Tell a batch: its page of items stands inside the data, unlike those of all lists."""
    batch = desk.studio.batches.get(batch_id)
    if batch is None or batch.kind != kind:
        raise not_found("not_found", "Batch")
    counts = dict.fromkeys(("queued", "processing", "completed", "failed"), 0)
    for item in batch.items:
        counts[V3_BULK[desk.studio.item_phase(item, batch)[1]]] += 1
    start = _start(desk.call.query.get("token"))
    end = start + desk.limit(default=BATCH)
    items = [_item(desk, batch, index, batch.items[index]) for index in range(start, min(end, len(batch.items)))]
    more = end < len(batch.items)
    return v3(
        {
            "batch_id": batch.id,
            "status": _batch_word(counts),
            "title": batch.title,
            "total_items": len(batch.items),
            "counts_by_status": counts,
            "created_at": int(batch.created_at),
            "items": items,
            "has_more": more,
            "next_token": f"i{end}" if more else None,
        }
    )


def _batch_word(counts: dict[str, int]) -> str:
    if counts["queued"] or counts["processing"]:
        return "processing"
    return "completed" if counts["completed"] else "failed"


def _start(token: str | None) -> int:
    if not token:
        return 0
    if not token.removeprefix("i").isdigit():
        raise bad("token", "is not a valid page token.")
    return int(token.removeprefix("i"))


def _item(desk: Desk, batch: Batch, index: int, item: Item) -> dict[str, Any]:
    job_id, phase = desk.studio.item_phase(item, batch)
    error = item.error if phase is Phase.BROKEN else None
    if phase is Phase.BROKEN and item.job and item.job.failure:
        error = {"code": item.job.failure.code, "message": item.job.failure.message}
    return {"item_index": index, "video_id": job_id, "status": V3_BULK[phase], "error": error}


def _video(desk: Desk, video_id: str) -> Job:
    job = desk.studio.find(video_id, "video")
    if job is None:
        raise not_found("video_not_found", "Video")
    return job


def _translation(desk: Desk, translation_id: str) -> Job:
    job = desk.studio.find(translation_id, "translation")
    if job is None:
        raise not_found("video_not_found", "Video translation")
    return job
