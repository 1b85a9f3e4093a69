"""Pictures and sound of a session by WebRTC: HeyGen makes an offer, and aiortc answers it."""

from __future__ import annotations

import logging
from contextlib import suppress
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING, Any

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from batchgen.model.address import is_loopback
from batchgen.session.flow import Flow
from batchgen.session.interface import MediaError
from batchgen.session.recorder import Recorder

if TYPE_CHECKING:
    from pathlib import Path

    from batchgen.model.session import Opening

# What these libraries notice on the way is told by how the session goes, and not on a person's screen.
for _library in ("aiortc", "aioice"):
    logging.getLogger(_library).setLevel(logging.CRITICAL + 1)


class WebRtc:
    """See ``Media``."""

    async def join(self, opening: Opening, *, record: Path | None) -> WebRtcStream:
        """See ``Media.join``."""
        if opening.offer is None:
            raise MediaError("HeyGen opened the session and said nothing of how it is reached.")
        servers = [
            RTCIceServer(urls=list(one.urls), username=one.username or None, credential=one.credential or None)
            for one in opening.ice_servers
        ]
        recorder = None if record is None else Recorder(record)
        stream = WebRtcStream(RTCPeerConnection(RTCConfiguration(iceServers=servers)), recorder)
        try:
            await stream.take_up(opening.offer)
        except Exception as error:
            # Whatever was in the offer: aiortc raises what its parsers raise.
            await stream.close()
            raise MediaError(f"HeyGen's offer of pictures and sound cannot be taken up: {error}") from error
        return stream


class WebRtcStream(Flow):
    """See ``Stream``."""

    def __init__(self, connection: RTCPeerConnection, recorder: Recorder | None) -> None:
        super().__init__(recorder)
        self._connection = connection
        connection.on("track", self._pull)
        connection.on("datachannel", self._listen)
        connection.on("connectionstatechange", self._changed)

    async def take_up(self, offer: str) -> None:
        """Answer an offer. Ways to this machine are gathered with that, and told in the answer and one by one."""
        _AT_HOME.set(_is_at_home(offer))
        await self._connection.setRemoteDescription(RTCSessionDescription(sdp=offer, type="offer"))
        answer = await self._connection.createAnswer()
        await self._connection.setLocalDescription(answer)
        self.answer = self._connection.localDescription.sdp
        self.candidates = _candidates(self.answer)

    async def leave(self) -> None:
        """See ``Flow.leave``."""
        await self._connection.close()

    def _pull(self, track: Any) -> None:
        self.pull(self._record(track))

    async def _record(self, track: Any) -> None:
        with suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                if track.kind == "video":
                    self.flowing.set()
                if self.recorder is not None:
                    self.recorder.take(track.kind, frame)

    def _listen(self, channel: Any) -> None:
        channel.on("message", self.events.take)

    def _changed(self) -> None:
        if self._connection.connectionState in {"failed", "closed"}:
            self.events.end()


#: Whether who makes the offer is on this machine, and on no other.
_AT_HOME: ContextVar[bool] = ContextVar("at_home", default=False)


def _is_at_home(offer: str) -> bool:
    hosts = [one.split()[4] for one, _ in _candidates(offer)]
    return bool(hosts) and all(map(is_loopback, hosts))


def _reach_home() -> None:
    """Have this machine reached by its own address where both are on it: aioice leaves that one out.

    It has no setting for it. A machine without a network has no other address.
    """
    ice = import_module("aioice.ice")
    usual = ice.get_host_addresses

    def addresses(*, use_ipv4: bool, use_ipv6: bool) -> list[str]:
        return ["127.0.0.1"] if _AT_HOME.get() else list(usual(use_ipv4=use_ipv4, use_ipv6=use_ipv6))

    ice.get_host_addresses = addresses  # type: ignore[attr-defined]


_reach_home()


def _candidates(sdp: str) -> list[tuple[str, str]]:
    """Give the candidates of an SDP, each with the id of the medium that it is for."""
    found: list[tuple[str, str]] = []
    for medium in sdp.split("\nm=")[1:]:
        lines = medium.splitlines()
        mid = next((one.removeprefix("a=mid:") for one in lines if one.startswith("a=mid:")), "0")
        found += [(one.removeprefix("a="), mid) for one in lines if one.startswith("a=candidate:")]
    return found
