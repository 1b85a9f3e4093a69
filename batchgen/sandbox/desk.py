"""One request at the counter: what handlers need to answer it, and how jobs are told in each dialect."""

from dataclasses import dataclass
from typing import Any

from batchgen.sandbox import links
from batchgen.sandbox.fields import bad
from batchgen.sandbox.job import V1_VIDEO, V2_TRANSLATION, V3_TRANSLATION, V3_VIDEO, Job, Phase
from batchgen.sandbox.studio import Asking, Studio
from batchgen.sandbox.wire import Call, Refusal

_ODD_WORDS = ("waiting", "queued_internal", "in_review")
_UNDER_WAY = {Phase.QUEUED, Phase.PENDING, Phase.RUNNING}


@dataclass(slots=True, kw_only=True)
class Desk:
    """One call, the studio it is answered from, and the moment it came at."""

    studio: Studio
    call: Call
    asking: Asking
    now: float

    def word(self, job: Job, words: dict[Phase, str]) -> str:
        """Tell where a job stands, in the words of a route; with bad luck, in a word that nobody knows."""
        phase = job.phase(self.now)
        odd = self.studio.options.faults.odd_status
        if odd and phase in _UNDER_WAY and self.asking.draw.hits(f"odd{job.serial}", odd):
            return _ODD_WORDS[self.asking.draw.pick(f"word{job.serial}", len(_ODD_WORDS))]
        return words[phase]

    def link(self, job: Job, ending: str) -> str | None:
        """Sign a link to one of a job's files, or give None while there is none."""
        if job.failure or self.now < job.link_at:
            return None
        options = self.studio.options
        ended = self.asking.draw.hits(f"expired{job.serial}", options.faults.expired)
        expires = self.now - 60 if ended else self.now + options.link_life
        return links.sign(self.call.base, f"{job.id}.{ending}", expires=int(expires), secret=options.seed)

    def limit(self, *, default: int, highest: int = 100, lowest: int = 1) -> int:
        """Read the size of a page."""
        text = self.call.query.get("limit", "")
        if not text:
            return default
        if not text.isdigit() or not lowest <= int(text) <= highest:
            raise bad("limit", f"must be between {lowest} and {highest}.")
        return int(text)

    def listed(self, job: Job) -> bool:
        """Tell whether lists show a job by now."""
        return not job.deleted and job.listed_at <= self.now

    def v1_video(self, job: Job) -> dict[str, Any]:
        """Tell a job as GET /v1/video_status.get does."""
        failure = job.failure if job.phase(self.now) is Phase.BROKEN else None
        captions = job.order.captions
        return {
            "callback_id": job.order.callback_id,
            "caption_url": self.link(job, "ass") if captions else None,
            "created_at": int(job.created_at),
            "duration": job.order.film.seconds if job.phase(self.now) is Phase.READY else None,
            "error": {"code": failure.number, "detail": failure.detail, "message": failure.message}
            if failure
            else None,
            "gif_url": self.link(job, "gif"),
            "id": job.id,
            "status": self.word(job, V1_VIDEO),
            "thumbnail_url": self.link(job, "gif"),
            "video_url": self.link(job, job.order.film.container),
            "video_url_caption": self.link(job, job.order.film.container) if captions else None,
        }

    def v2_translation(self, job: Job) -> dict[str, Any]:
        """Tell a job as GET /v2/video_translate/{id} does."""
        broken = job.phase(self.now) is Phase.BROKEN
        return {
            "video_translate_id": job.id,
            "title": job.title,
            "status": self.word(job, V2_TRANSLATION),
            "url": self.link(job, "mp4"),
            "message": job.failure.message if broken and job.failure else None,
            "output_language": job.order.language,
        }

    def v3_video(self, job: Job) -> dict[str, Any]:
        """Tell a job as GET /v3/videos/{id} does: there is no callback_id."""
        phase = job.phase(self.now)
        failure = job.failure if phase is Phase.BROKEN else None
        ended = phase not in _UNDER_WAY
        container = job.order.film.container
        return {
            "id": job.id,
            "title": job.title,
            "status": self.word(job, V3_VIDEO),
            "created_at": int(job.created_at),
            "completed_at": int(job.done_at) if ended else None,
            "video_url": self.link(job, container),
            "thumbnail_url": self.link(job, "gif"),
            "gif_url": self.link(job, "gif"),
            "captioned_video_url": self.link(job, container) if job.order.captions else None,
            "subtitle_url": self.link(job, "srt") if job.order.captions else None,
            "duration": job.order.film.seconds if phase is Phase.READY else None,
            "folder_id": job.order.folder_id,
            "output_language": job.order.language,
            "failure_code": failure.code if failure else None,
            "failure_message": failure.message if failure else None,
            "video_page_url": f"{self.call.base}/videos/{job.id}",
        }

    def v3_lipsync(self, job: Job) -> dict[str, Any]:
        """Tell a job as GET /v3/lipsyncs/{id} does: callback_id is there."""
        phase = job.phase(self.now)
        broken = phase is Phase.BROKEN
        return {
            "id": job.id,
            "title": job.title,
            "status": self.word(job, V3_TRANSLATION),
            "created_at": int(job.created_at),
            "duration": job.order.film.seconds if phase is Phase.READY else None,
            "callback_id": job.order.callback_id,
            "video_url": self.link(job, "mp4"),
            "caption_url": self.link(job, "srt") if job.order.captions else None,
            "failure_message": job.failure.message if broken and job.failure else None,
        }

    def v3_translation(self, job: Job) -> dict[str, Any]:
        """Tell a job as GET /v3/video-translations/{id} does: callback_id and language are there."""
        phase = job.phase(self.now)
        broken = phase is Phase.BROKEN
        return {
            "id": job.id,
            "title": job.title,
            "status": self.word(job, V3_TRANSLATION),
            "created_at": int(job.created_at),
            "input_language": job.order.input_language,
            "output_language": job.order.language,
            "translate_audio_only": job.order.audio_only,
            "duration": job.order.film.seconds if phase is Phase.READY else None,
            "callback_id": job.order.callback_id,
            "video_url": self.link(job, "mp4"),
            "audio_url": None,
            "srt_caption_url": self.link(job, "srt") if job.order.captions else None,
            "vtt_caption_url": self.link(job, "vtt") if job.order.captions else None,
            "failure_message": job.failure.message if broken and job.failure else None,
        }


def not_found(code: str, what: str, *, number: int = 40031) -> Refusal:
    """Say that there is no such thing."""
    return Refusal(404, code, f"{what} not found.", number=number)
