"""Pictures and sound of a session by a LiveKit room, which HeyGen's newer protocol gives its address and a token of."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from livekit import rtc

from batchgen.session.flow import FIREWALL, Flow
from batchgen.session.interface import MediaError
from batchgen.session.recorder import Recorder, picture, sound

if TYPE_CHECKING:
    from pathlib import Path

    from batchgen.model.session import Opening

# See ``webrtc``.
logging.getLogger("livekit").setLevel(logging.CRITICAL + 1)

#: Seconds in which a room has to let one in.
_JOIN_S = 20.0
_RATE, _CHANNELS = 48_000, 2


class LiveKit:
    """See ``Media``."""

    async def join(self, opening: Opening, *, record: Path | None) -> LiveKitStream:
        """See ``Media.join``."""
        if opening.room is None or opening.access_token is None:
            raise MediaError("HeyGen opened the session and said nothing of a LiveKit room.")
        room = rtc.Room()
        stream = LiveKitStream(room, None if record is None else Recorder(record))
        try:
            async with asyncio.timeout(_JOIN_S):
                await room.connect(opening.room, opening.access_token)
        except Exception as error:
            # The SDK's own errors and the network's: none of them names the token.
            await stream.close()
            reason = "it takes too long" if isinstance(error, TimeoutError) else error
            raise MediaError(f"The LiveKit room {opening.room} cannot be joined: {reason}. {FIREWALL}") from error
        return stream


class LiveKitStream(Flow):
    """See ``Stream``. A room makes no offer, so there is nothing to answer."""

    def __init__(self, room: Any, recorder: Recorder | None) -> None:
        super().__init__(recorder)
        self._room = room
        room.on("track_subscribed", self._subscribed)
        room.on("data_received", self._received)
        room.on("disconnected", self._disconnected)

    async def leave(self) -> None:
        """See ``Flow.leave``."""
        if self._room.isconnected():
            await self._room.disconnect()

    def _subscribed(self, track: Any, *_: Any) -> None:
        self.pull(self._pictures(track) if track.kind == rtc.TrackKind.KIND_VIDEO else self._sounds(track))

    async def _pictures(self, track: Any) -> None:
        stream = rtc.VideoStream(track, format=rtc.VideoBufferType.I420)
        try:
            async for event in stream:
                self.flowing.set()
                if self.recorder is not None:
                    frame = event.frame
                    self.recorder.take("video", picture(frame.width, frame.height, bytes(frame.data)))
        finally:
            await stream.aclose()

    async def _sounds(self, track: Any) -> None:
        stream = rtc.AudioStream(track, sample_rate=_RATE, num_channels=_CHANNELS)
        try:
            async for event in stream:
                if self.recorder is not None:
                    frame = event.frame
                    self.recorder.take("audio", sound(frame.samples_per_channel, frame.sample_rate, bytes(frame.data)))
        finally:
            await stream.aclose()

    def _received(self, packet: Any) -> None:
        self.events.take(packet.data)

    def _disconnected(self, *_: Any) -> None:
        self.events.end()
