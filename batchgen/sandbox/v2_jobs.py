"""The v1 and v2 routes that make, tell and delete videos, templates and translations."""

from typing import Any

from batchgen.sandbox import assets, orders_v2, templates
from batchgen.sandbox.desk import Desk, not_found
from batchgen.sandbox.job import V1_VIDEO, Job
from batchgen.sandbox.studio import page
from batchgen.sandbox.v3_jobs import video_page
from batchgen.sandbox.wire import Answer, Refusal, v1, v2, v3_page


def create_video(desk: Desk) -> Answer:
    """POST /v2/video/generate; jobs above the plan's limit wait their turn."""
    order = orders_v2.video(desk.call.json, free=_free(desk))
    assets.check(desk, desk.call.json)
    return v2({"video_id": desk.studio.accept(desk.asking, [order], may_queue=True)[0].id})


def create_photo_video(desk: Desk) -> Answer:
    """POST /v2/video/av4/generate."""
    order = orders_v2.photo(desk.call.json)
    return v2({"video_id": desk.studio.accept(desk.asking, [order], may_queue=True)[0].id})


def create_from_template(desk: Desk, template_id: str) -> Answer:
    """POST /v2/template/{id}/generate."""
    order = templates.order(template_id, desk.call.json, free=_free(desk))
    assets.check(desk, desk.call.json)
    return v2({"video_id": desk.studio.accept(desk.asking, [order], may_queue=True)[0].id})


def create_translation(desk: Desk) -> Answer:
    """POST /v2/video_translate: one id for output_language, many for output_languages."""
    orders, plural = orders_v2.translations(desk.call.json)
    orders = [assets.measured(desk, order) for order in orders]
    ids = [job.id for job in desk.studio.accept(desk.asking, orders, may_queue=True)]
    one, many = (None, ids) if plural else (ids[0], None)
    return v2({"video_translate_id": one, "video_translate_ids": many})


def video_status(desk: Desk) -> Answer:
    """GET /v1/video_status.get."""
    return v1(desk.v1_video(_video(desk)))


def list_videos_v1(desk: Desk) -> Answer:
    """GET /v1/video.list: translations stand among the videos."""
    folder = desk.call.query.get("folder_id")

    def keep(job: Job) -> bool:
        return folder in {None, job.order.folder_id} and desk.listed(job)

    limit = desk.limit(default=100, lowest=0) or 100
    rows, token = page(desk.studio.everything, keep=keep, token=desk.call.query.get("token"), limit=limit)
    return v1({"token": token, "videos": [_listed(desk, job) for job in rows]}, message=None)


def _listed(desk: Desk, job: Job) -> dict[str, Any]:
    return {
        "video_id": job.id,
        "video_title": job.title,
        "status": desk.word(job, V1_VIDEO),
        "created_at": int(job.created_at),
        "type": "TRANSLATED" if job.order.kind == "translation" else "GENERATED",
    }


def list_videos(desk: Desk) -> Answer:
    """GET /v2/videos: v3's rows and page, by folder and by a part of the title; translations stand among the videos."""
    return v3_page(*video_page(desk, desk.studio.everything))


def delete_video(desk: Desk) -> Answer:
    """DELETE /v1/video.delete."""
    job = _video(desk)
    desk.studio.delete(desk.asking, job)
    return v1({"video_id": job.id})


def translation_status(desk: Desk, translation_id: str) -> Answer:
    """GET /v2/video_translate/{id}."""
    return v2(desk.v2_translation(_translation(desk, translation_id)))


def captions(desk: Desk) -> Answer:
    """GET /v2/video_translate/caption."""
    ending = desk.call.query.get("caption_type", "srt")
    if ending not in {"srt", "vtt"}:
        raise Refusal(400, "invalid_parameter", "caption_type must be srt or vtt.", param="caption_type")
    job = _translation(desk, desk.call.query.get("video_translate_id", ""))
    link = desk.link(job, ending) if job.order.captions else None
    if link is None:
        raise Refusal(
            400, "invalid_parameter", "There are no captions of it: enable_caption, and wait until it is made."
        )
    return v2({"caption_url": link})


def _video(desk: Desk) -> Job:
    video_id = desk.call.query.get("video_id")
    if not video_id:
        raise Refusal(400, "invalid_parameter", "video_id is required.", param="video_id", number=40001)
    job = desk.studio.find(video_id, "video")
    if job is None:
        raise not_found("video_not_found", "Video", number=40031)
    return job


def _translation(desk: Desk, translation_id: str) -> Job:
    job = desk.studio.find(translation_id, "translation")
    if job is None:
        raise not_found("video_not_found", "Video translation", number=40031)
    return job


def _free(desk: Desk) -> bool:
    return desk.studio.account.plan.name == "free"
