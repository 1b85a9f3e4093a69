"""Downloads, and uploads to where a server said, over aiohttp. No key is known here, so none can be sent."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import certifi
from yarl import URL

from batchgen.files.flow import WITHIN_S, Flow
from batchgen.files.interface import DownloadFailed, PutReply
from batchgen.files.source import Part
from batchgen.model.address import is_loopback
from batchgen.model.errors import NoReply, NotSent
from batchgen.model.network import certificates, proxy_for, unread_certificates

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from batchgen.files.interface import Stream
    from batchgen.model.exchange import Upload

with unread_certificates():
    import aiohttp

#: Bytes of a download that are read ahead: with less, the connection is stopped and let go again for each piece.
AHEAD = 1024 * 1024
MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Seconds for a connection to stand.
_CONNECT = 20.0

_BROKEN = (aiohttp.ClientError, OSError, ValueError)

#: What may stand in a link as it is: a link is signed letter by letter.
_SAFE = "%/:?#[]@!$&'()*+,;=~"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@asynccontextmanager
async def client(*, read_timeout: float = 60, connections: int = 64) -> AsyncIterator[aiohttp.ClientSession]:
    """Open the connections that downloads are meant for: their timeout is for silence, not for the whole of a video."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"user-agent": "batchgen"},
        timeout=aiohttp.ClientTimeout(sock_connect=_CONNECT, sock_read=read_timeout),
        auto_decompress=False,
    ) as http:
        yield http


class HttpWeb:
    """See ``Web`` and ``Parts``. The client is closed by whoever made it."""

    def __init__(self, http: aiohttp.ClientSession, *, within_s: float = WITHIN_S) -> None:
        self._http = http
        self._within_s = within_s  #: See ``Flow``.

    @asynccontextmanager
    async def open(self, url: str, *, start: int = 0, etag: str | None = None) -> AsyncIterator[Stream]:
        """See ``Web.open``."""
        # Packed bytes have other lengths than the video, and no ranges to go on from.
        headers = {"accept": "*/*", "accept-encoding": "identity"}
        if start and etag:
            headers |= {"range": f"bytes={start}-", "if-range": etag}
        response = await self._follow(_safe(url), headers)
        try:
            yield _HttpStream(response, Flow(self._within_s))
        finally:
            response.release()

    async def part(self, url: str, *, start: int, length: int) -> Part:
        """See ``Parts.part``."""
        headers = {"accept": "*/*", "accept-encoding": "identity", "range": f"bytes={start}-{start + length - 1}"}
        response = await self._follow(_safe(url), headers)
        try:
            stream, body = _HttpStream(response, Flow(self._within_s)), bytearray()
            async for piece in stream.chunks():
                body += piece
                if len(body) >= length:
                    break
            return Part(status=stream.status, headers=stream.headers, body=bytes(body[:length]))
        finally:
            response.release()

    async def _follow(self, url: URL, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        for _ in range(MOST_REDIRECTS + 1):
            response = await self._send(url, headers)
            if response.status not in _REDIRECTS:
                return response
            response.release()
            url = _next(url, response.headers.get("location", ""))
        raise DownloadFailed(f"{url.host} sends the download from link to link without end.", transient=False)

    async def _send(self, url: URL, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        try:
            return await self._http.get(url, headers=headers, allow_redirects=False, read_bufsize=AHEAD, **_way(url))
        except _BROKEN as error:
            raise _failed(url, error) from error


class HttpPut:
    """See ``Put``. The client is closed by whoever made it."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
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
        patience = aiohttp.ClientTimeout(total=2 * upload.patience, sock_connect=_CONNECT, sock_read=upload.patience)
        try:
            async with self._http.put(
                target, data=upload.pieces(), headers=sent, timeout=patience, allow_redirects=False, **_way(target)
            ) as response:
                return PutReply(status=response.status, text=(await response.text(errors="replace"))[:2000])
        except (*_BROKEN, TimeoutError) as error:
            # Whether anything arrived does not matter: the same bytes may be brought to the same place again.
            raise NoReply(f"The upload to {target.host} did not come through ({type(error).__name__}).") from error


def _way(url: URL) -> dict[str, Any]:
    """Give how a host is reached: by which proxy, and known by which certificates."""
    trusted = certificates(certifi.where()) if url.scheme == "https" else True
    return {"proxy": proxy_for(url.scheme, url.host or ""), "ssl": trusted}


class _HttpStream:
    def __init__(self, response: aiohttp.ClientResponse, flow: Flow) -> None:
        self._response = response
        self._flow = flow
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.headers.items()}

    async def chunks(self) -> AsyncIterator[bytes]:
        """See ``Stream.chunks``."""
        # As they arrive: cutting the pieces to a length anew, or joining them, is work for nothing.
        ticks = asyncio.get_running_loop().time
        asked = ticks()
        try:
            async for piece, _ in self._response.content.iter_chunks():
                if piece:
                    stuck = self._flow.is_stuck(len(piece), ticks() - asked)
                    yield piece
                    if stuck and not self._response.content.at_eof():
                        raise _stuck(self._response.url)
                    asked = ticks()
        except _BROKEN as error:
            raise _failed(self._response.url, error) from error


def _failed(url: URL, error: Exception) -> DownloadFailed:
    # The host alone: whoever has the whole link has the video.
    return DownloadFailed(f"The transfer from {url.host} broke off ({type(error).__name__}).", transient=True)


def _stuck(url: URL) -> DownloadFailed:
    return DownloadFailed(f"The transfer from {url.host} came at less than a kilobyte a second.", transient=True)


def _next(url: URL, location: str) -> URL:
    """Give where a redirect leads, if it may be followed."""
    try:
        target = url.join(_read(location))
    except ValueError as error:
        raise DownloadFailed(f"{url.host} redirects the download to nowhere.", transient=False) from error
    if is_loopback(target.host or "") and not is_loopback(url.host or ""):
        raise DownloadFailed(f"{url.host} redirects the download to this machine, which is refused.", transient=False)
    return _safe(str(target))


def _safe(link: str) -> URL:
    """Give the address of a link that may be asked: https, or anything on this machine."""
    try:
        url = _read(link)
        host = url.host or ""
    except ValueError as error:
        raise DownloadFailed("The download link is not a link.", transient=False) from error
    if host and (url.scheme == "https" or (url.scheme == "http" and is_loopback(host))):
        return url
    raise DownloadFailed(f"The download link to {host or 'nowhere'} is not https, so it is refused.", transient=False)


def _read(link: str) -> URL:
    """Read a link and leave it as it is, as far as it can be sent so. Raises ``ValueError``."""
    if _CONTROLS.search(link):
        raise ValueError(link)
    # A name in other letters than these has to be written anew.
    return URL(quote(link, safe=_SAFE), encoded=True) if link.isascii() else URL(link)
