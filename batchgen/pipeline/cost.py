"""What a job may cost, and what it did cost, reckoned from a price list. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Letters in a word, the space included, where a script has no spaces to count.
_LETTERS = 6.0


@dataclass(frozen=True, slots=True)
class Prices:
    """A price list, as ``prices.toml`` has it: credits a minute, in steps."""

    table: Mapping[str, Any]

    def most(self, kind: str, content: Mapping[str, Any]) -> float:
        """Give the credits a job may cost at the most, by what is known before it is made."""
        return self._price(kind, content, self._longest_s(kind, content))

    def real(self, kind: str, content: Mapping[str, Any], duration_s: float | None) -> float:
        """Give the credits a job of this length costs; without a length, what it may cost at the most."""
        return self.most(kind, content) if duration_s is None else self._price(kind, content, duration_s)

    def _price(self, kind: str, content: Mapping[str, Any], seconds: float) -> float:
        name = "translation_precision" if content.get("mode") == "precision" else kind
        step = float(self.table["step_s"])
        steps = max(1, math.ceil(seconds / step - 1e-9))
        return float(self.table[name]["high"]) * steps * step / 60.0

    def _longest_s(self, kind: str, content: Mapping[str, Any]) -> float:
        if kind == "translation":
            end, start = content.get("end_time"), content.get("start_time", 0.0)
            return 60.0 * float(self.table["unknown_minutes"]) if end is None else max(0.0, float(end) - float(start))
        if kind == "template":
            texts = [str(one["properties"].get("content", "")) for one in content["variables"].values()]
            return float(self.table["silent_s"]) + sum(map(self._spoken_s, texts))
        return sum(self._scene_s(scene) for scene in content["scenes"])

    def _scene_s(self, scene: Mapping[str, Any]) -> float:
        voice = scene.get("voice", {})
        if voice.get("type") == "text":
            return self._spoken_s(voice.get("script", "")) / float(voice.get("speed", 1.0))
        if voice.get("type") == "audio":
            return 60.0 * float(self.table["unknown_minutes"])
        return float(voice.get("duration", self.table["silent_s"]))

    def _spoken_s(self, text: str) -> float:
        words = max(len(text.split()), len(text) / _LETTERS)
        return 60.0 * words / float(self.table["words_a_minute"])
