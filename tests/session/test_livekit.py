"""The LiveKit protocol as far as it can be tried without its server: with the SDK's own tracks, frames and errors."""

from __future__ import annotations

import asyncio
import json

import av
import pytest
from livekit import rtc

from batchgen.model.session import Opening
from batchgen.session.interface import MediaError
from batchgen.session.livekit import LiveKit, LiveKitStream
from batchgen.session.recorder import Recorder


async def test_tracks_of_a_room_become_a_film(tmp_path):
    room = rtc.Room()
    stream = LiveKitStream(room, Recorder(tmp_path / "film.mp4"))
    pictures, sounds = rtc.VideoSource(160, 90), rtc.AudioSource(48_000, 2)
    room.emit("track_subscribed", rtc.LocalVideoTrack.create_video_track("v", pictures), None, None)
    room.emit("track_subscribed", rtc.LocalAudioTrack.create_audio_track("a", sounds), None, None)

    for number in range(15):
        await asyncio.sleep(0.03)
        shade = bytes([16 + number * 10]) * (160 * 90) + bytes([128]) * (2 * 80 * 45)
        pictures.capture_frame(rtc.VideoFrame(160, 90, rtc.VideoBufferType.I420, shade))
        await sounds.capture_frame(rtc.AudioFrame(b"\x10\x27" * 2 * 480, 48_000, 2, 480))
    await stream.connected(5)
    recording = await stream.close()

    with av.open(recording.path) as film:
        shades = [frame.to_ndarray()[0, 0] for frame in film.decode(video=0)]
    assert shades == sorted(shades)
    assert shades[-1] - shades[0] > 50
    assert recording.duration_s > 0.2


async def test_data_of_a_room_are_events_and_its_end_is_told():
    room = rtc.Room()
    stream = LiveKitStream(room, None)
    told = json.dumps({"type": "avatar_stop_talking", "task_id": "t", "duration_ms": 900}).encode()

    room.emit("data_received", rtc.DataPacket(data=told, kind=0, participant=None))
    room.emit("data_received", rtc.DataPacket(data=b"\x00 no event", kind=0, participant=None))
    heard = await stream.hear(1)
    room.emit("disconnected", 1)

    assert (heard.type, heard.task_id, heard.duration_s) == ("avatar_stop_talking", "t", 0.9)
    with pytest.raises(MediaError, match="ended the session"):
        await stream.hear(1)


async def test_a_room_that_cannot_be_joined_is_told_without_its_token(tmp_path):
    opening = Opening(session_id="s", room="ws://127.0.0.1:9", access_token="secret-token")

    with pytest.raises(MediaError, match=r"ws://127\.0\.0\.1:9 cannot be joined") as told:
        await LiveKit().join(opening, record=tmp_path / "film.mp4")

    assert "secret-token" not in str(told.value)
    assert not list(tmp_path.iterdir())


async def test_a_session_without_a_room_is_no_session_of_livekit():
    with pytest.raises(MediaError, match="nothing of a LiveKit room"):
        await LiveKit().join(Opening(session_id="s", offer="v=0"), record=None)
