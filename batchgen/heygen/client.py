"""The one file through which requests to the API reach the network.

Rule: ``NotSent`` is raised only where it is certain that not a byte of the request left. Whatever else goes wrong is
``NoReply``, since the server may have read the request and acted on it. Nothing is repeated here but a request whose
signature was refused and could be renewed: a refusal is proof that nothing was done, and it is sent again once.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from functools import lru_cache, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Self

import aiohttp
import certifi
import httpx
from httpx_aiohttp import AiohttpTransport

from batchgen.heygen.address import check_address
from batchgen.heygen.wire import is_unsigned
from batchgen.model.errors import ConfigError, NoReply, NotSent
from batchgen.model.exchange import Purpose, Reply
from batchgen.model.network import certificates, proxy_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import TracebackType

    from batchgen.model.credentials import Credentials, Signature
    from batchgen.model.errors import TransportError
    from batchgen.model.exchange import Request

#: HeyGen's documents: the API, and where v1 takes files.
_API, _UPLOADS = "https://api.heygen.com", "https://upload.heygen.com"

#: Seconds to get a connection, waiting for a free one included.
_CONNECT = 15.0

#: More requests than any account may have under way. The pipeline paces; the pool must never be what makes it wait.
_CONNECTIONS = 512

#: A page of a hundred rows has some hundred kilobytes. What is longer than this is no reply of the API.
_LONGEST = 32 * 2**20

#: Letters a key has at the least to be one. A shorter one is a rehearsal's, and would be found in every other word.
_SECRET = 8

#: Seconds that a connection may be idle: longer, and a server may have closed it when the next request leaves.
_IDLE = 5.0

#: What comes before a connection stands. It is the cause that counts: the transport names every aiohttp error of
#: a connection ``ConnectTimeout``, also that of a server that hung up after it had read the request.
_BEFORE: tuple[type[BaseException], ...] = (
    aiohttp.ClientConnectorError,  # name not found, refused, unreachable, TLS, certificate, no proxy
    aiohttp.ConnectionTimeoutError,  # connecting took too long, or no connection became free
    aiohttp.ClientHttpProxyError,  # the proxy refused to open a tunnel
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
    httpx.InvalidURL,
    httpx.UnsupportedProtocol,
)


class HttpApi:
    """See ``Api``. An asynchronous context manager: the connections live as long as it is open.

    Requests go to httpx's transport directly. What a client of httpx does above it (cookies, redirects, defaults that
    are merged anew for each request) is of no use here, and took half of the processor time of a run.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        read_timeout: float = 30.0,
        write_timeout: float = 120.0,
        user_agent: str | None = None,
        longest: int = _LONGEST,
    ) -> None:
        check_address(base_url)
        base = base_url.rstrip("/")
        # v1 takes files at a host of its own. Whoever stands in for the API stands in for that one too.
        uploads = _UPLOADS if base == _API else base
        self._hosts = {"api": _Host(base), "upload": _Host(uploads)}
        self._credentials = credentials
        self._reading = _patience(read_timeout)
        # HeyGen's own command line waits this long for a create: its server takes up to half a minute at times.
        self._creating = _patience(write_timeout)
        self._longest = longest
        self._headers = {
            "Accept": "*/*",
            # What httpx unpacks on every machine.
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": user_agent or f"batchgen/{version('batchgen')}",
        }

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        for host in self._hosts.values():
            await host.transport.aclose()

    async def send(self, request: Request) -> Reply:
        """See ``Api.send``."""
        signature = await self._credentials.sign()
        reply = await self._send(request, signature)
        if is_unsigned(reply) and await self._credentials.renew(signature):
            reply = await self._send(request, await self._credentials.sign())
        return reply

    async def _send(self, request: Request, signature: Signature) -> Reply:
        patience = self._patience(request)
        try:
            # A server that sends a byte now and then never trips the read timeout, so the whole has a bound as well.
            # It is wide enough that connecting always fails by its own timeout, which is known to be NotSent.
            async with asyncio.timeout(2 * (_CONNECT + (patience.read or 0))):
                host = self._hosts[request.host]
                prepared = self._prepared(host.base, request, patience, signature)
                return await self._exchange(host, prepared, hide=signature.secret)
        except Exception as error:  # noqa: BLE001 - whatever it is, a paying request may have left before it
            # Without its cause: what aiohttp raises can hold the request's headers, and so the secret.
            raise _translated(error, hide=signature.secret) from None

    def _patience(self, request: Request) -> httpx.Timeout:
        if request.upload is not None:
            return _patience(request.upload.patience)
        return self._creating if request.purpose is Purpose.CREATE else self._reading

    def _prepared(self, base: str, request: Request, patience: httpx.Timeout, signature: Signature) -> httpx.Request:
        content: bytes | AsyncIterator[bytes] | None = None
        headers = {**self._headers, signature.header: signature.value}
        if request.upload is not None:
            content = request.upload.pieces()
            headers |= {"Content-Type": request.upload.media_type, "Content-Length": str(request.upload.size)}
        elif request.body is not None:
            content = json.dumps(request.body).encode()
            headers["Content-Type"] = "application/json"
        if request.key is not None:
            headers["Idempotency-Key"] = request.key
        return httpx.Request(
            request.method,
            _address(base + request.path),
            params=request.query or None,
            content=content,
            headers=headers,
            extensions={"timeout": patience.as_dict()},
        )

    async def _exchange(self, host: _Host, prepared: httpx.Request, *, hide: str) -> Reply:
        response = await host.transport.handle_async_request(prepared)
        # By their bytes: httpx finds out anew how all of them are written, for each that it is asked for.
        headers = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in response.headers.raw}
        try:
            body = await self._body(response, packed="content-encoding" in headers)
        finally:
            await response.aclose()
        if response.status_code >= 400 and len(hide) >= _SECRET:
            # An error may quote the request, and errors are kept and shown. What a success says is never touched.
            body = body.replace(hide.encode(), b"***")
        return Reply(status=response.status_code, headers=headers, body=body)

    async def _body(self, response: httpx.Response, *, packed: bool) -> bytes:
        body = bytearray()
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - for mypy: it may be one for threads
        async for chunk in response.aiter_bytes() if packed else response.stream:
            body += chunk
            if len(body) > self._longest:
                raise httpx.ReadError("the reply is longer than any reply of the API")
        return bytes(body)


