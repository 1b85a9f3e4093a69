"""What a connection says without being asked, such as a reply for the second time, is no reply to the next request.

It would give a row another row's video, and leave its own paid for and never fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from batchgen.model.network import unread_certificates

if TYPE_CHECKING:
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection

with unread_certificates():
    import aiohttp


class SpokenTo(Exception):  # noqa: N818 - no error: there are other connections
    """A kept connection holds what nobody asked for."""


class Asking(aiohttp.ClientRequest):
    """A request that leaves only by a connection on which nothing waits to be read.

    What a server sends without being asked, such as a reply for the second time, lies on a kept connection until the
    next request goes by it, and would be read as the reply to that one: a row would be given another row's video.
    """

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        """Write the request. Raises ``SpokenTo`` before a byte of it has left."""
        if conn.protocol is None or conn.protocol.should_close:
            conn.close()
            raise SpokenTo
        return await super().send(conn)


class Answer(aiohttp.ClientResponse):
    """A reply that knows by which connection it came, also after that was given back."""

    protocol: ResponseHandler | None = None

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """Wait for the head of the reply."""
        self.protocol = connection.protocol
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
        self._last[protocol] = told, creates
