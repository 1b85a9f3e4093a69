"""The v3 routes that put another sound to videos: made one by one or in batches, told, renamed and deleted."""

from typing import Any

from batchgen.sandbox import assets
from batchgen.sandbox.desk import Desk, not_found
from batchgen.sandbox.fields import Fields
from batchgen.sandbox.film_spec import FilmSpec
from batchgen.sandbox.job import Job, Order
from batchgen.sandbox.orders_v3 import asset, film_seconds
from batchgen.sandbox.studio import page
from batchgen.sandbox.v3_jobs import BATCH, batched, read_alone, statuses, tell_batch
from batchgen.sandbox.wire import Answer, v3, v3_page

_FLAGS = (
    "disable_music_track",
    "enable_dynamic_duration",
    "enable_speech_enhancement",
    "enable_watermark",
    "keep_the_same_format",
)


def create(desk: Desk) -> Answer:
    """POST /v3/lipsyncs."""
    job = desk.studio.accept(desk.asking, [_order(desk, desk.call.json)], may_queue=False)[0]
    return v3({"lipsync_id": job.id})


def create_batch(desk: Desk) -> Answer:
    """POST /v3/lipsyncs/batches: each payload is one item."""
    fields = Fields(desk.call.json)
    orders = [read_alone(desk, _order, one) for one in fields.many("lipsyncs", 1, BATCH)]
    return batched(desk, desk.studio.accept_batch(desk.asking, "lipsync", fields.text("title"), orders))


def _order(desk: Desk, payload: dict[str, Any]) -> Order:
    """Read one lipsync."""
    fields = Fields(payload)
    source, sound = (asset(fields.needs_thing(name), ("url", "asset_id")) for name in ("video", "audio"))
    mode, title = fields.choice("mode", ("speed", "precision"), default="speed"), fields.text("title")
    for name in _FLAGS:
        fields.flag(name)
    fields.choice("fps_mode", ("vfr", "cfr", "passthrough"))
    for name in ("start_time", "end_time"):
        fields.number(name, 0, 86_400)
    fields.url("callback_url")
    assets.check(desk, payload)
    film = FilmSpec(
        headline=title or "Lipsync",
        lines=(source, sound),
        background="#3a2a4a",
        seconds=film_seconds(source + sound),
    )
    order = Order(
        kind="lipsync",
        film=film,
        text=source[:200],
        title=title,
        callback_id=fields.text("callback_id"),
        folder_id=fields.text("folder_id"),
        tariff="lipsync_precision" if mode == "precision" else "lipsync",
        captions=fields.flag("enable_caption"),
    )
    return assets.measured(desk, order)


def tell(desk: Desk, lipsync_id: str) -> Answer:
    """GET /v3/lipsyncs/{id}."""
    return v3(desk.v3_lipsync(_lipsync(desk, lipsync_id)))


def rename(desk: Desk, lipsync_id: str) -> Answer:
    """PATCH /v3/lipsyncs/{id}: the title alone."""
    job = _lipsync(desk, lipsync_id)
    desk.studio.rename(desk.asking, job, Fields(desk.call.json).needs("title"))
    return v3(desk.v3_lipsync(job))


def delete(desk: Desk, lipsync_id: str) -> Answer:
    """DELETE /v3/lipsyncs/{id}."""
    desk.studio.delete(desk.asking, _lipsync(desk, lipsync_id))
    return v3({"id": lipsync_id})


def tell_all(desk: Desk) -> Answer:
    """GET /v3/lipsyncs, newest first; there is no filter."""
    shelf, token = desk.studio.shelves["lipsync"], desk.call.query.get("token")
    rows, more = page(shelf, keep=desk.listed, token=token, limit=desk.limit(default=10))
    return v3_page([desk.v3_lipsync(job) for job in rows], more)


def tell_statuses(desk: Desk) -> Answer:
    """GET /v3/lipsyncs/statuses; the id is called video_id here too."""
    return statuses(desk, "lipsync_ids", "lipsync")


def tell_one_batch(desk: Desk, batch_id: str) -> Answer:
    """GET /v3/lipsyncs/batches/{id}; an item's id is called video_id here too."""
    return tell_batch(desk, batch_id, "lipsync")


def _lipsync(desk: Desk, lipsync_id: str) -> Job:
    job = desk.studio.find(lipsync_id, "lipsync")
    if job is None:
        raise not_found("not_found", "Lipsync")
    return job
