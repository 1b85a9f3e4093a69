"""Looks at the network: requests as a run sends them, TLS, TCP, and STUN over UDP and over TLS."""

from __future__ import annotations

import asyncio
import secrets
import socket
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import certifi

from batchgen.doctor import stun
from batchgen.doctor.interface import aside
from batchgen.model.network import (
    UNREADABLE_PROXY,
    certificates,
    connecting,
    is_of_tunnel,
    proxy_for,
    unread_certificates,
)

if TYPE_CHECKING:
    from batchgen.doctor.network import Reach

with unread_certificates():
    import aiohttp

#: Seconds for which a page is waited for.
_PAGE_S = 60.0
#: Seconds for which an answer through TLS is waited for.
_STREAM_S = 3.0
#: Seconds after which a request by UDP is sent again: it may have been lost. RFC 8489 begins with half a second, and
#: doubles.
_AGAIN_S = (0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True)
class Page:
    """What a server answered with."""

    status: int
    date: str | None  #: By the server's clock, as it wrote it.


async def fetch(url: str) -> Page:
    """Ask for a page as a run would, through proxies and with the certificates it trusts. Raises ``OSError``."""
    parts = urlsplit(url)
    proxy = proxy_for(parts.scheme, parts.hostname or "")
    if proxy is None:
        await _addresses(parts.hostname or "", parts.port or 443, socket.SOCK_STREAM)
    trusted = certificates(certifi.where()) if parts.scheme == "https" else True
    patience = aiohttp.ClientTimeout(total=_PAGE_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=patience, connector=aiohttp.TCPConnector(ssl=trusted)) as http,
            http.get(url, allow_redirects=False, proxy=proxy) as reply,
        ):
            return Page(status=reply.status, date=reply.headers.get("date"))
    except aiohttp.ClientHttpProxyError as error:  # By itself it quotes the proxy's address, and so its password.
        raise OSError(f"the proxy answered {error.status} {error.message}") from None
    except aiohttp.ClientResponseError as error:  # The same.
        who = "the proxy" if is_of_tunnel(error) else "the host"
        raise OSError(f"{who} answered with something else than HTTP") from None
    except aiohttp.InvalidURL:
        raise OSError(UNREADABLE_PROXY) from None
    except aiohttp.ClientConnectorError as error:
        raise OSError(_in_words(OSError(connecting(error)))) from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise OSError(_in_words(error)) from None


def proxy_of(url: str) -> str | None:
    """Give the proxy that a run would use for an address, without its password; None: it goes there itself."""
    parts = urlsplit(url)
    found = proxy_for(parts.scheme, parts.hostname or "")
    return None if found is None else found.rpartition("@")[2].removeprefix("http://").rstrip("/")


async def https(reach: Reach) -> str:
    """Send a request. Any reply shows that the way is open."""
    url, began = f"https://{reach.host}:{reach.port}/", time.monotonic()
    reply = await fetch(url)
    proxy = proxy_of(url)
    way = f", through the proxy {proxy}" if proxy else ""
    return f"HTTP {reply.status} in {1000 * (time.monotonic() - began):.0f} ms{way}"


async def tls(reach: Reach) -> str:
    """Open TLS without a proxy, as media does, and send a STUN request through it."""
    family, address = (await _addresses(reach.host, int(reach.port), socket.SOCK_STREAM))[0]
    context = certificates(certifi.where())
    try:
        reader, writer = await asyncio.open_connection(
            address[0], address[1], family=family, ssl=context, server_hostname=reach.host
        )
    except ssl.SSLError as error:
        raise OSError(_in_words(error)) from None
    try:
        seen = await asyncio.wait_for(_ask_stream(reader, writer), _STREAM_S)
    except (OSError, ValueError, asyncio.IncompleteReadError):
        return "TLS stands; it answers no STUN request without a session"
    finally:
        writer.close()
    return f"TLS stands and TURN answers; from outside you are {seen}"


async def _ask_stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> stun.Seen | None:
    transaction = secrets.token_bytes(stun.TRANSACTION)
    writer.write(stun.request(transaction))
    header = await reader.readexactly(stun.HEADER)
    return stun.read(header + await reader.readexactly(stun.length(header)), transaction)


async def tcp(reach: Reach) -> str:
    """Open a bare connection."""
    family, address = (await _addresses(reach.host, int(reach.port), socket.SOCK_STREAM))[0]
    _, writer = await asyncio.open_connection(address[0], address[1], family=family)
    writer.close()
    return "connected"


async def udp(reach: Reach) -> str:
    """Send a STUN binding request by UDP, from one port to two of the host's addresses where it has two."""
    family, first = (found := await _addresses(reach.host, int(reach.port), socket.SOCK_DGRAM))[0]
    others = [address for other, address in found if other is family and address != first]
    loop = asyncio.get_running_loop()
    transport, inbox = await loop.create_datagram_endpoint(_Inbox, family=family, local_addr=(_ANY[family], 0))
    try:
        seen = await _ask(transport, inbox, first)
        if not others:
            return f"it answers; from outside you are {seen}"
        again = await _ask(transport, inbox, others[0])
    finally:
        transport.close()
    if seen == again:
        return f"it answers; from outside you are {seen}, for everybody"
    return f"it answers; from outside you are {seen}, and {again} for another: a symmetric NAT, which media dislikes"


_ANY = {socket.AF_INET: "0.0.0.0", socket.AF_INET6: "::"}  # noqa: S104 - a free port to send from; nobody is served


class _Inbox(asyncio.DatagramProtocol):
    """Keeps what comes in."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes | OSError] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Take a message."""
        del addr
        self.came.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        """Take an error, such as a port that nobody listens on."""
        self.came.put_nowait(exc if isinstance(exc, OSError) else OSError(str(exc)))


async def _ask(transport: asyncio.DatagramTransport, inbox: _Inbox, address: tuple[str, int]) -> stun.Seen:
    transaction = secrets.token_bytes(stun.TRANSACTION)
    for wait in _AGAIN_S:
        transport.sendto(stun.request(transaction), address)
        try:
            return await asyncio.wait_for(_answer(inbox, transaction), wait)
        except TimeoutError:
            continue
    raise OSError("no answer by UDP")


async def _answer(inbox: _Inbox, transaction: bytes) -> stun.Seen:
    while True:
        came = await inbox.came.get()
        if isinstance(came, OSError):
            raise came
        try:
            seen = stun.read(came, transaction)
        except ValueError as error:
            raise OSError(str(error)) from error
        if seen is not None:
            return seen


async def _addresses(
    host: str, port: int, kind: socket.SocketKind
) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    """Look a name up. Raises ``OSError``."""
    try:
        found = await aside(lambda: socket.getaddrinfo(host, port, type=kind))
    except socket.gaierror as error:
        raise OSError(f"the name is not found (DNS: {error.strerror})") from None
    except UnicodeError:
        raise OSError("this is no name of a host") from None
    return [(family, (str(address[0]), int(address[1]))) for family, _, _, _, address in found]


def _in_words(error: Exception) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    if "CERTIFICATE_VERIFY_FAILED" in words or "certificate verify failed" in words:
        return (
            "its certificate is not trusted. Where your company inspects TLS, name its certificates by SSL_CERT_FILE, "
            "or have this host left out of the inspection"
        )
    return words.replace(" ssl:default", "").replace(" ssl:<ssl.SSLContext object", "").rstrip(". ")


#: How to look at a place, by the word of the list.
LOOKS = {"https": https, "tls": tls, "tcp": tcp, "stun": udp}
