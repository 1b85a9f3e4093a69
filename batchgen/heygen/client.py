"""The one file through which requests to the API reach the network.

Rule: ``NotSent`` is raised only where it is certain that not a byte of the request left. Whatever else goes wrong is
``NoReply``, since the server may have read the request and acted on it. Nothing is repeated here but a request whose
signature was refused and could be renewed: a refusal is proof that nothing was done, and it is sent again once.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

import aiohttp
import certifi
from yarl import URL

from batchgen.heygen.address import check_address
from batchgen.heygen.wire import is_unsigned
from batchgen.model.errors import ConfigError, NoReply, NotSent
from batchgen.model.exchange import Purpose, Reply
from batchgen.model.network import certificates, proxy_for

if TYPE_CHECKING:
    import ssl
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

#: What comes before a connection stands.
_BEFORE: tuple[type[BaseException], ...] = (
    aiohttp.ClientConnectorError,  # name not found, refused, unreachable, TLS, certificate, no proxy
    aiohttp.ConnectionTimeoutError,  # connecting took too long, or no connection became free
    aiohttp.ClientHttpProxyError,  # the proxy refused to open a tunnel
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)


class HttpApi:
    """See ``Api``. An asynchronous context manager: the connections live as long as it is open."""

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
        local = check_address(base_url)
        self._base = str(URL(base_url)).rstrip("/")
        # v1 takes files at a host of its own. Whoever stands in for the API stands in for that one too.
        self._uploads = _UPLOADS if self._base == _API else self._base
        self._proxies = {base: _proxy(URL(base)) for base in (self._base, self._uploads)}
        self._credentials = credentials
        self._reading = read_timeout
        # HeyGen's own command line waits this long for a create: its server takes up to half a minute at times.
        self._creating = write_timeout
        self._agent = user_agent or f"batchgen/{version('batchgen')}"
        self._longest = longest
        self._tls = True if local else _tls()

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_IDLE, ssl=self._tls),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._agent},
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        await self._http.close()

    async def send(self, request: Request) -> Reply:
        """See ``Api.send``."""
        signature = await self._credentials.sign()
        reply = await self._send(request, signature)
        if is_unsigned(reply) and await self._credentials.renew(signature):
            reply = await self._send(request, await self._credentials.sign())
        return reply

    async def _send(self, request: Request, signature: Signature) -> Reply:
        try:
            return await self._exchange(request, signature)
        except Exception as error:  # noqa: BLE001 - whatever it is, a paying request may have left before it
            # Without its cause: what aiohttp raises can hold the request's headers, and so the secret.
            raise _translated(error, hide=signature.secret) from None

    async def _exchange(self, request: Request, signature: Signature) -> Reply:
        headers, content = _prepared(request, signature)
        base = self._uploads if request.host == "upload" else self._base
        async with self._http.request(
            request.method,
            _address(base, request),
            data=content,
            headers=headers,
            timeout=self._patience(request),
            proxy=self._proxies[base],
            allow_redirects=False,
        ) as response:
            body = await self._body(response)
        if response.status >= 400 and len(signature.secret) >= _SECRET:
            # An error may quote the request, and errors are kept and shown. What a success says is never touched.
            body = body.replace(signature.secret.encode(), b"***")
        told = {name.lower(): value for name, value in response.headers.items()}
        return Reply(status=response.status, headers=told, body=body)

    def _patience(self, request: Request) -> aiohttp.ClientTimeout:
        if request.upload is not None:
            seconds = request.upload.patience
        else:
            seconds = self._creating if request.purpose is Purpose.CREATE else self._reading
        # A server that sends a byte now and then never trips the read timeout, so the whole has a bound as well.
        # It is wide enough that connecting always fails by its own timeout, which is known to be NotSent.
        whole = 2 * (_CONNECT + seconds)
        return aiohttp.ClientTimeout(total=whole, connect=_CONNECT, sock_connect=_CONNECT, sock_read=seconds)

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for piece in response.content.iter_any():
            body += piece
            if len(body) > self._longest:
                raise aiohttp.ClientPayloadError("the reply is longer than any reply of the API")
        return bytes(body)


def _prepared(request: Request, signature: Signature) -> tuple[dict[str, str], Any]:
    """Give what is sent with a request: its headers and its body."""
    headers = {signature.header: signature.value}
    if request.key is not None:
        headers["Idempotency-Key"] = request.key
    if request.upload is not None:
        headers |= {"Content-Type": request.upload.media_type, "Content-Length": str(request.upload.size)}
        return headers, request.upload.pieces()
    if request.body is None:
        return headers, None
    headers["Content-Type"] = "application/json"
    return headers, json.dumps(request.body).encode()


def _address(base: str, request: Request) -> URL:
    """Give where a request goes. Dialects write paths as they are to be sent."""
    query = f"?{urlencode(request.query)}" if request.query else ""
    return URL(f"{base}{request.path}{query}", encoded=True)


def _proxy(url: URL) -> str | None:
    return proxy_for(url.scheme, url.host or "")


def _tls() -> ssl.SSLContext:
    try:
        return certificates(certifi.where())
    except OSError as error:
        reason = error.strerror or "it holds none"
        raise ConfigError(f"SSL_CERT_FILE or SSL_CERT_DIR: no certificates can be read there ({reason}).") from error


def _translated(error: Exception, *, hide: str) -> TransportError:
    words = str(error) or type(error).__name__
    if len(hide) >= _SECRET:
        words = words.replace(hide, "***")
    if isinstance(error, _BEFORE):
        return NotSent(f"The server was not reached: {words}")
    return NoReply(f"No whole reply came back: {words}")
