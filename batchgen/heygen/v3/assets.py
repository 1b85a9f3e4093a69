"""Uploads in v3: a place is asked for, the bytes go there, and the asset is taken over.

HeyGen's v3 reference: ``POST /v3/assets/direct-uploads`` gives an id and a signed link of an object store, which
holds what comes against the SHA-256 that was told; ``POST /v3/assets/{id}/complete`` makes an asset of it, and may be
repeated. The first takes an Idempotency-Key, so that a lost reply costs no second asset. The simpler ``POST
/v3/assets`` ends at 32 MB, checks nothing, and tells the id only when all is over; it is not used.
"""

# ruff: noqa: ARG002 - the seam has arguments that this generation has no use for

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from batchgen.heygen import limits
from batchgen.heygen.fields import first, table, tables, text, whole
from batchgen.heygen.verdicts import read, settle
from batchgen.heygen.words import stage
from batchgen.model.exchange import HeldBack, Hold, Purpose, Refused, Request, Stage
from batchgen.model.media import Kept, Slot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.heygen.interface import AssetPage, Told
    from batchgen.model.exchange import Reply, Upload
    from batchgen.model.media import Asset, LocalFile

_HOME = "/v3/assets"

#: Kinds that are made of a whole film, whose size no page limits.
_SOURCED = frozenset({"translation", "lipsync"})

#: Said by ``complete`` while the object store has not told yet that the bytes are there.
_NOT_YET = frozenset({"resource_not_ready", "asset_not_available", "not_ready", "conflict"})

#: The bytes that arrived are not those that were announced: they have to be brought once more.
_DAMAGED = re.compile(r"checksum|sha.?256|digest|size|not.{0,10}upload|no.{0,10}object", re.IGNORECASE)


class AssetsV3:
    """See ``Assets``."""

    lists = False  # The list wants a user name that nothing tells.

    def check(self, kind: str, sort: str, file: LocalFile) -> None:
        """See ``Assets.check``."""
        limits.check(sort, file, most=limits.ONE_PIECE if kind in _SOURCED else limits.part(file))

    def open(self, file: LocalFile, *, key: str, upload: Upload) -> Request:
        """See ``Assets.open``."""
        body = {
            "filename": file.name,
            "content_type": file.media_type,
            "size_bytes": upload.size,
            "checksum_sha256": file.sha256,
        }
        return _post(f"{_HOME}/direct-uploads", body, key=key)

    def read_open(self, reply: Reply) -> Told:
        """See ``Assets.read_open``."""
        return settle(reply, _slot)

    def complete(self, asset: Asset) -> Request:
        """See ``Assets.complete``."""
        return _post(f"{_HOME}/{_quoted(asset.asset_id)}/complete", {"checksum_sha256": asset.sha256})

    def read_complete(self, reply: Reply) -> Told:
        """See ``Assets.read_complete``."""
        told = settle(reply, _kept)
        if isinstance(told, Refused) and (told.code in _NOT_YET or reply.status == 409):
            return HeldBack(hold=Hold.IN_PROGRESS, code=told.code, message=told.message)
        return told

    def damaged(self, refused: Refused) -> bool:
        """See ``Assets.damaged``."""
        return _DAMAGED.search(f"{refused.code} {refused.message}") is not None

    def progress(self, asset_id: str) -> Request:
        """See ``Assets.progress``."""
        return _get(f"{_HOME}/statuses", ("asset_ids", asset_id))

    def read_progress(self, reply: Reply, asset_id: str) -> Kept | Refused | None:
        """See ``Assets.read_progress``. Rows carry their id as ``video_id``: the reader is shared with videos."""
        for row in tables(read(reply).data):
            if first(row, "video_id", "asset_id", "id") == asset_id:
                return _progress(row, asset_id)
        return None

    def ask(self, asset_id: str) -> Request:
        """See ``Assets.ask``."""
        return _get(f"{_HOME}/{_quoted(asset_id)}")

    def read_ask(self, reply: Reply, asset_id: str) -> Kept:
        """See ``Assets.read_ask``."""
        found = _kept(table(read(reply).data))
        return Kept(asset_id=asset_id, url=found.url if found else None)

    def listing(self, media_type: str, token: str | None = None) -> Request:
        """See ``Assets.listing``. There is none."""
        raise ValueError("v3 lists no assets")

    def read_listing(self, reply: Reply) -> AssetPage:
        """See ``Assets.read_listing``. There is none."""
        raise ValueError("v3 lists no assets")

    def media(self, kind: str, asset: Asset) -> Mapping[str, str]:
        """See ``Assets.media``."""
        return {"asset_id": asset.asset_id or ""}


def _slot(data: Mapping[str, Any]) -> Slot | None:
    asset_id, url = first(data, "asset_id", "id"), text(data.get("upload_url"))
    if asset_id is None or url is None:
        return None
    headers = {name: str(value) for name, value in table(data.get("upload_headers")).items()}
    return Slot(asset_id=asset_id, url=url, headers=headers, most=whole(data.get("max_bytes")))


def _kept(data: Mapping[str, Any]) -> Kept | None:
    asset_id = first(data, "asset_id", "id")
    if asset_id is None:
        return None
    word = text(data.get("status"))
    return Kept(asset_id=asset_id, url=text(data.get("url")), ready=word is None or stage(word) is Stage.READY)


def _progress(row: Mapping[str, Any], asset_id: str) -> Kept | Refused | None:
    match stage(row.get("status")):
        case Stage.BROKEN:
            error = row.get("error")
            said = text(error) or first(table(error), "message", "detail") or "The file was not accepted."
            return Refused(code=first(table(error), "code") or "asset_failed", message=said)
        case Stage.UNKNOWN:
            return None
        case reached:
            return replace(Kept(asset_id=asset_id), ready=reached is Stage.READY)


def _post(path: str, body: Mapping[str, Any], *, key: str | None = None) -> Request:
    return Request(method="POST", path=path, purpose=Purpose.UPLOAD, body=body, key=key)


def _get(path: str, *query: tuple[str, str]) -> Request:
    return Request(method="GET", path=path, purpose=Purpose.UPLOAD, query=query)


def _quoted(asset_id: str | None) -> str:
    return quote(asset_id or "", safe="")
