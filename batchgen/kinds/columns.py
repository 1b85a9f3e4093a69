"""Small parsers of one cell: text from a sheet, or a value from YAML or JSONL, to the type the API wants.

Each takes what was written and gives its meaning, or raises ``Wrong`` in words for the person who wrote it. None
knows a row or a column; ``reading`` adds those.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from batchgen.kinds.shapes import TEXT, Parser, number_shape, shaped, word_shape
from batchgen.model.meaning import same_id
from batchgen.model.vocabulary import bare, nearest

#: Seconds. No video lasts longer.
_DAY_S = 86_400
#: How spreadsheets write a yes, and a no.
YES = frozenset({"true", "yes", "y", "1", "on", "x"})
NO = frozenset({"false", "no", "n", "0", "off"})

_HTTPS = re.compile(r"https://[^\s/?#]+\S*", re.IGNORECASE)
#: What stands between two links in one cell.
_NEXT_LINK = re.compile(r"[;,|]\s*https?://", re.IGNORECASE)
# Plain http stays on this machine, where rehearsals are served.
_LOOPBACK = re.compile(r"http://(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?([/?#]\S*)?", re.IGNORECASE)
_COLOUR = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_SIZE = re.compile(r"(\d+)\s*[x\u00d7*]\s*(\d+)", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)")
_LASTING = re.compile(
    r"(?:(\d+(?:[.,]\d+)?)\s*h(?:ours?|rs?)?)?\s*"
    r"(?:(\d+(?:[.,]\d+)?)\s*m(?:in(?:ute)?s?)?\.?)?\s*"
    r"(?:(\d+(?:[.,]\d+)?)\s*s(?:ec(?:ond)?s?)?\.?)?"
)
_HOURS = re.compile(r"(\d+)\s*h\s*(\d{1,2})")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)


class Wrong(ValueError):  # noqa: N818 - reads as the outcome it is
    """What was written cannot be meant."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def shown(value: object, length: int = 60) -> str:
    """Quote what was written, short enough for one line."""
    text = str(value).replace("\n", " ")
    return f'"{text if len(text) <= length else text[: length - 1] + "…"}"'


def text(value: Any) -> str:
    """Take text exactly as it is written."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise Wrong("Here stands a list or a group of values.", "Write one text.")


def word(value: Any) -> str:
    """Take text without what stands around it and cannot be seen: ids, names, languages."""
    return bare(text(value))


def own_id(value: Any) -> str:
    """Take what tells a row from others that say the same; see ``same_id``."""
    return same_id(word(value))


def prose(noun: str, most: int | None = None) -> Parser:
    """Take a text that says something, of at most so many letters."""

    def parse(value: Any) -> str:
        given = text(value)
        if not bare(given):
            raise Wrong(f"The {noun} is empty.", "Write what is wanted.")
        if most is not None and len(given) > most:
            raise Wrong(f"The {noun} has {len(given)} letters.", f"At most {most} are taken: shorten it.")
        return given

    return shaped(parse, TEXT)


def number(low: float, high: float) -> Parser:
    """Take a number from ``low`` to ``high``."""

    def parse(value: Any) -> float:
        return _within(_plain_number(word(value), f"Write a number from {low:g} to {high:g}."), low, high)

    return shaped(parse, number_shape(low, high))


def whole(low: int, high: int) -> Parser:
    """Take a whole number from ``low`` to ``high``."""
    remedy = f"Write a whole number from {low} to {high}."

    def parse(value: Any) -> int:
        given = _within(_plain_number(word(value), remedy), low, high)
        if given != int(given):
            raise Wrong(f"{shown(value)} is not a whole number.", remedy)
        return int(given)

    return shaped(parse, number_shape(low, high, whole=True))


def seconds(value: Any) -> float:
    """Take a place in a video: seconds, or ``1:30``."""
    given = word(value)
    if clock := _CLOCK.fullmatch(given):
        hours, minutes, rest = map(float, clock.groups(default="0"))
        return _within(hours * 3600.0 + minutes * 60.0 + rest, 0, _DAY_S)
    return _within(_plain_number(given, "Write seconds, such as 90, or 1:30."), 0, _DAY_S)


def running_time(value: Any) -> float | None:
    """Take how long something lasts, in any of the ways sheets write it: ``95``, ``1:35``, ``1 min 35 s``, ``PT1M35S``.

    It is never sent and only helps to reckon, so what cannot be read or meant is no fault: the length is unknown then.
    """
    given = str(value).strip().casefold()
    try:
        return seconds(given) or None
    except Wrong:
        found = _HOURS.fullmatch(given) or _LASTING.fullmatch(given.removeprefix("pt"))
    parts = [float((part or "0").replace(",", ".")) for part in found.groups()] if found else []
    lasts = sum(part * unit for part, unit in zip(parts, (3600.0, 60.0, 1.0), strict=False))
    return lasts if 0 < lasts <= _DAY_S else None


def yes_no(value: Any) -> bool:
    """Take a yes or a no, in any of the ways spreadsheets write them."""
    given = word(value).casefold()
    if given in YES:
        return True
    if given in NO:
        return False
    raise Wrong(f"{shown(value)} is neither yes nor no.", "Write true or false.")


def choice(*allowed: str, also: Mapping[str, str] | None = None) -> Parser:
    """Take one of some words, in any case. ``also`` maps other words for them, in lower case."""
    meanings = {one.casefold(): one for one in allowed} | dict(also or {})

    def parse(value: Any) -> str:
        given = word(value)
        try:
            return meanings[given.casefold()]
        except KeyError:
            near = nearest(given, allowed)
            raise Wrong(
                f"{shown(value)} is not a word that is known here.",
                (f'Did you mean "{near}"? ' if near else "") + f"Choose from: {', '.join(allowed)}.",
            ) from None

    return shaped(parse, word_shape(allowed, also=also or ()))


def link(value: Any) -> str:
    """Take a link that HeyGen can fetch."""
    given = word(value)
    if (_HTTPS.fullmatch(given) or _LOOPBACK.fullmatch(given)) and not _NEXT_LINK.search(given):
        return given
    raise _no_link(given)


def colour(value: Any) -> str:
    """Take a colour as ``#rgb`` or ``#rrggbb``, and give ``#rrggbb`` in lower case."""
    found = _COLOUR.fullmatch(word(value))
    if not found:
        raise Wrong(f"{shown(value)} is not a colour.", 'Write it as "#rrggbb", such as "#008000" for green.')
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


