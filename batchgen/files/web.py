"""Downloads, and uploads to where a server said, over httpx. No key is known here, so none can be sent."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport, HttpxAiohttpClient
from httpx_aiohttp.transport import AiohttpResponseStream

from batchgen.files.interface import DownloadFailed, PutReply
from batchgen.files.source import Part
from batchgen.model.address import is_loopback
from batchgen.model.errors import NoReply, NotSent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from batchgen.files.interface import Stream
    from batchgen.model.exchange import Upload

PIECE = 256 * 1024  #: The most bytes that are handed on at once: what the loop reads in one go.
MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

#: Below HTTP. The transport lets some of aiohttp's own errors and plain socket errors through.
_BROKEN = (httpx.HTTPError, httpx.StreamError, aiohttp.ClientError, OSError, ValueError)


def client(*, read_timeout: float = 60, connections: int = 64) -> httpx.AsyncClient:
    """Make the client that downloads are meant for: its timeout is for silence, not for the whole of a video."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    wide = _Wide(limits=limits)
    return HttpxAiohttpClient(
        timeout=httpx.Timeout(connect=20, read=read_timeout, write=20, pool=None),
        limits=limits,
        # A mount and not the transport: so the proxies of the environment still count, but for this machine.
        mounts=dict.fromkeys(("all://", "all://localhost", "all://127.0.0.1", "all://[::1]"), wide),
    )


class _Wide(AiohttpTransport):
    """Gives a body in the pieces in which it arrives, instead of cutting them into 16 KB: half the time."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if isinstance(response.stream, AiohttpResponseStream):
            response.stream.CHUNK_SIZE = PIECE
        return response


class HttpxWeb:
    """See ``Web`` and ``Parts``. The client is closed by whoever made it."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    @asynccontextmanager
    async def open(self, url: str, *, start: int = 0, etag: str | None = None) -> AsyncIterator[Stream]:
        """See ``Web.open``."""
        # Packed bytes have other lengths than the video, and no ranges to go on from.
        headers = {"accept": "*/*", "accept-encoding": "identity"}
        if start and etag:
            headers |= {"range": f"bytes={start}-", "if-range": etag}
        response = await self._follow(_safe(url), headers)
        try:
            yield _HttpxStream(response)
        finally:
            await response.aclose()

    async def part(self, url: str, *, start: int, length: int) -> Part:
        """See ``Parts.part``."""
        headers = {"accept": "*/*", "accept-encoding": "identity", "range": f"bytes={start}-{start + length - 1}"}
        response = await self._follow(_safe(url), headers)
        try:
            stream, body = _HttpxStream(response), bytearray()
            async for piece in stream.chunks():
                body += piece
                if len(body) >= length:
                    break
            return Part(status=stream.status, headers=stream.headers, body=bytes(body[:length]))
        finally:
            await response.aclose()

    async def _follow(self, url: httpx.URL, headers: Mapping[str, str]) -> httpx.Response:
        for _ in range(MOST_REDIRECTS + 1):
            response = await self._send(url, headers)
            if response.status_code not in _REDIRECTS:
                return response
            await response.aclose()
            url = _next(url, response.headers.get("location", ""))
        raise DownloadFailed(f"{url.host} sends the download from link to link without end.", transient=False)

    async def _send(self, url: httpx.URL, headers: Mapping[str, str]) -> httpx.Response:
        request = self._http.build_request("GET", url, headers=headers)
        try:
            return await self._http.send(request, stream=True, follow_redirects=False)
        except _BROKEN as error:
            raise _failed(url, error) from error


class HttpxPut:
    """See ``Put``. The client is closed by whoever made it."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def __call__(self, url: str, *, headers: Mapping[str, str], upload: Upload) -> PutReply:
        """See ``Put``. Redirects are not followed: the link was signed for one place."""
        try:
            target = _safe(url)
        except DownloadFailed as error:
            raise NotSent(f"The place for the upload is refused: {error}") from error
        # What the server says is to be sent as it is; an object store holds the length against its signature.
        told = {name.lower(): value for name, value in headers.items()}
        sent = {"content-type": upload.media_type, **told, "content-length": str(upload.size)}
        request = self._http.build_request(
            "PUT", target, headers=sent, content=upload.pieces(), timeout=httpx.Timeout(upload.patience, connect=20)
        )
        try:
            async with asyncio.timeout(2 * upload.patience):
                response = await self._http.send(request, follow_redirects=False)
        except (*_BROKEN, TimeoutError) as error:
            # Whether anything arrived does not matter: the same bytes may be brought to the same place again.
            raise NoReply(f"The upload to {target.host} did not come through ({type(error).__name__}).") from error
        return PutReply(status=response.status_code, text=response.text[:2000])


class _HttpxStream:
    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = {name.lower(): value for name, value in response.headers.items()}

    async def chunks(self) -> AsyncIterator[bytes]:
        """See ``Stream.chunks``."""
        # No chunk size: cutting the pieces to a length anew costs 1.6 times the work.
        pieces = self._response.aiter_raw()
        try:
            async for piece in pieces:
                yield piece
        except _BROKEN as error:
            raise _failed(self._response.url, error) from error


def _failed(url: httpx.URL, error: Exception) -> DownloadFailed:
    # The host alone: whoever has the whole link has the video.
    return DownloadFailed(f"The transfer from {url.host} broke off ({type(error).__name__}).", transient=True)


def _next(url: httpx.URL, location: str) -> httpx.URL:
    """Give where a redirect leads, if it may be followed."""
    try:
        target = url.join(location)
    except httpx.InvalidURL as error:
        raise DownloadFailed(f"{url.host} redirects the download to nowhere.", transient=False) from error
    if is_loopback(target.host) and not is_loopback(url.host):
        raise DownloadFailed(f"{url.host} redirects the download to this machine, which is refused.", transient=False)
    return _safe(str(target))


def _safe(link: str) -> httpx.URL:
    """Give the address of a link that may be asked: https, or anything on this machine."""
    try:
        url = httpx.URL(link)
    except httpx.InvalidURL as error:
        raise DownloadFailed("The download link is not a link.", transient=False) from error
    if url.host and (url.scheme == "https" or (url.scheme == "http" and is_loopback(url.host))):
        return url
    raise DownloadFailed(
        f"The download link to {url.host or 'nowhere'} is not https, so it is refused.", transient=False
    )
