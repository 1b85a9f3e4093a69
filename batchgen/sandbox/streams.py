"""Pictures and sound of sessions: real WebRTC, in which a card moves and a tone sounds while something is said.

aiortc is loaded when the first session wants an offer, and is not needed for anything else.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from fractions import Fraction
from importlib import import_module
from typing import Any

import av
import numpy as np
from PIL import Image, ImageDraw

from batchgen.sandbox.encode import font, legible
from batchgen.sandbox.sessions import Session, Speech, State
from batchgen.sandbox.wire import Answer, Live, as_json
from batchgen.sandbox.world import World

_FPS, _RATE = 15, 48_000
_SOUND = _RATE // 50  # samples in 20 ms, which is what Opus takes at a time
#: What the documents say of each quality: 720p, 480p and 360p.
_SIZES = {"high": (1280, 720), "medium": (854, 480), "low": (640, 360)}
_LOOK_S = 0.04  # how late an event may be told


class Streams:
    """The connections of all sessions of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._connections: dict[str, Any] = {}
        self._telling: set[asyncio.Task[None]] = set()
        self._closing: set[asyncio.Future[None]] = set()

    async def attend(self, answer: Answer, live: Live) -> Answer:
        """Do what an answer asks for, and put into it what came of that."""
        match live.verb:
            case "offer":
                return await self._offer(answer, live)
            case "answer":
                return await self._answered(answer, live)
            case "ice":
                await self._candidate(live)
            case "close":
                await self._close(live.session_id)
        return answer

    async def _offer(self, answer: Answer, live: Live) -> Answer:
        session = self._world.studio.live.at(live.session_id)
        if session is None:
            return answer
        try:
            rtc = import_module("aiortc")
        except ImportError:
            self._world.studio.live.end(session, "fault")
            told = "This sandbox has no WebRTC, which sessions need: pip install aiortc"
            return as_json({"code": 501, "message": told, "data": None}, 501)
        _stay_home()
        # No server helps two programs of one machine to find each other.
        configuration = rtc.RTCConfiguration(iceServers=[])
        connection = self._connections[session.id] = rtc.RTCPeerConnection(configuration)
        self._furnish(connection, session, rtc)
        await connection.setLocalDescription(await connection.createOffer())
        told = json.loads(answer.body)
        told["data"]["sdp"] = {"type": "offer", "sdp": connection.localDescription.sdp}
        answer.body = json.dumps(told).encode()
        return answer

    def _furnish(self, connection: Any, session: Session, rtc: Any) -> None:
        picture, sound = _tracks(session, self._world.now, rtc.MediaStreamTrack)
        connection.addTrack(sound)
        connection.addTrack(picture)
        wanted = f"video/{session.order.encoding}".lower()
        known = rtc.RTCRtpSender.getCapabilities("video").codecs
        for one in connection.getTransceivers():
            if one.kind == "video":
                one.setCodecPreferences([codec for codec in known if codec.mimeType.lower() == wanted])
        channel = connection.createDataChannel("events")
        self._spawn(self._tell(session, connection, channel))

    async def _answered(self, answer: Answer, live: Live) -> Answer:
        connection = self._connections.get(live.session_id)
        if connection is None:  # The sandbox was started again since, and its connections were not.
            return as_json({"code": 10005, "message": "Session state wrong: closed", "data": None}, 400)
        if self._world.options.faults.session_dark:
            return answer
        rtc = import_module("aiortc")
        try:
            await connection.setRemoteDescription(rtc.RTCSessionDescription(sdp=live.sdp, type="answer"))
        except Exception as error:  # noqa: BLE001 - whatever it is, the client's answer was none
            return as_json({"code": 400175, "message": f"sdp cannot be read: {error}", "data": None}, 400)
        return answer

    async def _candidate(self, live: Live) -> None:
        connection = self._connections.get(live.session_id)
        if connection is None or connection.remoteDescription is None:
            return
        candidate = import_module("aiortc.sdp").candidate_from_sdp(live.sdp.removeprefix("candidate:"))
        candidate.sdpMid = live.mid
        await connection.addIceCandidate(candidate)

    async def close(self) -> None:
        """Hang up on everybody."""
        for task in self._telling:
            task.cancel()
        await asyncio.gather(*self._telling, *self._closing, return_exceptions=True)
        for session_id in list(self._connections):
            await self._close(session_id)

    async def _close(self, session_id: str) -> None:
        connection = self._connections.pop(session_id, None)
        if connection is not None:
            # To its end, whoever stops waiting for it: half closed it would hold its sockets for ever.
            closing = asyncio.ensure_future(connection.close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
            await asyncio.shield(closing)

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self, session: Session, connection: Any, channel: Any) -> None:
        """Tell what happens in a session as it happens, and hang up when it has ended."""
        told: set[str] = set()
        mute = self._world.options.faults.session_mute
        while (state := session.state(self._world.now())) is not State.CLOSED:
            if state is State.CONNECTING and connection.connectionState == "connected":
                self._world.studio.live.connected(session.id)
            if state is State.CONNECTED and channel.readyState == "open" and "ready" not in told:
                told.add("ready")
                self._send(channel, mute, type="stream_ready")
            for speech in session.speeches:
                for event in _events(speech, self._world.now()):
                    if (name := speech.task_id + event["type"]) not in told:
                        told.add(name)
                        self._send(channel, mute, task_id=speech.task_id, **event)
            await asyncio.sleep(_LOOK_S)
        self._send(channel, mute, type="stream_disconnected")
        await self._close(session.id)

    def _send(self, channel: Any, mute: float, **event: Any) -> None:
        if channel.readyState == "open" and not mute:
            channel.send(json.dumps(event))


