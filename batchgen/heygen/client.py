"""The one file through which requests to the API reach the network.

Rule: nothing is repeated here but a request whose signature was refused and could be renewed: a refusal is proof that
nothing was done, and it is sent again once.
"""

from __future__ import annotations

import json
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Self

import certifi
from yarl import URL

from batchgen.heygen.address import check_address
from batchgen.heygen.echoes import Answer, Asking, Echoes, SpokenTo
from batchgen.heygen.way import SECRET, Way, telling_of_tunnels, translated
from batchgen.heygen.wire import is_unsigned
from batchgen.model.errors import ConfigError, NotSent
from batchgen.model.exchange import Purpose, Reply
from batchgen.model.network import certificates, proxy_for, unread_certificates
from batchgen.model.version import VERSION

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Sequence
    from types import TracebackType

    from batchgen.model.credentials import Credentials, Signature
    from batchgen.model.exchange import Request

with unread_certificates():
    import aiohttp

#: HeyGen's documents: the API, and where v1 takes files.
_API, _UPLOADS = "https://api.heygen.com", "https://upload.heygen.com"

#: Seconds to get a connection, waiting for a free one included.
_CONNECT = 15.0

#: More requests than any account may have under way. The pipeline paces; the pool must never be what makes it wait.
_CONNECTIONS = 512

#: A page of a hundred rows has some hundred kilobytes. What is longer than this is no reply of the API.
_LONGEST = 32 * 2**20

#: Letters from which on nothing else than a key is meant: a shorter one may be the name of a field in a success.
_NO_WORD = 24

#: Seconds that a connection may be idle: longer, and a server may have closed it when the next request leaves.
_IDLE = 5.0


class HttpApi:
    """See ``Api``. An asynchronous context manager: the connections live as long as it is open.

    It is aiohttp that carries the requests. What httpx does above it takes as much of a processor's time again, and
    its errors had to be told by aiohttp's in any case: only these tell what was before a connection stood.
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
        self._certificates = _certificates() if base.startswith("https:") else True
        self._credentials = credentials
        self._reading = _patience(read_timeout)
        # HeyGen's own command line waits this long for a create: its server takes up to half a minute at times.
        self._creating = _patience(write_timeout)
        self._longest = longest
        self._user_agent = user_agent or f"batchgen/{VERSION}"
        self._http: aiohttp.ClientSession | None = None
        self._echoes = Echoes()

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_IDLE, ssl=self._certificates),
            cookie_jar=aiohttp.DummyCookieJar(),
            request_class=Asking,
            response_class=Answer,
            # What is unpacked on every machine.
            headers={"Accept-Encoding": "gzip, deflate", "User-Agent": self._user_agent},
            # Without a proxy, errors tell by their class what was before a connection stood.
            trace_configs=[telling_of_tunnels()] if any(host.proxy for host in self._hosts.values()) else None,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        if self._http is not None:
            await self._http.close()

    async def send(self, request: Request) -> Reply:
        """See ``Api.send``."""
        signature = await self._credentials.sign()
        reply = await self._send(request, signature)
        if is_unsigned(reply) and await self._credentials.renew(signature):
            reply = await self._send(request, await self._credentials.sign())
        return reply

    async def _send(self, request: Request, signature: Signature) -> Reply:
        for _ in range(_CONNECTIONS):
            with suppress(SpokenTo):  # Nothing left, and that connection is gone: there is one less to try.
                return await self._once(request, signature)
        # Not even new ones are silent.
        raise NotSent("The server speaks before it is asked anything: what listens there is no HTTP server.")

    async def _once(self, request: Request, signature: Signature) -> Reply:
        way = Way()
        try:
            return await self._exchange(request, signature, way)
        except SpokenTo:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, a paying request may have left before it
            # Without its cause: what aiohttp raises can hold the request's headers, and so the secret.
            raise translated(error, way, hide=signature.secret) from None

    async def _exchange(self, request: Request, signature: Signature, way: Way) -> Reply:
        assert self._http is not None, "the client is not open"  # noqa: S101 - a mistake of ours, never of the network
        host = self._hosts[request.host]
        body, headers = _written(request)
        async with self._http.request(
            request.method,
            host.address(request.path, request.query),
            data=body,
            headers={signature.header: signature.value, **headers},
            timeout=self._patience(request),
            allow_redirects=False,
            proxy=host.proxy,
            trace_request_ctx=way,
        ) as response:
            told = await self._body(response)
        self._echoes.hang_up(response, told, creates=request.purpose is Purpose.CREATE)
        # An error may quote the request, and errors are kept and shown. They stand in successes as well.
        if len(signature.secret) >= (SECRET if response.status >= 400 else _NO_WORD):
            told = told.replace(signature.secret.encode(), b"***")
        return Reply(status=response.status, headers=response.headers, body=told)

    def _patience(self, request: Request) -> aiohttp.ClientTimeout:
        if request.upload is not None:
            return _patience(request.upload.patience)
        return self._creating if request.purpose is Purpose.CREATE else self._reading

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        while chunk := await response.content.readany():
            body += chunk
            if len(body) > self._longest:
                raise aiohttp.ClientPayloadError("the reply is longer than any reply of the API")
        return bytes(body)


class _Host:
    """One of the API's hosts, and the proxy by which it is reached."""

    def __init__(self, base: str) -> None:
        url = URL(base)
        self._base = base
        self.proxy = proxy_for(url.scheme, url.host or "")

    def address(self, path: str, query: Sequence[tuple[str, str]]) -> URL:
        """Give the address of what is asked for."""
        url = _address(self._base + path)
        return url.with_query(query) if query else url


@lru_cache(maxsize=64)  # Jobs of a kind all go to the same place.
def _address(text: str) -> URL:
    return URL(text)


def _certificates() -> ssl.SSLContext:
    try:
        return certificates(certifi.where())
    except OSError as error:
        reason = error.strerror or "it holds none"
        raise ConfigError(f"SSL_CERT_FILE or SSL_CERT_DIR: no certificates can be read there ({reason}).") from error


def _written(request: Request) -> tuple[bytes | AsyncIterator[bytes] | None, dict[str, str]]:
    """Give the body of a request, and the headers that tell of it."""
    keyed = {"Idempotency-Key": request.key} if request.key is not None else {}
    if request.upload is not None:
        sized = {"Content-Type": request.upload.media_type, "Content-Length": str(request.upload.size)}
        return request.upload.pieces(), keyed | sized
    if request.body is not None:
        return json.dumps(request.body).encode(), keyed | {"Content-Type": "application/json"}
    return None, keyed


def _patience(seconds: float) -> aiohttp.ClientTimeout:
    # A server that sends a byte now and then never trips the wait for the next one, so the whole has a bound as well.
    # It is wide enough that connecting always fails by its own timeout, which is known to be ``NotSent``.
    return aiohttp.ClientTimeout(
        total=2 * (_CONNECT + seconds), connect=_CONNECT, sock_connect=_CONNECT, sock_read=seconds
    )
