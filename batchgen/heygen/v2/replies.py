"""Reads what v1 and v2 answer: a video, a translation, the list of videos, and the account's quota."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from batchgen.heygen.fields import first, number, seconds, table, tables, text
from batchgen.heygen.verdicts import lacked, unreadable
from batchgen.heygen.words import stage
from batchgen.model.exchange import Accepted, Balance, Page, Progress, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Where ids stand. A translation into one language fills one of the two, and which is not certain.
_IDS = ("video_id", "video_translate_id", "video_translate_ids")

#: HeyGen's documents: the quota is counted in sixtieths of a credit.
_QUOTA_A_CREDIT = 60

#: What the quota is made of, in the same unit; the others under ``details`` count sessions and seats.
_PURSES = ("api", "plan_credit", "streaming_avatar")


def created(data: Mapping[str, Any]) -> Accepted | None:
    """Find the id of what was created."""
    found = first(data, *_IDS)
    return None if found is None else Accepted(remote_ids=(found,))


def detail(row: Mapping[str, Any], asked: str) -> Progress:
    """Read a video's or a translation's status. They differ in every name but ``status``.

    A video says what broke in ``error``, a translation in ``message``, which may also praise a success.
    """
    error, reached = row.get("error"), stage(row.get("status"))
    complaint = text(error) or first(table(error), "detail", "message")
    code = first(table(error), "code")
    if reached is Stage.BROKEN:
        complaint = complaint or first(row, "message", "msg")
    return Progress(
        stage=reached,
        remote_id=first(row, "id", "video_translate_id", "video_id") or asked,
        video_url=first(row, "video_url", "url"),
        duration_s=seconds(row.get("duration")),
        error_code=code,
        error=complaint,
        hold=lacked(code, complaint),
        title=text(row.get("title")),
        callback_id=text(row.get("callback_id")),
        language=text(row.get("output_language")),
        created_at=number(row.get("created_at")),
    )


def captions(row: Mapping[str, Any], *, role: str) -> dict[str, str]:
    """Find the captions of a job: a translation's in the format that was asked for, a video's as HeyGen makes them.

    HeyGen's documents show a video's as ``.ass``; where the link says otherwise, the link is right.
    """
    link, film = text(row.get("caption_url")), text(row.get("video_url_caption"))
    if link:
        ending = urlsplit(link).path.rpartition(".")[2].lower()
        role = ending if ending in {"srt", "vtt", "ass"} else role
    links = {role: link, "captioned": film}
    return {name: one for name, one in links.items() if one}


def list_page(data: Mapping[str, Any], *, translated: bool, status: int) -> Page:
    """Read a page of the list of videos; each row says whether it is a translation."""
    if not isinstance(data.get("videos"), list):
        raise unreadable(status, "The reply carries no list of videos.")
    rows = [row for row in tables(data["videos"]) if (row.get("type") == "TRANSLATED") is translated]
    return Page(rows=tuple(_row(row) for row in rows), next_token=text(data.get("token")))


def gallery_page(body: Mapping[str, Any], *, status: int) -> Page:
    """Read a page of the list whose rows carry links and reasons."""
    if not isinstance(body.get("data"), list):
        raise unreadable(status, "The reply carries no list.")
    token = None if body.get("has_more") is False else text(body.get("next_token"))
    return Page(rows=tuple(_shown(row) for row in tables(body["data"])), next_token=token)


def balance(data: Mapping[str, Any]) -> Balance:
    """Read the quota as credits."""
    quota = number(data.get("remaining_quota"))
    told = {name: number(table(data.get("details")).get(name)) for name in _PURSES}
    return Balance(
        remaining=None if quota is None else quota / _QUOTA_A_CREDIT,
        unit="credits",
        billing="quota",
        parts={name: amount / _QUOTA_A_CREDIT for name, amount in told.items() if amount},
    )


def _row(row: Mapping[str, Any]) -> Progress:
    return Progress(
        stage=stage(row.get("status")),
        remote_id=first(row, "video_id", "id"),
        title=first(row, "video_title", "title"),
        callback_id=text(row.get("callback_id")),
        created_at=number(row.get("created_at")),
    )


def _shown(row: Mapping[str, Any]) -> Progress:
    return Progress(
        stage=stage(row.get("status")),
        remote_id=first(row, "id", "video_id"),
        video_url=text(row.get("video_url")),
        duration_s=seconds(row.get("duration")),
        error_code=text(row.get("failure_code")),
        error=text(row.get("failure_message")),
        hold=lacked(text(row.get("failure_code")), text(row.get("failure_message"))),
        title=text(row.get("title")),
        language=text(row.get("output_language")),
        created_at=number(row.get("created_at")),
    )
