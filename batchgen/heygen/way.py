"""What broke on the way of a request to the API, in words, and whether a byte of it may have left.

Rule: it is ``NotSent`` only where it is certain that not a byte of the request left. Whatever else goes wrong is
``NoReply``, since the server may have read the request and acted on it.
"""

from __future__ import annotations

from http.client import PROXY_AUTHENTICATION_REQUIRED
from typing import TYPE_CHECKING

from batchgen.model.errors import NoReply, NotSent
from batchgen.model.network import PROXY_REMEDY, UNREADABLE_PROXY, connecting, is_of_tunnel, unread_certificates

if TYPE_CHECKING:
    from types import SimpleNamespace

    from batchgen.model.errors import TransportError

with unread_certificates():
    import aiohttp

#: Letters a key has at the least to be one. A shorter one is a rehearsal's, and would be found in every other word.
SECRET = 8

#: What comes before a connection stands. Whatever is not among these may come after the server has read the request.
_BEFORE: tuple[type[BaseException], ...] = (
    aiohttp.ClientConnectorError,  # name not found, refused, unreachable, TLS, certificate, no proxy
    aiohttp.ConnectionTimeoutError,  # connecting took too long, or no connection became free
    aiohttp.ClientHttpProxyError,  # the proxy refused to open a tunnel
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)


class Way:
    """Whether a request has no connection to go by yet: a tunnel through a proxy stands only once the proxy agreed.

    Only where that was told: what nobody tells of may have left.
    """

    is_being_made = False


def telling_of_tunnels() -> aiohttp.TraceConfig:
    """Have each request's way told while its connection is made. What goes wrong meanwhile let nothing leave.

    By its class alone no error tells: a proxy that hangs up while it is asked for a tunnel is told like a server that
    hangs up with the request in its hands.
    """

    async def begins(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        context.trace_request_ctx.is_being_made = True

    async def stands(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        context.trace_request_ctx.is_being_made = False

    tracing = aiohttp.TraceConfig()
    tracing.on_connection_create_start.append(begins)
    tracing.on_connection_create_end.append(stands)
    tracing.on_connection_reuseconn.append(stands)
    return tracing


def translated(error: Exception, way: Way, *, hide: str) -> TransportError:
    """Say what an error means for the request, and why, without the secret it was signed with."""
    words = _in_words(error, way)
    if len(hide) >= SECRET:
        words = words.replace(hide, "***")
    of_network = isinstance(error, aiohttp.ClientError | OSError)
    if isinstance(error, _BEFORE) or is_of_tunnel(error) or (of_network and way.is_being_made):
        return NotSent(f"The server was not reached: {words}")
    return NoReply(f"No whole reply came back: {words}")


def _in_words(error: Exception, way: Way) -> str:
    # By itself such an error quotes its address, and with it the password of the proxy.
    if isinstance(error, aiohttp.ClientHttpProxyError):
        helps = f": {PROXY_REMEDY}" if error.status == PROXY_AUTHENTICATION_REQUIRED else ""
        return f"the proxy answered {error.status} {error.message}{helps}"
    if isinstance(error, aiohttp.ClientResponseError):
        return f"{'the proxy' if is_of_tunnel(error) else 'the server'} answered with something else than HTTP"
    if isinstance(error, aiohttp.InvalidURL):  # The address of the API was read before.
        return UNREADABLE_PROXY
    if isinstance(error, aiohttp.ClientConnectorError):
        return connecting(error)
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError) and way.is_being_made:
        return "the proxy hung up instead of opening a way"
    return str(error) or type(error).__name__
