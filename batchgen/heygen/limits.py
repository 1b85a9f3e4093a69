"""What files HeyGen takes, and how large they may be. Data, with where it was read.

Types: HeyGen's v3 reference of uploads (png, jpeg, mp4, webm, mp3, wav, pdf, srt) and v1's (png, jpeg, mp3, mp4,
webm; wav in its guide). Sizes of what is put into a video: its page of limits (video 100 MB, image 50 MB, audio
50 MB). A translation's source has no such limit; it goes to an object store in one piece, which takes 5 GiB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.errors import Unusable

if TYPE_CHECKING:
    from batchgen.model.media import LocalFile

MB = 1_000_000

#: What is wanted → what its bytes may be.
TYPES: dict[str, tuple[str, ...]] = {
    "image": ("image/png", "image/jpeg"),
    "video": ("video/mp4", "video/webm"),
    "audio": ("audio/mpeg", "audio/wav"),
    "subtitles": ("application/x-subrip",),
}
#: What a video is made after, and what an agent is given to read.
TYPES["reference"] = TYPES["image"] + TYPES["video"] + TYPES["audio"]
TYPES["attachment"] = (*TYPES["reference"], "application/pdf")

_CALLED = {
    "image": "a picture",
    "video": "a video",
    "audio": "a recording",
    "subtitles": "a subtitle file",
    "reference": "a picture, a video or a recording",
    "attachment": "a picture, a video, a recording or a PDF",
}
_SAYABLE = {"image": "PNG or JPEG", "video": "MP4 or WebM", "audio": "MP3 or WAV", "subtitles": "SRT"}
_SAYABLE["reference"] = ", ".join(_SAYABLE[sort] for sort in ("image", "video", "audio"))
_SAYABLE["attachment"] = f"{_SAYABLE['reference']}, PDF"

#: The largest that is put into a video, in bytes, by what it is. Of a PDF it is what v3 takes in one request.
_PARTS = {"image": 50 * MB, "video": 100 * MB, "audio": 50 * MB, "application": 32 * MB}

#: The largest that an object store takes in one piece, in bytes.
ONE_PIECE = 5 * 1024**3


def part(file: LocalFile) -> int:
    """Give the largest that a file like this may be as a part of a video, in bytes."""
    return _PARTS.get(file.media_type.partition("/")[0], max(_PARTS.values()))


def check(sort: str, file: LocalFile, *, most: int) -> None:
    """Refuse a file of another sort, or a larger one than ``most`` bytes. Raises ``Unusable``."""
    if file.media_type not in TYPES[sort]:
        called = _CALLED[sort]
        is_what = f"is {file.media_type}" if file.media_type else "holds something else"
        raise Unusable(
            f"{called[0].upper()}{called[1:]} belongs here, and {file.path} {is_what}.",
            f"HeyGen takes {_SAYABLE[sort]}: convert it, or name another.",
        )
    if file.size > most:
        raise Unusable(
            f"{file.path} has {_megabytes(file.size)}, and at most {_megabytes(most)} may be uploaded here.",
            "Make it smaller, or put it where anyone can fetch it and write its https link.",
        )


def _megabytes(size: int) -> str:
    return f"{size / MB:,.0f} MB" if size >= 10 * MB else f"{size / MB:,.1f} MB"