class _Host:
    """One of the API's hosts, and the connections to it."""

    def __init__(self, base: str) -> None:
        url = httpx.URL(base)
        tls, proxy = _tls(url.scheme), proxy_for(url.scheme, url.host)
        self.base = base
        self.transport = AiohttpTransport(
            verify=tls, proxy=httpx.Proxy(proxy) if proxy else None, client=partial(_connections, tls)
        )


@lru_cache(maxsize=64)  # Jobs of a kind all go to the same place, and reading it takes a fifth of a request.
def _address(text: str) -> httpx.URL:
    return httpx.URL(text)


def _connections(tls: ssl.SSLContext) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_IDLE, ssl=tls)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


def _tls(scheme: str) -> ssl.SSLContext:
    if scheme != "https":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # It is asked for, and never used.
    try:
        return certificates(certifi.where())
    except OSError as error:
        reason = error.strerror or "it holds none"
        raise ConfigError(f"SSL_CERT_FILE or SSL_CERT_DIR: no certificates can be read there ({reason}).") from error


def _translated(error: Exception, *, hide: str) -> TransportError:
    words = str(error) or type(error).__name__
    if len(hide) >= _SECRET:
        words = words.replace(hide, "***")
    if isinstance(error, _BEFORE) or isinstance(error.__cause__, _BEFORE):
        return NotSent(f"The server was not reached: {words}")
    return NoReply(f"No whole reply came back: {words}")


def _patience(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=_CONNECT, pool=_CONNECT)
