"""How long things take where they are to take as long as they really do: films, and their renders."""

from collections.abc import Mapping
from dataclasses import replace
from math import exp, log
from statistics import NormalDist

from batchgen.sandbox.draw import Draw
from batchgen.sandbox.job import Order

#: Nine of ten renders lie between these, in seconds: 5 to 15 minutes, and 5 to 45 for translations, as is reported.
#: Of agents and lipsyncs nothing is: the one thinks before it renders, the other works on a film as a translation does.
USUAL: Mapping[str, tuple[float, float]] = {
    "video": (300.0, 900.0),
    "template": (300.0, 900.0),
    "translation": (300.0, 2700.0),
    "cinematic": (300.0, 900.0),
    "agent": (600.0, 1800.0),
    "lipsync": (300.0, 2700.0),
}
#: What most voices speak.
WORDS_A_MINUTE = 150.0
#: Letters in a word, the space included, where a text has no spaces to count.
_LETTERS = 6.0
_SHORTEST_S = 2.0
_NORMAL = NormalDist()
#: So many standard deviations from the middle leave one in twenty outside on each side.
_TWENTIETH = _NORMAL.inv_cdf(0.95)


def render_s(draw: Draw, span: tuple[float, float]) -> float:
    """Draw how long a render takes: most near the middle, a few far longer, and nine of ten within the span."""
    low, high = max(span[0], 0.001), max(span[1], 0.001)
    middle, spread = (log(low) + log(high)) / 2, (log(high) - log(low)) / 2 / _TWENTIETH
    return exp(middle + spread * _NORMAL.inv_cdf(min(max(draw.number("render"), 1e-9), 1 - 1e-9)))


def in_full(order: Order, source_s: float) -> Order:
    """Give an order a film as long as its text takes to be spoken; one that is made of a link is as long as that."""
    return replace(order, film=replace(order.film, seconds=round(_film_s(order, source_s), 2)))


def _film_s(order: Order, source_s: float) -> float:
    if order.kind == "cinematic":
        return order.film.seconds
    if order.kind == "translation" or any("://" in line for line in order.film.lines):
        return source_s
    text = " ".join(order.film.lines)
    words = max(len(text.split()), len(text) / _LETTERS)
    return max(_SHORTEST_S, 60.0 * words / WORDS_A_MINUTE)
