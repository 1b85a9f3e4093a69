"""Brings a video from its link to its file: whole, or not at all.

Trying again is the caller's business. Going on is this one's: each call takes up what earlier ones brought. The disk is
written to where the network is read, so this belongs in a loop that nothing else waits for: see ``files/downloads.py``.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

from batchgen.files import reply
from batchgen.files.interface import LIMIT_BYTES, DownloadFailed, NotAVideo, TooLarge
from batchgen.files.part import Part
from batchgen.model.errors import DiskError

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from batchgen.files.interface import SavedFile, Stream, Web
    from batchgen.files.part import Mark

#: So many bytes are made sure of in one go: a crash costs no more of them.
CHECKPOINT = 64 * 1024**2


async def download(
    web: Web,
    url: str,
    *,
    to: Path,
    limit_bytes: int = LIMIT_BYTES,
    turn: AbstractAsyncContextManager[object] | None = None,
) -> SavedFile:
    """Save a link's video as ``to``, replacing what is there; see ``Download`` for what is raised.

    ``turn`` is held while the disk makes sure of it: several that are waited for at once are in each other's way.
    """
    part = Part(to)
    try:
        body = await _fetch(web, url, part, part.mark(), limit_bytes)
    except reply.StartAgain:
        body = await _fetch(web, url, part, None, limit_bytes)
    async with turn or nullcontext():
        # A thread: a sync takes a while, and others are read and written meanwhile.
        return await asyncio.to_thread(_finish, part, body)


async def _fetch(web: Web, url: str, part: Part, mark: Mark | None, limit: int) -> reply.Body:
    start, etag = (mark.size, mark.etag) if mark else (0, None)
    async with web.open(url, start=start, etag=etag) as stream:
        if stream.status >= 400 and not (mark and stream.status == 416):
            raise reply.refusal(stream.status, stream.headers, await _beginning(stream))
        body = reply.read(stream.status, stream.headers, mark)
        _hold(limit, part, body.total or 0)
        part.begin(body.start, body.total)
        try:
            if stream.status != 416:
                await _receive(stream, part, body, limit)
        except (DownloadFailed, DiskError, asyncio.CancelledError):
            _keep(part, body)
            raise
        finally:
            part.close()
    return body


async def _beginning(stream: Stream) -> str:
    """Read how an error's body begins, if it can be read at all."""
    with suppress(DownloadFailed):
        async for chunk in stream.chunks():
            return chunk[:4096].decode("utf-8", "replace")
    return ""


async def _receive(stream: Stream, part: Part, body: reply.Body, limit: int) -> None:
    most = limit if body.total is None else min(limit, body.total)
    kept = part.size
    async for chunk in stream.chunks():
        came = part.size + len(chunk)
        if came > most:
            _hold(limit, part, came)
            part.discard()
            raise DownloadFailed("The server sent more than it had announced.", transient=True)
        part.write(chunk)
        if came >= kept + CHECKPOINT:
            kept = came
            await asyncio.to_thread(part.keep, body.etag, body.total)
    if body.total is not None and part.size < body.total:
        raise DownloadFailed(f"The transfer was cut at byte {part.size} of {body.total}.", transient=True)


def _hold(limit: int, part: Part, size: int) -> None:
    if size > limit:
        part.discard()
        raise TooLarge(f"{part.target}: the video is larger than the {limit:,} bytes that a download may have.")


def _keep(part: Part, body: reply.Body) -> None:
    try:
        part.keep(body.etag, body.total)
    except DiskError:  # What cannot be made sure of is of no use; it may be the very bytes that fill the disk.
        part.discard()


def _finish(part: Part, body: reply.Body) -> SavedFile:
    try:
        return part.place(content_type=body.content_type)
    except NotAVideo as error:
        part.discard()
        if error.cut and body.total is None:
            raise DownloadFailed("The transfer was cut; its length was never told.", transient=True) from error
        raise
