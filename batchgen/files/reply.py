"""What a server's reply to a download means. Pure: it reads statuses and headers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from batchgen.files.interface import DownloadFailed, LinkExpired
from batchgen.model.exchange import PASSING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.files.part import Mark


class StartAgain(Exception):  # noqa: N818 - reads as the outcome it is
    """The server has other bytes than those that are on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The bytes that follow."""

    start: int  #: The place of the first of them in the whole video.
    total: int | None  #: The length of the whole video, where it was told.
    etag: str | None  #: Only if it is strong.
    content_type: str


def read(status: int, headers: Mapping[str, str], mark: Mark | None) -> Body:
    """Tell which bytes a good reply carries; ``mark`` is what was asked to be gone on from.

    Raises ``StartAgain`` where they do not fit, and ``DownloadFailed`` where nothing can be made of them.
    """
    encoding = headers.get("content-encoding", "identity").lower()
    if encoding != "identity":
        raise DownloadFailed(f"The server packed the video ({encoding}), which it was asked not to.", transient=False)
    if status == 200:
        return _body(headers, start=0, total=_length(headers))
    if mark is None or status not in {206, 416}:
        raise DownloadFailed(f"The server answered with HTTP {status} where a video was expected.", transient=False)
    start, total = _range(headers.get("content-range", ""))
    if status == 416:
        start = total  # It has nothing beyond what is there: right, if that is all there is.
    body = _body(headers, start=start or 0, total=total)
    length = _length(headers)
    fits = (
        start == mark.size and total is not None and mark.total in {None, total} and body.etag in _allowed(mark, status)
    )
    if not fits or (status == 206 and length is not None and total is not None and length != total - mark.size):
        raise StartAgain
    return body


def refusal(status: int, headers: Mapping[str, str], text: str) -> LinkExpired | DownloadFailed:
    """Tell what a reply of 400 or above means; ``text`` is how its body begins."""
    # Stores say 403 to a link whose signature has expired, and some 400 with the reason in XML.
    if status in {401, 403, 404, 410} or (status == 400 and "expired" in text.lower()):
        return LinkExpired(f"The link no longer works (HTTP {status}). A new one has to be asked for.")
    transient = status >= 500 or status in PASSING
    todo = "It is worth trying again later." if transient else "The link is of no use."
    return DownloadFailed(
        f"The server that has the video answered with HTTP {status}. {todo}",
        transient=transient,
        retry_after=_retry_after(headers),
    )


def _body(headers: Mapping[str, str], *, start: int, total: int | None) -> Body:
    etag = headers.get("etag", "")
    strong = len(etag) > 2 and etag.startswith('"') and etag.endswith('"') and etag.isascii()
    return Body(
        start=start,
        total=total,
        etag=etag if strong else None,
        content_type=headers.get("content-type", ""),
    )


def _allowed(mark: Mark, status: int) -> set[str | None]:
    # A part always carries the ETag. "Nothing beyond" need not: there the length has to be enough.
    return {mark.etag} if status == 206 else {mark.etag, None}


def _length(headers: Mapping[str, str]) -> int | None:
    text = headers.get("content-length", "")
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def _range(text: str) -> tuple[int | None, int | None]:
    """Read ``bytes 5-9/10`` or ``bytes */10``: the first byte and the whole length."""
    found = re.fullmatch(r"\s*bytes\s+(?:([0-9]{1,18})-[0-9]{1,18}|\*)/([0-9]{1,18}|\*)\s*", text, re.IGNORECASE)
    if not found:
        return None, None
    start, total = found.groups()
    return (int(start) if start else None), (None if total == "*" else int(total))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Read seconds, or the distance of two dates by the server's own clock."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return max(0.0, wait.total_seconds())
