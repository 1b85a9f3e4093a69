"""Records pictures and sound as they arrive into an mp4 that plays everywhere.

While it grows it is in fragments, so that a crash leaves a file that plays up to there; at its end it is written once
more, without encoding anything again, with its index in front.
"""

from __future__ import annotations

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av

from batchgen.model.errors import DiskError
from batchgen.model.session import Recording

if TYPE_CHECKING:
    from pathlib import Path

#: Samples a second: what Opus gives, whatever it was given.
_RATE = 48_000
#: Ticks a second of the film's clock.
_TICKS = 90_000
#: A gap of sound longer than this, in seconds, is filled with silence, or all that follows would come too early.
_GAP_S = 0.06
#: Pictures from one that stands alone to the next.
_KEY = 30
_PICTURE = {"preset": "veryfast", "tune": "zerolatency"}
#: Frames that may wait to be written: pictures and sound of two or three seconds.
_BEHIND = 200
#: A fragment each half second, on disk as soon as it is whole.
_FRAGMENTS = {"movflags": "empty_moov+default_base_moof", "frag_duration": "500000", "flush_packets": "1"}


class Recorder:
    """One film in the making. Encoding is done in a thread of its own, in the order of arrival."""

    def __init__(self, path: Path) -> None:
        """Begin a film at a path. Raises ``DiskError``."""
        self._path, self._part = path, path.with_name(path.name + ".part")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="recorder")
        self._pending: set[asyncio.Future[None]] = set()
        self._failed: Exception | None = None
        self._picture: Any = None
        self._sound: Any = None
        self._origin: float | None = None  #: When the first frame of all arrived, on the loop's clock.
        self._offsets: dict[str, float] = {}  #: Track → seconds of the film at which its own clock began.
        self._heard_to = 0  #: Samples of sound so far.
        self._last = -1  #: The last picture's tick.
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._film: Any = av.open(str(self._part), "w", format="mp4", options=_FRAGMENTS)
        except OSError as error:
            raise DiskError(f"{path}: the recording cannot be written there ({error.strerror}).") from error
        self._sound = self._film.add_stream("aac", rate=_RATE, layout="stereo")
        self._resampler = av.AudioResampler(format="fltp", layout="stereo", rate=_RATE)

    def take(self, kind: str, frame: Any) -> None:
        """Take a frame as it arrives: of ``video`` or ``audio``.

        A machine that is too slow for all pictures leaves some out, rather than to be further behind with each.
        """
        if kind == "video" and len(self._pending) > _BEHIND:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._origin = now if self._origin is None else self._origin
        at = float(frame.pts * frame.time_base) if frame.pts is not None and frame.time_base else now
        offset = self._offsets.setdefault(kind, now - self._origin - at)
        write = self._write_picture if kind == "video" else self._write_sound
        job = loop.run_in_executor(self._thread, self._guarded, write, frame, at + offset)
        self._pending.add(job)
        job.add_done_callback(self._pending.discard)

    async def finish(self) -> Recording | None:
        """End the film and give it; None where there was nothing to record. Raises ``DiskError``."""
        if self._pending:
            await asyncio.wait(self._pending)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._finish)
        finally:
            self._thread.shutdown(wait=False)

    def _guarded(self, write: Any, frame: Any, at: float) -> None:
        """Write a frame; after one that could not be written nothing else is."""
        if self._failed is None:
            try:
                write(frame, at)
            except Exception as error:  # noqa: BLE001 - it is told at the end, where somebody can hear it
                self._failed = error

    def _write_picture(self, frame: Any, at: float) -> None:
        if self._picture is None:
            self._picture = stream = self._film.add_stream("libx264", rate=30, options=_PICTURE)
            # Chroma comes in pairs of pixels.
            stream.width, stream.height, stream.pix_fmt = frame.width // 2 * 2, frame.height // 2 * 2, "yuv420p"
            stream.gop_size = _KEY
            stream.codec_context.time_base = Fraction(1, _TICKS)
        stream = self._picture
        if (frame.width, frame.height) != (stream.width, stream.height) or frame.format.name != "yuv420p":
            frame = frame.reformat(width=stream.width, height=stream.height, format="yuv420p")
        self._last = frame.pts = max(self._last + 1, round(at * _TICKS))
        frame.time_base = Fraction(1, _TICKS)
        self._film.mux(stream.encode(frame))

    def _write_sound(self, frame: Any, at: float) -> None:
        if self._picture is None:
            return  # A film's streams are fixed with its first packet, and it is to have a picture.
        gap = at - self._heard_to / _RATE
        if gap > _GAP_S:
            self._mux_sound(_silence(round(gap * _RATE)))
        for ready in self._resampler.resample(frame):
            self._mux_sound(ready)

    def _mux_sound(self, frame: Any) -> None:
        frame.pts, frame.time_base, frame.sample_rate = self._heard_to, Fraction(1, _RATE), _RATE
        self._heard_to += frame.samples
        self._film.mux(self._sound.encode(frame))

    def _finish(self) -> Recording | None:
        if self._picture is None:
            self._film.close()
            self._part.unlink(missing_ok=True)
            return None
        try:
            self._film.mux(self._picture.encode(None))
            self._film.mux(self._sound.encode(None))
            self._film.close()
            if self._failed is not None:
                raise self._failed
            seconds = _rewrite(self._part, self._path)
            self._part.unlink()
            with self._path.open("rb") as whole:
                digest = "sha256:" + hashlib.file_digest(whole, "sha256").hexdigest()
                size = whole.tell()
        except (OSError, av.FFmpegError) as error:
            raise DiskError(f"{self._path}: the recording could not be written ({error}).") from error
        return Recording(path=str(self._path), size=size, digest=digest, duration_s=seconds)


def picture(width: int, height: int, planes: bytes) -> Any:
    """Make a frame of three planes, I420 as it is called, one behind the other without a gap."""
    frame: Any = av.VideoFrame(width, height, "yuv420p")
    start = 0
    for plane, rows, columns in zip(
        frame.planes, (height, -(-height // 2), -(-height // 2)), (width, -(-width // 2), -(-width // 2)), strict=True
    ):
        padding = bytes(plane.line_size - columns)
        lines = (planes[start + row * columns : start + (row + 1) * columns] for row in range(rows))
        plane.update(b"".join(line + padding for line in lines))
        start += rows * columns
    return frame


def sound(samples: int, rate: int, interleaved: bytes) -> Any:
    """Make a frame of two channels of 16 bits, sample by sample."""
    frame: Any = av.AudioFrame(format="s16", layout="stereo", samples=samples)
    frame.sample_rate = rate
    plane = frame.planes[0]
    plane.update(interleaved + bytes(plane.buffer_size - len(interleaved)))
    return frame


def _silence(samples: int) -> Any:
    frame: Any = av.AudioFrame(format="fltp", layout="stereo", samples=samples)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return frame


def _rewrite(part: Path, path: Path) -> float:
    """Copy a film packet by packet to a file with its index in front; give its seconds."""
    whole = path.with_name(path.name + ".whole")
    with av.open(str(part)) as source, av.open(str(whole), "w", format="mp4", options={"movflags": "+faststart"}) as to:
        streams = {stream.index: to.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                to.mux(packet)
    whole.replace(path)
    with av.open(str(path)) as film:
        return float(film.duration or 0) / av.time_base
