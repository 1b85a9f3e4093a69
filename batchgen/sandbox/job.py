"""One job, and the words that each route has for where it stands.

Rule: where a job stands follows from the job and the time alone. Nothing has to happen for it to go on.
"""

from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

from batchgen.sandbox.film_spec import FilmSpec


class Phase(Enum):
    """Where a job stands, in the sandbox's own words."""

    QUEUED = "queued"
    PENDING = "pending"
    RUNNING = "running"
    READY = "ready"
    BROKEN = "broken"


#: HeyGen's words for it: five vocabularies, as its references tell them.
V1_VIDEO = dict(zip(Phase, ("waiting", "pending", "processing", "completed", "failed"), strict=True))
V2_TRANSLATION = dict(zip(Phase, ("pending", "pending", "running", "success", "failed"), strict=True))
V3_VIDEO = dict(zip(Phase, ("pending", "pending", "processing", "completed", "failed"), strict=True))
V3_TRANSLATION = dict(zip(Phase, ("pending", "pending", "running", "completed", "failed"), strict=True))
V3_BULK = dict(zip(Phase, ("queued", "queued", "processing", "completed", "failed"), strict=True))

_PENDING_SHARE = 0.15  # of a render's time, before it says that it runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a render came to nothing, in the words of v1 (number, detail) and of v3 (code)."""

    number: int
    code: str
    message: str
    detail: str


VIDEO_FAILURES = (
    Failure(
        number=40119,
        code="video_too_long",
        message="Video is too long",
        detail="Video is too long (> 3600.0s). Please shorten the script.",
    ),
    Failure(
        number=40056,
        code="audio_generation_failed",
        message="Audio generation failed",
        detail="Text to speech gave no audio.",
    ),
    Failure(
        number=400105,
        code="blocked_words",
        message="Blocked words detected",
        detail="The script contains words that are not allowed.",
    ),
)
TEMPLATE_FAILURE = Failure(
    number=40065,
    code="invalid_video_infos",
    message="Invalid video infos",
    detail="End of scene 1 does not align with script",
)
BAD_AUDIO = Failure(
    number=400652,
    code="video_file_corrupted",
    message="Your video's audio is missing or corrupted, please try with another video",
    detail="",
)
UNREACHABLE = Failure(
    number=400652,
    code="download_failed",
    message="Failed to download video from url, please check the url is valid or the video is public",
    detail="",
)


#: Kinds that are not listed and told among the videos, each by the shelf that they stand on.
_SHELVES = {"translation": "translation", "lipsync": "lipsync"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one request asks for, read and checked."""

    kind: str  #: video, template, translation, lipsync, cinematic or agent.
    film: FilmSpec
    text: str = ""  #: The beginning of what is said, for the ledger.
    title: str | None = None
    callback_id: str | None = None
    folder_id: str | None = None
    language: str | None = None
    input_language: str | None = None
    tariff: str = "video"  #: Which price holds.
    test: bool = False  #: Free, with a watermark, and counted by the day.
    captions: bool = False
    audio_only: bool = False
    doomed: Failure | None = None  #: Known from the start to fail.

    @property
    def shelf(self) -> str:
        """Where it is listed and asked about: video, translation or lipsync."""
        return _SHELVES.get(self.kind, "video")


@dataclass(slots=True, kw_only=True)
class Job:
    """An accepted order. `title` and `deleted` are all that ever changes."""

    id: str
    serial: int  #: Place in the order of acceptance, from 1.
    order: Order
    route: str  #: Method and path it was asked for at.
    request: int  #: Number of the request, from 1.
    digest: str  #: Of the request's body, or of the item in its batch.
    key: str | None  #: The Idempotency-Key it came with.
    created_at: float  #: Epoch seconds, as all times here.
    listed_at: float  #: From when lists show it.
    start_at: float
    done_at: float
    link_at: float  #: From when its link is told.
    price: float  #: Credits, where it does not fail.
    failure: Failure | None
    batch_id: str | None = None
    item_index: int | None = None
    title: str | None = None
    deleted: bool = False

    def phase(self, now: float) -> Phase:
        """Tell where it stands at a moment."""
        if now >= self.done_at:
            return Phase.BROKEN if self.failure else Phase.READY
        if now < self.start_at:
            return Phase.QUEUED
        early = now - self.start_at < _PENDING_SHARE * (self.done_at - self.start_at)
        return Phase.PENDING if early else Phase.RUNNING

    def billed(self, now: float) -> float:
        """Give the credits it has cost by now: a job that failed costs nothing."""
        return 0.0 if self.failure and now >= self.done_at else self.price

    def to_record(self) -> dict[str, Any]:
        """Give it as plain JSON."""
        return _plain(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Job":
        """Read what to_record gave."""
        order = dict(record["order"])
        film = dict(order["film"])
        film["lines"] = tuple(film["lines"])
        order["film"] = FilmSpec(**film)
        order["doomed"] = _failure(order["doomed"])
        failure = _failure(record["failure"])
        return cls(**{**record, "order": Order(**order), "failure": failure})


def _failure(record: dict[str, Any] | None) -> Failure | None:
    return Failure(**record) if record else None


def _plain(thing: Any) -> dict[str, Any]:
    row = {one.name: getattr(thing, one.name) for one in fields(thing)}
    return {name: _plain(value) if hasattr(value, "__slots__") else value for name, value in row.items()}
