"""Reads what v3 answers: jobs on their own, in bulk, in batches and in lists, and the account's balance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from batchgen.heygen.fields import first, number, seconds, table, tables, text, whole
from batchgen.heygen.verdicts import lacked, unreadable
from batchgen.heygen.words import stage
from batchgen.model.exchange import Accepted, Balance, Page, Progress, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Where ids stand: a created video, a template's video object, a created translation or lipsync, any status row.
_IDS = ("video_id", "id", "video_translation_ids", "video_translation_id", "lipsync_id")


def one_created(data: Mapping[str, Any]) -> Accepted | None:
    """Find the id of a job that was created on its own."""
    found = first(data, *_IDS)
    return None if found is None else Accepted(remote_ids=(found,))


def batch_created(data: Mapping[str, Any]) -> Accepted | None:
    """Find the id of a batch; the ids of its items come later."""
    found = first(data, "batch_id", "id")
    return None if found is None else Accepted(batch_id=found)


def detail(row: Mapping[str, Any]) -> Progress:
    """Read a job as its own address and the lists show it."""
    code, complaint = text(row.get("failure_code")), text(row.get("failure_message"))
    return Progress(
        stage=stage(row.get("status")),
        remote_id=first(row, "id", "video_id"),
        video_url=text(row.get("video_url")),
        duration_s=seconds(row.get("duration")),
        error_code=code,
        error=complaint,
        hold=lacked(code, complaint),
        title=text(row.get("title")),
        callback_id=text(row.get("callback_id")),
        language=text(row.get("output_language")),
        created_at=number(row.get("created_at")),
    )


def captions(row: Mapping[str, Any]) -> dict[str, str]:
    """Find the captions of a job: all have SRT; translations have VTT besides, and videos a film that shows them."""
    links = {
        "srt": first(row, "subtitle_url", "srt_caption_url", "caption_url"),
        "vtt": text(row.get("vtt_caption_url")),
        "captioned": text(row.get("captioned_video_url")),
    }
    return {role: link for role, link in links.items() if link}


def brief(row: Mapping[str, Any], batch_id: str | None = None) -> Progress:
    """Read a job as bulk statuses and batches show it: without its link. The reference leaves ``error`` open."""
    error = row.get("error")
    code = first(table(error), "code", "failure_code")
    complaint = text(error) or first(table(error), "message", "failure_message", "detail")
    return Progress(
        stage=stage(row.get("status")),
        remote_id=first(row, "video_id", "video_translation_id", "lipsync_id", "id"),
        batch_id=text(row.get("batch_id")) or batch_id,
        item=whole(row.get("item_index")),
        error_code=code,
        error=complaint,
        hold=lacked(code, complaint),
    )


def batch_page(data: Mapping[str, Any], *, batch_id: str, status: int) -> Page:
    """Read a page of a batch. Its cursor stands inside the data."""
    if not isinstance(data.get("items"), list):
        raise unreadable(status, "The reply carries no items of the batch.")
    rows = tuple(brief(row, batch_id) for row in tables(data["items"]))
    return Page(rows=rows, next_token=_next(data), over=stage(data.get("status")) in {Stage.READY, Stage.BROKEN})


def list_page(body: Mapping[str, Any], *, status: int, row: Callable[[Mapping[str, Any]], Progress] = detail) -> Page:
    """Read a page of a list. Its cursor stands beside the data."""
    if not isinstance(body.get("data"), list):
        raise unreadable(status, "The reply carries no list.")
    if body.get("has_more") is True and not _next(body):
        # Taken for the end of the list, it would prove that a job is not there which may be on the next page.
        raise unreadable(status, "The reply says that the list goes on, and not where.")
    return Page(rows=tuple(map(row, tables(body["data"]))), next_token=_next(body))


def account(data: Mapping[str, Any]) -> Balance:
    """Read what is left, and whose account it is."""
    return replace(balance(data), owner=first(data, "email", "username") or "")


def balance(data: Mapping[str, Any]) -> Balance:
    """Read what is left. One of three objects is filled in, depending on how the account pays."""
    if wallet := table(data.get("wallet")):
        unit = text(wallet.get("currency")) or "usd"
        return Balance(remaining=number(wallet.get("remaining_balance")), unit=unit, billing="wallet")
    if subscription := table(data.get("subscription")):
        pots = _pots(subscription)
        left = sum(pots.values()) if pots else None
        return Balance(remaining=left, unit="credits", billing="subscription", parts=pots)
    return _metered(table(data.get("usage_based")), text(data.get("billing_type")) or "")


def _next(source: Mapping[str, Any]) -> str | None:
    return None if source.get("has_more") is False else text(source.get("next_token"))


def _pots(subscription: Mapping[str, Any]) -> dict[str, float]:
    pots = table(subscription.get("credits"))
    left = {name: number(table(pots.get(name)).get("remaining")) for name in ("premium_credits", "add_on_credits")}
    return {name: amount for name, amount in left.items() if amount is not None}


def _metered(usage: Mapping[str, Any], billing: str) -> Balance:
    """Read an account that pays by use: bounded by credits, by a cap of dollars, or by nothing."""
    credits_left = number(usage.get("remaining_credits"))
    if credits_left is not None:
        return Balance(remaining=credits_left, unit="credits", billing="usage_based")
    cap, spent = number(usage.get("spending_cap_usd")), number(usage.get("spending_current_usd"))
    left = None if cap is None else max(0.0, cap - (spent or 0.0))
    return Balance(remaining=left, unit="usd", billing="usage_based" if usage else billing)