def _stay_home() -> None:
    """Take part on loopback alone, as everything of a sandbox does, and in silence. aioice has no setting for it."""
    for library in ("aiortc", "aioice"):
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)
    import_module("aioice.ice").get_host_addresses = lambda **_: ["127.0.0.1"]  # type: ignore[attr-defined]


def _events(speech: Speech, now: float) -> list[dict[str, Any]]:
    """Give what there is to tell of a speech by now."""
    told: list[dict[str, Any]] = []
    if now >= speech.begin:
        told.append({"type": "avatar_start_talking"})
        told.append({"type": "avatar_talking_message", "message": speech.said})
    if now >= speech.end:
        told.append({"type": "avatar_end_message"})
        told.append({"type": "avatar_stop_talking", "duration_ms": round((speech.end - speech.begin) * 1000)})
    return told


def _tracks(session: Session, now: Callable[[], float], base: Any) -> tuple[Any, Any]:
    """Make the two tracks of a session. aiortc's class is known when this is called, and not before."""

    class Picture(base):  # type: ignore[misc]
        kind = "video"

        def __init__(self) -> None:
            super().__init__()
            self._beat, self._card = _Beat(_FPS), _Card(session)

        async def recv(self) -> Any:
            number = await self._beat.next()
            frame: Any = av.VideoFrame.from_ndarray(self._card.draw(session.talking(now()), number), format="rgb24")
            frame.pts, frame.time_base = number * (90_000 // _FPS), Fraction(1, 90_000)
            return frame

    class Sound(base):  # type: ignore[misc]
        kind = "audio"

        def __init__(self) -> None:
            super().__init__()
            self._beat = _Beat(_RATE / _SOUND)

        async def recv(self) -> Any:
            number = await self._beat.next()
            loud = 3_000 if session.talking(now()) else 0
            at = (np.arange(_SOUND) + number * _SOUND) / _RATE
            wave = (loud * np.sin(2 * np.pi * 220 * at)).astype(np.int16)
            frame: Any = av.AudioFrame.from_ndarray(wave[None, :], format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = _RATE, number * _SOUND, Fraction(1, _RATE)
            return frame

    return Picture(), Sound()


class _Beat:
    """Frames at their time: a live stream is as fast as life."""

    def __init__(self, rate: float) -> None:
        self._rate, self._number, self._began = rate, -1, time.monotonic()

    async def next(self) -> int:
        self._number += 1
        await asyncio.sleep(max(0.0, self._began + self._number / self._rate - time.monotonic()))
        return self._number


class _Card:
    """What a session looks like: who speaks, what is said, and a bar that moves while it is."""

    def __init__(self, session: Session) -> None:
        self._who, self._size = session.order.avatar_id, _SIZES[session.order.quality]
        self._shown: str | None = None
        self._page = Image.new("RGB", self._size, "#203040")

    def draw(self, speech: Speech | None, number: int) -> Any:
        said = speech.said if speech else ""
        if said != self._shown:
            self._write(said)
        page = self._page
        if speech:
            width, height = self._size
            page = page.copy()
            left = (number * 40) % width
            ImageDraw.Draw(page).rectangle((left, height - 12, left + width // 6, height), fill="#80c0ff")
        return np.asarray(page)

    def _write(self, said: str) -> None:
        width, height = self._size
        self._shown, self._page = said, Image.new("RGB", self._size, "#203040")
        pen = ImageDraw.Draw(self._page)
        for text, size, top in ((self._who, height // 12, height // 6), (said[:60], height // 18, height // 2)):
            letters = font(size)
            pen.text((width // 16, top), legible(text, letters), font=letters, fill="#ffffff")
