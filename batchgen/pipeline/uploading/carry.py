"""Brings one file to the account, a step at a time, and goes on from wherever an earlier process left it.

    OPENING ─ open ─▶ OPEN ─ put the bytes ─▶ SENT ─ complete ─▶ CHECKING ─ look ─▶ READY
       └──────────── where ``open`` takes the bytes themselves ────────────────────────▲

Rule: a step is on disk before the request that takes it, and its id before anything else is done with it. A lost reply
is answered by the same request under the same key, which gives the same asset. Where there are no keys, the account's
list is looked through first, and what was uploaded since is known by its bytes. Something that ended for good (a place
that expired, an asset that the account no longer has) is begun anew, in another round with another key.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from batchgen.files.interface import FileChanged
from batchgen.heygen.errors import ApiError
from batchgen.model.errors import NoReply, NotSent, TransportError
from batchgen.model.exchange import PASSING, HeldBack, Hold, NoAnswer, Purpose, Refused, Upload
from batchgen.model.media import Asset, AssetState, Kept, Slot
from batchgen.model.naming import digest
from batchgen.pipeline.happened import Asked, Uploaded, Uploading
from batchgen.pipeline.uploading.hindrances import Hindrances, Later
from batchgen.pipeline.uploading.shelf import Shelf
from batchgen.store.interface import KeepAsset

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from batchgen.files.interface import Freight, PutReply
    from batchgen.heygen.interface import Assets, Told
    from batchgen.model.exchange import Reply, Request
    from batchgen.model.media import LocalFile
    from batchgen.pipeline.context import Context

#: How often a step is tried that brings no answer, before the file counts as not to be uploaded in this run.
TRIES = 8
#: How often a file is begun anew in one run: its place expired, or its bytes arrived damaged.
ROUNDS = 3
#: How often the server is asked whether it has looked at an asset, before it is named to it all the same.
LOOKS = 12
#: Answers of an object store to a link that was signed for a time that is over.
_EXPIRED = frozenset({401, 403, 404, 410})

_Step = Asset | Refused | Later


class Carrier:
    """Carries files, each once."""

    def __init__(self, run: Context, freight: Freight) -> None:
        self._run = run
        self._freight = freight
        self._shelf = Shelf(run, freight)
        self._hindrances = Hindrances(run)
        self._slots: dict[str, Slot] = {}

    async def carry(self, sha256: str, *, doubted: bool) -> Asset | Refused | None:
        """Bring a content to the account; None where the run stopped sending meanwhile.

        ``doubted``: a job that named it failed, so it is made sure that the account still has it.
        """
        asset = self._run.store.asset(self._run.realm, self._run.options.api, sha256)
        if asset is not None and asset.state is AssetState.READY and doubted:
            asset = await self._still_there(asset)
        resumed = asset is not None
        asset = asset or await self._keep(self._new(sha256))
        last = asset.round + ROUNDS
        tries = 0
        while asset.state is not AssetState.READY and not self._run.stop.sending:
            step = await self._step(asset, unsure=resumed or tries > 0, tries=tries)
            if isinstance(step, Asset):
                if step.round >= last:
                    return Refused(code="upload_failed", message="The upload was begun several times, in vain.")
                asset, tries, resumed = await self._keep(step), 0, False
            elif isinstance(step, Refused):
                # A refusal may be kept for its key: whoever tries again does so under another.
                await self._keep(self._anew(asset))
                return step
            elif step.counts and tries + 1 >= TRIES:
                return Refused(code="upload_failed", message=f"The upload was tried {TRIES} times: {step.reason}")
            else:
                tries += step.counts
                await self._hindrances.wait(step)
        return asset if asset.state is AssetState.READY else None

    async def _step(self, asset: Asset, *, unsure: bool, tries: int) -> _Step:
        if asset.state is AssetState.CHECKING:
            return await self._check(asset, tries)
        if asset.state is AssetState.SENT:
            return await self._complete(asset, tries)
        files = self._run.store.local_files(asset.sha256)
        file = next(filter(self._freight.is_intact, files), None)
        if file is None:
            # One that had this content: a row may name several files, and its reason says which one to look at.
            why = str(FileChanged(files[0])) if files else "The file is gone, or has changed since it was planned."
            return Refused(code="file_changed", message=why)
        if asset.state is AssetState.OPEN:
            return await self._bring(asset, file, tries)
        if unsure and self._assets.lists:
            found = await self._shelf.find(file, since=asset.at)
            if found is not None:
                return self._arrived(asset, file, found)
        return self._opened(asset, file, await self._open(asset, file), tries)

    async def _open(self, asset: Asset, file: LocalFile) -> Told | FileChanged:
        key = "bg-" + digest("asset", asset.sha256, asset.round, length=32)
        upload = _Bytes(self, file)
        told = await self._ask(self._assets.open(file, key=key, upload=upload.upload), self._assets.read_open)
        return upload.changed or told

    def _opened(self, asset: Asset, file: LocalFile, told: Told | FileChanged, tries: int) -> _Step:
        match told:
            case Slot() if told.most is not None and file.size > told.most:
                limit = f"{told.most:,} bytes may be uploaded, and {file.name} has {file.size:,}."
                return Refused(code="payload_too_large", message=limit)
            case Slot():
                self._slots[asset.sha256] = told
                return self._next(asset, AssetState.OPEN, asset_id=told.asset_id)
            case Kept():
                return self._arrived(asset, file, told)
            case FileChanged():
                return Refused(code="file_changed", message=str(told))
            case _:
                return self._hindrances.judge(told, tries, file.name)

    async def _bring(self, asset: Asset, file: LocalFile, tries: int) -> _Step:
        slot = self._slots.get(asset.sha256)
        if slot is None or slot.asset_id != asset.asset_id:
            # The place was given to an earlier process. Under its key it is given once more.
            return self._opened(asset, file, await self._open(asset, file), tries)
        upload, began = _Bytes(self, file), self._run.clock.ticks()
        try:
            reply = await self._freight.put(slot.url, headers=slot.headers, upload=upload.upload)
        except (TransportError, FileChanged) as error:
            self._count(began, ok=False)
            if upload.changed:
                return Refused(code="file_changed", message=str(upload.changed))
            return self._hindrances.stumbled(f"upload of {file.name}", str(error), tries)
        self._count(began, ok=reply.status < 300)
        return self._brought(asset, file, reply, tries)

    def _brought(self, asset: Asset, file: LocalFile, reply: PutReply, tries: int) -> _Step:
        refused = Refused(code=f"http_{reply.status}", message=_plain(reply.text))
        if reply.status < 300:
            self._run.tell(Uploaded(file=file.path, size=file.size))
            return self._next(asset, AssetState.SENT)
        if reply.status in _EXPIRED or "expired" in reply.text.lower():
            self._slots.pop(asset.sha256, None)
            return self._anew(asset)
        if reply.status >= 500 or reply.status in PASSING or self._assets.damaged(refused):
            return self._hindrances.stumbled(f"upload of {file.name}", f"HTTP {reply.status}: {refused.message}", tries)
        return refused

    async def _complete(self, asset: Asset, tries: int) -> _Step:
        told = await self._ask(self._assets.complete(asset), self._assets.read_complete)
        match told:
            case Kept():
                return self._arrived(asset, None, told)
            case HeldBack(hold=Hold.IN_PROGRESS) if tries >= TRIES - 2:
                return self._anew(asset)  # The bytes never arrived, whatever their store said.
            case Refused() if self._assets.damaged(told) or told.code.endswith("not_found"):
                return self._anew(asset)
            case _:
                return self._hindrances.judge(told, tries, "the uploaded file")

    async def _check(self, asset: Asset, tries: int) -> _Step:
        asset_id = asset.asset_id or ""
        try:
            told = await self._run.caller.read(
                self._assets.progress(asset_id), lambda reply: self._assets.read_progress(reply, asset_id), attempts=1
            )
        except ApiError as error:
            if error.hold is not None and error.hold.pauses:
                return self._hindrances.judge(HeldBack(hold=error.hold, message=error.message), tries, "")
            told = None
        except TransportError:
            told = None
        if isinstance(told, Refused):
            return told
        waited = self._run.clock.now() - asset.at
        if (told is not None and told.ready) or waited > sum(map(_until_next_look, range(LOOKS))):
            return self._next(asset, AssetState.READY)
        return Later(_until_next_look(min(LOOKS, int(waited / 10))), "it is still looked at", counts=False)

    def _arrived(self, asset: Asset, file: LocalFile | None, kept: Kept) -> Asset:
        if file is not None:
            self._run.tell(Uploaded(file=file.path, size=file.size))
        state = AssetState.READY if kept.ready else AssetState.CHECKING
        return self._next(asset, state, asset_id=kept.asset_id, url=kept.url)

    async def _still_there(self, asset: Asset) -> Asset:
        """Give the asset as it is, or begun anew where the account no longer has it."""
        return asset if await self._shelf.has(asset) else await self._keep(self._anew(asset))

    async def _ask(self, request: Request, understand: Callable[[Reply], Told]) -> Told:
        if not await self._run.pace.turn(lambda: self._run.stop.sending):
            return HeldBack(hold=Hold.RATE, retry_after=0.0)
        try:
            return understand(await self._run.caller.once(request))
        except NotSent as error:
            return HeldBack(hold=Hold.NOT_SENT, message=str(error))
        except NoReply as error:
            return NoAnswer(code="no_reply", message=str(error))

    def _count(self, began: float, *, ok: bool) -> None:
        self._run.tell(Asked(purpose=Purpose.UPLOAD, took_s=self._run.clock.ticks() - began, ok=ok))

    async def _keep(self, asset: Asset) -> Asset:
        kept = KeepAsset(realm=self._run.realm, api=self._run.options.api, asset=asset)
        await self._run.logbook.write([kept], durable=True)
        return asset

    def _new(self, sha256: str) -> Asset:
        return Asset(sha256=sha256, state=AssetState.OPENING, at=self._run.clock.now())

    def _anew(self, asset: Asset) -> Asset:
        return replace(self._new(asset.sha256), round=asset.round + 1)

    def _next(self, asset: Asset, state: AssetState, **facts: str | None) -> Asset:
        told = {name: value for name, value in facts.items() if value is not None}
        return replace(asset, state=state, at=self._run.clock.now(), **told)  # type: ignore[arg-type] # texts alone

    def told(self, file: LocalFile, sent: int) -> None:
        """Tell how far a file has come."""
        self._run.tell(Uploading(file=file.path, sent=sent, size=file.size))

    @property
    def freight(self) -> Freight:
        """What reads and brings bytes."""
        return self._freight

    @property
    def _assets(self) -> Assets:
        return self._run.dialects[self._run.options.api].assets


class _Bytes:
    """The bytes of one file on their way, and whether the file turned out to be another one."""

    def __init__(self, carrier: Carrier, file: LocalFile) -> None:
        self._carrier, self._file = carrier, file
        self.changed: FileChanged | None = None
        self.upload = Upload(pieces=self._pieces, size=file.size, media_type=file.media_type, sha256=file.sha256)

    async def _pieces(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._carrier.freight.read(self._file, lambda n: self._carrier.told(self._file, n)):
                yield piece
        except FileChanged as error:
            # Whoever sends wraps it in words of its own.
            self.changed = error
            raise


def _until_next_look(looks: int) -> float:
    return float(min(30, 2 ** min(looks, 5)))


def _plain(text: str) -> str:
    """Give the words of an object store's XML."""
    inner = text.partition("<Message>")[2].partition("</Message>")[0]
    return inner or " ".join(text.split())[:200]