#: Columns that a frame is often spread over → the field that says it.
SIDES = dict.fromkeys(("width", "height", "dimension_width", "dimension_height"), "dimension")


def size(value: Any) -> dict[str, int]:
    """Take a frame: ``1280x720``, or a group with ``width`` and ``height``. Both even, 128 to 4096."""
    if isinstance(value, Mapping):
        if set(value) != {"width", "height"}:
            raise Wrong("A dimension has a width and a height, and nothing else.", "Write it as 1280x720.")
        value = f"{word(value['width'])}x{word(value['height'])}"
    found = _SIZE.fullmatch(word(value))
    if not found:
        raise Wrong(f"{shown(value)} is not a dimension.", "Write width and height in pixels, such as 1280x720.")
    width, height = int(found[1]), int(found[2])
    for side in (width, height):
        if side % 2 or not 128 <= side <= 4096:
            near = min(max(side + side % 2, 128), 4096)
            why = "is odd" if side % 2 else "is out of bounds"
            raise Wrong(f"{side} {why}.", f"Both sides must be even, from 128 to 4096: {near} would do.")
    return {"width": width, "height": height}


def several(value: Any) -> list[str]:
    """Take a list: a YAML or JSON list, or texts with ``;`` or ``|`` between them."""
    parts = value if isinstance(value, list) else re.split(r"[;|]", text(value))
    given = [word(part) for part in parts]
    return [part for part in given if part]


def group(value: Any) -> dict[str, Any]:
    """Take a group of values as YAML and JSON write it, unread."""
    if not isinstance(value, Mapping):
        raise Wrong(f"{shown(value)} is one value where a group of values belongs.", "Write it as keys and values.")
    return dict(value)


def settings(value: Any) -> dict[str, Any]:
    """Take a group of settings that goes along unread, with numbers and truth values as JSON has them."""
    return {key: _typed(one) for key, one in group(value).items()}


def _typed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return settings(value)
    if isinstance(value, list):
        return [_typed(one) for one in value]
    if value in ("true", "false"):
        return value == "true"
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value) if re.search(r"[.e]", value, re.IGNORECASE) else int(value)
    return value


def _plain_number(given: str, remedy: str) -> float:
    if _NUMBER.fullmatch(given):
        return float(given)
    if _DECIMAL_COMMA.fullmatch(given):
        remedy = f"Write {given.replace(',', '.')}."
    raise Wrong(f"{shown(given)} is not a number.", remedy)


def _within(given: float, low: float, high: float) -> float:
    if low <= given <= high:
        return given
    way = "less than" if given < low else "more than"
    bound = low if given < low else high
    raise Wrong(f"{given:g} is {way} {bound:g}.", f"Write a number from {low:g} to {high:g}.")


def _no_link(given: str) -> Wrong:
    problem = f"{shown(given)} is not a link that HeyGen can fetch."
    if _NEXT_LINK.search(given):
        return Wrong(problem, "Write one link in a cell: each video is a row of its own.")
    if given.lower().startswith("http://"):
        return Wrong(problem, "It must begin with https://.")
    if re.search(r"\s", given) and "://" not in given:
        return Wrong(problem, "Write the https link itself; a spreadsheet may show a text in its place.")
    if re.search(r"\s", given):
        return Wrong(problem, "A link holds no spaces: write %20 for each, and one link in a cell.")
    if re.match(r"(www\.|[\w-]+(\.[\w-]+)+/)", given):
        return Wrong(problem, f"Did you mean https://{given}?")
    return Wrong(problem, "Put the file where anyone can fetch it, and write its https link.")
