"""What a job may cost, and what it did cost, reckoned from a price list. Pure.

Rule: an amount has a unit, and amounts of different units are never added.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchgen.model.nature import NATURES, Measure
from batchgen.pipeline.money.length import Known, length, longest
from batchgen.pipeline.money.speech import Span, Speech

if TYPE_CHECKING:
    from collections.abc import Mapping

CREDITS = "credits"

#: The names a price list has, besides those of its own settings.
RATES = (
    "avatar",
    "talking_photo",
    "image",
    "no_avatar",
    "template",
    "translation",
    "translation_precision",
    "translation_audio",
    "extra_4k",
)

#: Names that a list may have: of some plans no page tells these. What is not told is unknown, and never 0.
UNTOLD = tuple(name for one in NATURES.values() for name in one.prices if not one.flat and name not in RATES)

#: Those among them that are prices of a video whatever its length.
FLAT = tuple(name for one in NATURES.values() if one.flat for name in one.prices)


@dataclass(frozen=True, slots=True)
class Range:
    """An amount between the least and the most, in the unit of its price list."""

    low: float
    high: float

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """What one plan of one generation of the API charges."""

    api: str
    plan: str
    unit: str  #: ``credits`` or ``usd``.
    rates: Mapping[str, Range]  #: A second; of those in ``FLAT`` a video.
    step_s: Range  #: Seconds are billed in steps; ``low`` and ``high`` differ where nobody says which.
    speech: Speech
    unknown_s: float  #: What a budget takes a length for that nobody tells.
    silent_s: float  #: The same, of what has neither text nor source.
    at_once: int = 1  #: Jobs that the plan lets render side by side.
    source: str = ""  #: Where it was read.

    @property
    def name(self) -> str:
        """The list, as it is named in settings."""
        return f"{self.api}.{self.plan}"

    def expected(self, kind: str, content: Mapping[str, Any], known: Known) -> Range | None:
        """Give what a job will cost; None where its length or its price is not known."""
        span = length(kind, content, self.speech, known)
        if span is None and not content.get("test") and not NATURES[kind].flat:
            return None
        return self._price(kind, content, span or Span.exactly(0.0))

    def most(self, kind: str, content: Mapping[str, Any], known: Known) -> float | None:
        """Give what a budget sets aside for a job: the most it may cost, by what is known before it is made.

        None where its price is not known: no budget can hold it.
        """
        seconds = longest(kind, content, self.speech, known, blank=self.unknown_s, silent=self.silent_s)
        price = self._price(kind, content, Span.exactly(seconds))
        return None if price is None else price.high

    def least(self, kind: str, content: Mapping[str, Any]) -> float:
        """Give what a job costs at the very least: its shortest video; nothing that is known of is nothing."""
        price = self._price(kind, content, Span.exactly(0.0))
        return 0.0 if price is None else price.low

    def real(self, kind: str, content: Mapping[str, Any], known: Known, duration_s: float | None) -> float | None:
        """Give what a job of this length costs; without a length, what was set aside for it. None: nobody knows."""
        if duration_s is None:
            return self.most(kind, content, known)
        price = self._price(kind, content, Span.exactly(duration_s))
        return None if price is None else price.high

    def tells(self, kind: str, content: Mapping[str, Any]) -> bool:
        """Tell whether it has a price for such a job."""
        return self._rate(kind, content) is not None

    def _price(self, kind: str, content: Mapping[str, Any], span: Span) -> Range | None:
        rate = self._rate(kind, content)
        if rate is None or NATURES[kind].flat:
            return rate
        return Range(rate.low * _steps(span.low, self.step_s.low), rate.high * _steps(span.high, self.step_s.high))

    def _rate(self, kind: str, content: Mapping[str, Any]) -> Range | None:
        """Give the price of a second, with all that the content asks for."""
        if content.get("test"):
            return Range(0.0, 0.0)  # HeyGen's documents of v2: `test` renders take no credits.
        rate = self._own(kind, content)
        if rate is not None and content.get("translate_audio_only"):
            audio = self.rates["translation_audio"]
            # No page says whether precision costs more where only the sound is translated.
            return Range(audio.low, max(audio.high, rate.high)) if _is_precise(content) else audio
        if rate is not None and _is_4k(content):
            return rate + self.rates["extra_4k"]
        return rate

    def _own(self, kind: str, content: Mapping[str, Any]) -> Range | None:
        """Give the kind's own price, or that of who is seen: where scenes differ, each second may be of the dearest."""
        if names := NATURES[kind].prices:
            return self.rates.get(names[-1 if _is_precise(content) else 0])
        found = [self.rates[_seen(scene)] for scene in content["scenes"]] or [self.rates["avatar"]]
        return Range(min(one.low for one in found), max(one.high for one in found))


#: The shorter edge of a 4k frame, in pixels.
_EDGE_4K = 2160

#: All that the price of what is made from a source can depend on.
_PRICED = ("mode", "translate_audio_only", "start_time", "end_time", "test")


def essence(kind: str, content: Mapping[str, Any], known: Known) -> tuple[Any, ...] | None:
    """Give all that a job's price depends on, where that is little: jobs that are alike in it cost the same.

    None: its price depends on what is said in it.
    """
    return (kind, known.length_s, *map(content.get, _PRICED)) if NATURES[kind].measure is Measure.SOURCE else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Every price list there is."""

    lists: tuple[PriceList, ...]
    plan: str | None = None  #: The plan that settings name, for whichever generation has it.
    date: str = ""  #: When the lists that come with batchgen were read.
    digest: str = ""  #: Of all of it: a saved plan holds for these prices alone.

    def fitting(self, api: str, unit: str | None) -> list[PriceList]:
        """Give the lists that may hold for an account that pays in ``unit``; None: nobody said."""
        mine = [one for one in self.lists if one.api == api]
        chosen = [one for one in mine if one.plan == self.plan] or mine
        return [one for one in chosen if one.unit == unit] or ([] if unit else chosen) or chosen[:1]

    def pick(self, api: str, unit: str | None) -> PriceList:
        """Give the list that holds, or the first that may."""
        found = self.fitting(api, unit)
        return next((one for one in found if one.unit == CREDITS), found[0]) if unit is None else found[0]


def _is_precise(content: Mapping[str, Any]) -> bool:
    return content.get("mode") == "precision"


def _is_4k(content: Mapping[str, Any]) -> bool:
    """Tell whether the frame is of 4k, by its name or by its pixels: v3's reference counts the shorter edge."""
    size = content.get("dimension")
    return content.get("resolution") == "4k" or (size is not None and min(size["width"], size["height"]) >= _EDGE_4K)


def _seen(scene: Mapping[str, Any]) -> str:
    return str(scene.get("character", {}).get("type", "no_avatar"))


def _steps(seconds: float, step: float) -> float:
    """Give the seconds that are billed for so many."""
    return max(1, math.ceil(seconds / step - 1e-9)) * step
