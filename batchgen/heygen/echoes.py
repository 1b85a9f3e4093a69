"""What a connection says without being asked, such as a reply for the second time, is no reply to the next request.

It would give a row another row's video, and leave its own paid for and never fetched.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakSet

from batchgen.model.network import unread_certificates

if TYPE_CHECKING:
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection

with unread_certificates():
    import aiohttp


#: Connections whose last reply has not been held against the one before. aiohttp gives a connection back with the last
#: byte of a reply, and so to the next request before whoever waits for that reply has seen it.
_UNHEARD: WeakSet[ResponseHandler] = WeakSet()

#: Turns of the loop in which a reply that is all there is heard: one, and a few to spare.
_TURNS = 10


class SpokenTo(Exception):  # noqa: N818 - no error: there are other connections
    """A kept connection holds what nobody asked for."""


class Asking(aiohttp.ClientRequest):
    """A request that leaves only by a connection on which nothing waits to be read.

    What a server sends without being asked, such as a reply for the second time, lies on a kept connection until the
    next request goes by it, and would be read as the reply to that one: a row would be given another row's video.
    """

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        """Write the request. Raises ``SpokenTo`` before a byte of it has left."""
        if not await _is_silent(conn.protocol):
            conn.close()
            raise SpokenTo
        return await super().send(conn)


async def _is_silent(protocol: ResponseHandler | None) -> bool:
    """Whether all that this connection told has been heard, and nothing was wrong with it.

    Hung up on once a request is on it, it would take that one with it: unanswered, and perhaps accepted.
    """
    for _ in range(_TURNS):
        if protocol not in _UNHEARD:
            break
        await asyncio.sleep(0)
    return protocol is not None and protocol not in _UNHEARD and protocol.is_connected() and not protocol.should_close


class Answer(aiohttp.ClientResponse):
    """A reply that knows by which connection it came, also after that was given back."""

    protocol: ResponseHandler | None = None

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """Wait for the head of the reply."""
        self.protocol = connection.protocol
        if self.protocol is not None:
            _UNHEARD.add(self.protocol)
        return await super().start(connection)


class Echoes:
    """What each connection told last, and whether that was told of a request that creates."""

    def __init__(self) -> None:
        self._last: WeakKeyDictionary[ResponseHandler, tuple[bytes, bool]] = WeakKeyDictionary()

    def hang_up(self, response: aiohttp.ClientResponse, told: bytes, *, creates: bool) -> None:
        """Close a connection that said the same twice: what is read there may be one reply behind from then on.

        Questions have the same answer again and again; nothing that creates has a part in that.
        """
        protocol = response.protocol if isinstance(response, Answer) else None
        if protocol is None:
            return
        last, created = self._last.get(protocol, (None, False))
        if last == told and (creates or created):
            protocol.close()
        _UNHEARD.discard(protocol)
        self._last[protocol] = told, creates
