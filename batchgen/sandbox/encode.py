"""Makes films: real, playable H.264 with a soft tone, showing what was asked for.

The same spec gives the same bytes each time, so that a download can be taken up again by range after any break.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from math import pi
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import wrap
from typing import Any

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from batchgen.sandbox.film_spec import FilmSpec

FPS = 12  #: Frames a second; enough to see that it plays.
_RATE = 22_050  # samples a second
_CODECS = {
    "mp4": ("libx264", {"preset": "ultrafast", "crf": "30", "threads": "1"}, "aac"),
    "webm": ("libvpx", {"deadline": "realtime", "cpu-used": "8", "threads": "1"}, "libopus"),
}
#: Fonts with more letters than Pillow's own, where the machine has one.
_FONTS = ("DejaVuSans.ttf", "Arial Unicode.ttf", "arial.ttf")


def make(spec: FilmSpec) -> bytes:
    """Encode one film."""
    # The index goes ahead of the frames, for which the encoder reads its own file again: so it must have a name.
    container_options = {"movflags": "+faststart"} if spec.container == "mp4" else {}
    with TemporaryDirectory() as folder:
        path = Path(folder, "film")
        _encode(spec, av.open(str(path), "w", format=spec.container, options=container_options))
        return path.read_bytes()


def _encode(spec: FilmSpec, output: Any) -> None:
    codec, options, sound = _CODECS[spec.container]
    with output as container:
        picture = container.add_stream(codec, rate=FPS, options=options)
        picture.width, picture.height, picture.pix_fmt = spec.width, spec.height, "yuv420p"
        tone = container.add_stream(sound, rate=48_000 if sound == "libopus" else _RATE, layout="mono")
        for frame in _frames(spec):
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        for frame in _tone(spec.seconds, tone.rate):
            container.mux(tone.encode(frame))
        container.mux(tone.encode(None))


def _frames(spec: FilmSpec) -> Iterator[Any]:
    page = _page(spec)
    count = round(spec.seconds * FPS)
    dark = _is_dark(spec.background)
    bar = max(4, spec.height // 90)
    for number in range(count):
        width = max(2, spec.width * (number + 1) // count)
        page.paste("#ffffff" if dark else "#222222", (0, spec.height - bar, width, spec.height))
        frame: Any = av.VideoFrame.from_ndarray(np.asarray(page), format="rgb24")
        frame.pts = number
        yield frame


def _tone(seconds: float, rate: int) -> Iterator[Any]:
    """Give a soft A, so that a player has something to play."""
    time = np.arange(int(seconds * rate)) / rate
    wave = (0.04 * np.sin(2 * pi * 220 * time)).astype(np.float32)
    for start in range(0, len(wave), 960):
        frame = av.AudioFrame.from_ndarray(wave[None, start : start + 960], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = rate, start
        yield frame


def _page(spec: FilmSpec) -> Image.Image:
    """Draw the text over the background."""
    page = Image.new("RGB", (spec.width, spec.height), spec.background)
    draw = ImageDraw.Draw(page)
    ink = "#ffffff" if _is_dark(spec.background) else "#222222"
    margin = spec.width // 16
    top = spec.height // 8
    for text, size in _lines(spec, spec.width - 2 * margin):
        if top + size > spec.height - margin // 2:
            break
        letters = font(size)
        draw.text((margin, top), legible(text, letters), font=letters, fill=ink)
        top += round(size * 1.35)
    return page


def _lines(spec: FilmSpec, room: int) -> list[tuple[str, int]]:
    """Break the text into lines and sizes in pixels: a headline, and what is said in smaller letters."""
    large, small = max(10, min(spec.width, spec.height) // 10), max(8, min(spec.width, spec.height) // 18)
    lines = [(text, large) for text in _wrapped(spec.headline, large, room)[:3]]
    for line in spec.lines:
        lines += [(text, small) for text in _wrapped(line, small, room)]
    return lines


def _wrapped(text: str, size: int, room: int) -> list[str]:
    return wrap(text[:1_000], max(6, int(room / (size * 0.62))))


def _is_dark(colour: str) -> bool:
    digits = colour.lstrip("#")
    red, green, blue = (digits[n] * 2 for n in range(3)) if len(digits) == 3 else (digits[0:2], digits[2:4], digits[4:])
    return int(red, 16) * 3 + int(green, 16) * 6 + int(blue, 16) < 1_280


@cache
def font(size: int) -> Any:
    """Find a font of this many pixels; Pillow's own knows plain Latin letters only."""
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def legible(text: str, font: Any) -> str:
    """Take the accents off where the font would draw boxes for them."""
    if isinstance(font.path, str):  # a font of the machine's own
        return text
    folded = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in folded if not unicodedata.combining(letter))
