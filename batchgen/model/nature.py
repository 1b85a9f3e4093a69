"""What the rest of batchgen has to know of each kind beside what its rows say: a line for each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Measure(Enum):
    """What tells how long a video will be."""

    SCENES = auto()  #: What is said in its scenes.
    SOURCE = auto()  #: The video that it is made from, or the part of it that is wanted.
    TEMPLATE = auto()  #: What its template says with the variables filled in.
    LINES = auto()  #: What is said while it is held.
    ASKED = auto()  #: The row itself.
    NOTHING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """The nature of one kind."""

    #: With whom its jobs are listed and asked about; their ids stand in a column ``video_id``.
    family: str = "video"
    #: Seconds from acceptance to the finished video, by HeyGen's documents; None: they do not say.
    renders_s: tuple[float, float] | None = (300.0, 900.0)
    late_s: float | None = 1200.0  #: The same in busy hours, as HeyGen's users report; None: nobody does.
    measure: Measure = Measure.SCENES
    #: The prices of its own that a list may tell, the second for what is made in ``precision``; none: it has those of
    #: who is seen in it.
    prices: tuple[str, ...] = ()
    flat: bool = False  #: Its price is that of a video, whatever its length.


NATURES: Mapping[str, Nature] = {
    "video": Nature(),
    "template": Nature(measure=Measure.TEMPLATE, prices=("template",)),
    "translation": Nature(
        family="translation",
        renders_s=(300.0, 2700.0),
        late_s=2700.0,
        measure=Measure.SOURCE,
        prices=("translation", "translation_precision"),
    ),
    # The agent's thinking comes before its render, and nobody tells how long it takes.
    "agent": Nature(renders_s=None, late_s=None, measure=Measure.NOTHING, prices=("agent",)),
    "lipsync": Nature(
        family="lipsync",
        renders_s=None,
        late_s=None,
        measure=Measure.SOURCE,
        prices=("lipsync", "lipsync_precision"),
    ),
    "image": Nature(),
    "cinematic": Nature(measure=Measure.ASKED, prices=("cinematic",), flat=True),
    # A session is not rendered: it lasts as long as what is said in it.
    "session": Nature(family="session", renders_s=None, late_s=None, measure=Measure.LINES, prices=("session",)),
}

#: Every family, in the order in which results have their ids.
FAMILIES = tuple(dict.fromkeys(nature.family for nature in NATURES.values()))


def family(kind: str) -> str:
    """Give with whom the jobs of a kind are listed and asked about."""
    return NATURES[kind].family


def families(kinds: Collection[str]) -> tuple[str, ...]:
    """Give the families of some kinds, in order; of none, the first."""
    found = {family(kind) for kind in kinds}
    return tuple(one for one in FAMILIES if one in found) or FAMILIES[:1]
