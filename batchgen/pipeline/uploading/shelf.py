"""Looks at what the account has: whether an asset is still there, and what became of an upload without a reply.

A look that fails proves nothing either way. What cannot be found is uploaded again, since that costs nothing; what
cannot be asked for counts as there, since a job that names it will tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.heygen.errors import ApiError
from batchgen.model.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from batchgen.files.interface import Freight
    from batchgen.heygen.interface import Assets
    from batchgen.model.media import Asset, Kept, LocalFile
    from batchgen.pipeline.context import Context

#: Pages of the list of assets that are looked through, a hundred in each.
PAGES = 50
#: Seconds by which a server's clock may be behind this one's.
SKEW_S = 300.0
#: Seconds before each look for what may have got lost: lists lag.
PAUSES = (0.0, 2.0, 5.0)


class Shelf:
    """The account's assets, as far as they can be asked about."""

    def __init__(self, run: Context, freight: Freight) -> None:
        self._run = run
        self._freight = freight

    async def find(self, file: LocalFile, *, since: float) -> Kept | None:
        """Give an asset that was uploaded since some moment, is none that we know, and has the bytes of a file."""
        ours = self._run.store.asset_ids(self._run.realm)
        seen: set[str] = set()
        for pause in PAUSES:
            await self._run.clock.sleep(pause)
            try:
                async for row in self._rows(file.media_type):
                    recent = row.created_at is None or row.created_at >= since - SKEW_S
                    if not recent or row.url is None or row.asset_id in ours | seen:
                        continue
                    seen.add(row.asset_id)
                    if await self._freight.is_same(row.url, file):
                        return row
            except (ApiError, TransportError) as error:
                self._mind(error)
                return None
        return None

    async def has(self, asset: Asset) -> bool:
        """Tell whether the account has an asset, as far as it can be asked."""
        try:
            if not self._assets.lists:
                asset_id = asset.asset_id or ""
                request = self._assets.ask(asset_id)
                await self._run.caller.read(request, lambda reply: self._assets.read_ask(reply, asset_id))
                return True
            files = self._run.store.local_files(asset.sha256)
            if files:
                return asset.asset_id in {row.asset_id async for row in self._rows(files[0].media_type)}
        except (ApiError, TransportError) as error:
            self._mind(error)
            return not (isinstance(error, ApiError) and error.missing)
        return True

    async def _rows(self, media_type: str) -> AsyncIterator[Kept]:
        token: str | None = None
        for _ in range(PAGES):
            request = self._assets.listing(media_type, token)
            page = await self._run.caller.read(request, self._assets.read_listing)
            for row in page.rows:
                yield row
            token = page.next_token
            if token is None:
                return

    def _mind(self, error: ApiError | TransportError) -> None:
        """Stop the run where a person has to do something first."""
        if isinstance(error, ApiError) and error.hold is not None and error.hold.pauses:
            self._run.stop.pause(error.hold, error.message)

    @property
    def _assets(self) -> Assets:
        return self._run.dialects[self._run.options.api].assets
