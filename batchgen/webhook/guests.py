"""The connections of strangers: a bounded number of them, and none that stays for longer than a request takes.

An address is public, and each connection takes an open file of the same process that sends and downloads: enough of
them, opened and left, would stop the run. Nothing of what strangers do may.
"""

from __future__ import annotations

import asyncio
from typing import Generic, Protocol, TypeVar

#: Connections at once; systems begin at 256 open files a process.
MOST = 100
#: New connections that are taken at once before any is closed for them.
BACKLOG = 16
#: Seconds that a connection may stay without a request that arrives whole, be it the first or the next.
IDLE_S = 30.0
#: Seconds between two looks at who has stayed too long.
LOOK_S = 1.0


class Guest(Protocol):
    """What speaks with one connection."""

    def force_close(self) -> None:
        """End the connection at once."""


G = TypeVar("G", bound=Guest)


class Server(Protocol[G]):
    """What makes them."""

    @property
    def connections(self) -> list[G]:
        """Those whose connection is open."""

    def __call__(self) -> G:
        """Make one for a new connection."""


class Guests(Generic[G]):
    """Makes what speaks with each connection, and closes those that say nothing: the longest silent one first."""

    def __init__(self, server: Server[G], *, idle_s: float = IDLE_S) -> None:
        self._server = server
        self._idle_s = idle_s
        self._now = asyncio.get_running_loop().time
        self._silent: dict[G, float] = {}  #: Since when, the longest first.

    def __call__(self) -> G:
        """Take a new connection in; with too many, the longest silent one has to go."""
        while len(self._silent) >= MOST:
            self._close(next(iter(self._silent)))
        guest = self._server()
        self._silent[guest] = self._now()
        return guest

    def hear(self, guest: G) -> None:
        """Take note that a connection has asked something, or that it was answered."""
        if self._silent.pop(guest, None) is not None:
            self._silent[guest] = self._now()

    async def watch(self) -> None:
        """Close what stays too long, and forget what has gone, for as long as it is let."""
        while True:
            await asyncio.sleep(LOOK_S)
            there, now = set(self._server.connections), self._now()
            for guest, since in list(self._silent.items()):
                if now - since > self._idle_s:
                    self._close(guest)
                elif guest not in there and now - since > LOOK_S:
                    del self._silent[guest]

    def _close(self, guest: G) -> None:
        del self._silent[guest]
        guest.force_close()
