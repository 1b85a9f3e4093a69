"""Uploads in v1, which v2 uses: the body is the file, and the reply its id.

HeyGen's documents: ``POST /v1/asset`` at a host of its own; no keys, and no way to give the file a name that its list
would show (a row's name is its id). What may have got lost is looked for in ``GET /v1/asset/list`` by sort and time,
and known by its content: each row carries a link.
"""

# ruff: noqa: ARG002 - the seam has arguments that this generation has no use for

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.heygen import limits
from batchgen.heygen.fields import first, number, table, tables, text
from batchgen.heygen.interface import AssetPage
from batchgen.heygen.verdicts import read, settle, unreadable
from batchgen.model.errors import Unusable
from batchgen.model.exchange import Purpose, Request
from batchgen.model.media import Kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.heygen.interface import Told
    from batchgen.model.exchange import Refused, Reply, Upload
    from batchgen.model.media import Asset, LocalFile

_ONE_STEP = "v1 uploads in one step"


class AssetsV2:
    """See ``Assets``."""

    lists = True

    def check(self, kind: str, sort: str, file: LocalFile) -> None:
        """See ``Assets.check``."""
        if sort == "subtitles":
            raise Unusable("v2 takes no uploaded subtitles.", "Write the https link of the file, or use `api: v3`.")
        limits.check(sort, file, most=limits.part(file))

    def open(self, file: LocalFile, *, key: str, upload: Upload) -> Request:
        """See ``Assets.open``."""
        return Request(method="POST", path="/v1/asset", purpose=Purpose.UPLOAD, upload=upload, host="upload")

    def read_open(self, reply: Reply) -> Told:
        """See ``Assets.read_open``."""
        return settle(reply, _kept)

    def complete(self, asset: Asset) -> Request:
        """See ``Assets.complete``. There is no such step."""
        raise ValueError(_ONE_STEP)

    def read_complete(self, reply: Reply) -> Told:
        """See ``Assets.read_complete``. There is no such step."""
        raise ValueError(_ONE_STEP)

    def damaged(self, refused: Refused) -> bool:
        """See ``Assets.damaged``. Nothing is compared."""
        return False

    def progress(self, asset_id: str) -> Request:
        """See ``Assets.progress``. What was uploaded is there."""
        raise ValueError(_ONE_STEP)

    def read_progress(self, reply: Reply, asset_id: str) -> Kept | Refused | None:
        """See ``Assets.read_progress``."""
        raise ValueError(_ONE_STEP)

    def ask(self, asset_id: str) -> Request:
        """See ``Assets.ask``. No document shows a single asset."""
        raise ValueError("v1 tells of assets in its list alone")

    def read_ask(self, reply: Reply, asset_id: str) -> Kept:
        """See ``Assets.read_ask``."""
        raise ValueError("v1 tells of assets in its list alone")

    def listing(self, media_type: str, token: str | None = None) -> Request:
        """See ``Assets.listing``."""
        query = [("limit", "100"), ("file_type", media_type.partition("/")[0]), *([("token", token)] if token else [])]
        return Request(method="GET", path="/v1/asset/list", purpose=Purpose.UPLOAD, query=tuple(query))

    def read_listing(self, reply: Reply) -> AssetPage:
        """See ``Assets.read_listing``."""
        data = table(read(reply).data)
        if not isinstance(data.get("assets"), list):
            raise unreadable(reply.status, "The reply carries no list of assets.")
        rows = tuple(kept for kept in map(_kept, tables(data["assets"])) if kept)
        return AssetPage(rows=rows, next_token=text(data.get("token")))

    def media(self, kind: str, asset: Asset) -> Mapping[str, str]:
        """See ``Assets.media``. A translation takes links alone, so it is given the asset's own."""
        return {"url": asset.url or ""} if kind == "translation" else {"asset_id": asset.asset_id or ""}


def _kept(data: Mapping[str, Any]) -> Kept | None:
    asset_id = first(data, "id", "asset_id")
    if asset_id is None:
        return None
    return Kept(asset_id=asset_id, url=text(data.get("url")), created_at=number(data.get("created_ts")))
