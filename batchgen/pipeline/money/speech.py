"""How long a text takes to be said, between a slow speaker and a fast one. Pure.

Words count, or letters where words are not written apart. What is matched is compiled when a text comes first: most
runs have none to reckon with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Letters in a word, the space included: a text of long words, or of none, takes as long as its letters.
_LETTERS = 6.0

#: HeyGen's voices take a pause in a script as ``<break time="1.5s"/>``; other tags are not spoken either.
_BREAK = r"(?i)<break\b[^>]*?time\s*=\s*[\"']?(\d*\.?\d+)\s*(ms|s)\b[^>]*>"
_TAG = r"(?i)</?[a-z][^>]*>"

#: What stands between spaces and holds something that is spoken.
_WORD = r"\S*\w\S*"
#: "3,456,789" is one word to the eye and a dozen to the ear: so many more at the most for each digit after the first.
_NEXT_DIGIT, _WORDS_A_DIGIT = r"(?<=\d)[.,:/-]?\d", 1.5

_KANA = r"\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9d"
_HAN = r"\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_JAPANESE = f"[{_KANA}]"
#: Letters of writing without spaces between words, and the language whose pace they are read at.
_UNSPACED = {
    "Chinese": f"[{_HAN}]",
    "Japanese": f"[{_KANA}{_HAN}]",
    "Korean": r"[\uac00-\ud7af\u1100-\u11ff\u3130-\u318f]",
    "Thai": r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]",  # Lao, Burmese and Khmer are written alike.
}
#: Letters that give a language away, or the best known of those that are written with them.
_ALPHABETS = {
    "Arabic": r"[\u0600-\u06ff]",
    "Hebrew": r"[\u0590-\u05ff]",
    "Russian": r"[\u0400-\u04ff]",
}


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds, between the least and the most."""

    low: float
    high: float

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def at(self, speed: float) -> Span:
        """Give it at another speed; 2 is twice as fast."""
        return Span(self.low / speed, self.high / speed)

    @classmethod
    def exactly(cls, seconds: float) -> Self:
        """Give a length that is known."""
        return cls(seconds, seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """How fast languages are spoken, as ``speech.toml`` has it: language → slow and fast, a minute."""

    words: Mapping[str, tuple[float, float]]
    letters: Mapping[str, tuple[float, float]]

    def span(self, text: str, language: str | None = None) -> Span:
        """Give how long a text takes to be said. ``language`` is a name, such as ``Spanish (Spain)``, where known."""
        total = Span.exactly(0.0)
        if "<" in text:
            pauses = re.findall(_BREAK, text)
            total += Span.exactly(sum(float(n) / (1000 if unit.lower() == "ms" else 1) for n, unit in pauses))
            text = re.sub(_TAG, " ", text)
        if not text.isascii():
            text, total = self._unspaced(text, total)
        words = re.findall(_WORD, text)
        letters = (sum(map(len, words)) + len(words)) / _LETTERS
        least, most = sorted((float(len(words)), letters))
        most += _WORDS_A_DIGIT * len(re.findall(_NEXT_DIGIT, text))
        return total + self._at(self.words[self._language(text, language)], least, most)

    def _unspaced(self, text: str, total: Span) -> tuple[str, Span]:
        """Count letters of writing without spaces; give the rest of the text, and the length so far."""
        han = "Japanese" if re.search(_JAPANESE, text) else "Chinese"
        for name in (han, "Korean", "Thai"):
            text, count = re.subn(_UNSPACED[name], " ", text)
            total += self._at(self.letters[name], count, count)
        return text, total

    def _language(self, text: str, language: str | None) -> str:
        name = (language or "").partition(" (")[0].strip()
        if name in self.words:
            return name
        if text.isascii():
            return "any"
        return next((name for name, writing in _ALPHABETS.items() if re.search(writing, text)), "any")

    @staticmethod
    def _at(pace: tuple[float, float], least: float, most: float) -> Span:
        slow, fast = pace
        return Span(60.0 * least / fast, 60.0 * most / slow)
