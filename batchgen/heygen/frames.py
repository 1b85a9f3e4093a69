"""Frame sizes as v2 says them (pixels) and as v3 does (a resolution and an aspect ratio).

HeyGen's v3 reference anchors the short edge to the resolution: 1080p is 1920x1080 lying, 1080x1920 standing,
1080x1350 in 4:5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchgen.model.content import Size

RESOLUTIONS = {"720p": 720, "1080p": 1080, "4k": 2160}
RATIOS = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1), "4:5": (4, 5), "5:4": (5, 4)}


def _pixels(edge: int, across: int, down: int) -> tuple[int, int]:
    short = min(across, down)
    return edge * across // short, edge * down // short


#: Resolution and aspect ratio → width and height.
FRAMES: dict[tuple[str, str], tuple[int, int]] = {
    (resolution, ratio): _pixels(edge, *shape)
    for resolution, edge in RESOLUTIONS.items()
    for ratio, shape in RATIOS.items()
}

_NAMES = {pixels: name for name, pixels in FRAMES.items()}


def named(size: Size) -> tuple[str, str] | None:
    """Give the resolution and aspect ratio that make exactly this frame."""
    return _NAMES.get((size["width"], size["height"]))


def nearest(size: Size) -> str:
    """Give the nearest frame that v3 has, as a manifest writes it: first by shape, then by size."""
    width, height = size["width"], size["height"]

    def distance(frame: tuple[int, int]) -> tuple[float, float]:
        shape = frame[0] / frame[1] / (width / height)
        area = frame[0] * frame[1] / (width * height)
        return max(shape, 1 / shape), max(area, 1 / area)

    best = min(_NAMES, key=distance)
    return f"{best[0]}x{best[1]}"


def sized(resolution: str | None, ratio: str | None) -> Size | None:
    """Give the frame that a resolution and an aspect ratio make; where one is absent, v2's own default stands in."""
    frame = FRAMES.get((resolution or "1080p", ratio or "16:9"))
    return None if frame is None else {"width": frame[0], "height": frame[1]}
