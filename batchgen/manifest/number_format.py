"""Writes the number of a cell as its spreadsheet shows it: ``007``, ``25%``, ``1,234.50 €``, ``02.01.2024``, ``1:30``.

The codes are those of ECMA-376 part 1, 18.8.31. What depends on the reader's own country (a short date, the names of
months in another language) or is rare (fractions, conditions) gives None: there is no one way in which it looks.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r'(?P<quoted>"[^"]*"|\\.)|(?P<space>_.)|(?P<fill>\*.)|(?P<bracket>\[[^\]]*\])|(?P<half>am/pm|a/p)'
    r"|(?P<date>y+|m+|d+|h+|s+(?:\.0+)?)|(?P<power>e[+-])|(?P<digit>[0#?])|(?P<mark>[.,%@/])|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_SYMBOL = re.compile(r"\[\$([^\]-]*)(?:-([0-9A-Fa-f]+))?\]")
_COLOUR = re.compile(r"\[(black|blue|cyan|green|magenta|red|white|yellow|color ?\d+)\]", re.IGNORECASE)
#: English, as Windows numbers the world's languages; names of months are known in no other.
_ENGLISH = frozenset({None, "409", "809", "0409", "0809", "C09", "1009"})
#: The codes that have numbers (ECMA-376 part 1, 18.8.30), as far as they look the same everywhere.
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
}  # fmt: skip
_UNITS = {"h": 3600, "m": 60, "s": 1}


class _Token(NamedTuple):
    sort: str
    text: str


class _Unknown(Exception):  # noqa: N818 - reads as the outcome it is
    """The code says something whose look cannot be told."""


@lru_cache(maxsize=4096)
def as_shown(number: float, code: str, *, since_1904: bool = False) -> str | None:
    """Write a number by a format code, or give None where the code says nothing of its own that can be told."""
    if code.casefold() in ("general", "@", ""):
        return None
    try:
        sections = _sections(code)
        tokens, magnitude = _section(sections, number)
        dated = any(token.sort in ("date", "elapsed", "half") for token in tokens)
        return (_date(tokens, number, since_1904) if dated else _number(tokens, magnitude)).strip()
    except (_Unknown, InvalidOperation, OverflowError):
        return None


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[tuple[_Token, ...], ...]:
    """Read a code: one section for all numbers, or one each for those above, below and at nought."""
    sections: list[list[_Token]] = [[]]
    for found in _TOKEN.finditer(code):
        sort, text = str(found.lastgroup), found[0]
        if sort == "plain" and text == ";":
            sections.append([])
        elif sort == "bracket":
            sections[-1] += _bracket(text)
        elif sort == "quoted":
            sections[-1].append(_Token("plain", text[1:-1] if text[0] == '"' else text[1]))
        elif sort != "fill":
            sections[-1].append(_Token("plain", " ") if sort == "space" else _Token(sort, text))
    return tuple(map(tuple, sections))


def _bracket(text: str) -> list[_Token]:
    if elapsed := _ELAPSED.fullmatch(text):
        return [_Token("elapsed", elapsed[1].lower())]
    if symbol := _SYMBOL.fullmatch(text):
        if symbol[2] and symbol[2].upper() in ("F800", "F400"):  # The reader's own long date, or time.
            raise _Unknown
        return [_Token("plain", symbol[1]), *([] if symbol[2] in _ENGLISH else [_Token("abroad", "")])]
    if _COLOUR.fullmatch(text):
        return []
    raise _Unknown


def _section(sections: tuple[tuple[_Token, ...], ...], number: float) -> tuple[tuple[_Token, ...], Decimal]:
    exact = Decimal(repr(number))
    if exact < 0 and len(sections) > 1:
        return sections[1], -exact
    if exact == 0 and len(sections) > 2:
        return sections[2], exact
    return sections[0], exact


def _number(tokens: tuple[_Token, ...], number: Decimal) -> str:
    if any(token.sort == "power" or token.text in ("/", "@") for token in tokens if token.sort in ("power", "mark")):
        raise _Unknown
    places = [at for at, token in enumerate(tokens) if token.sort == "digit"]
    if not places:  # Nothing but a text, such as "none" for nought.
        return "".join(token.text for token in tokens if token.sort in ("plain", "mark"))
    point = next((at for at, token in enumerate(tokens) if token == _Token("mark", ".")), len(tokens))
    whole = [at for at in places if at < point]
    after = [at for at in places if at > point]
    last = whole[-1] if whole else -1
    commas = [at for at, token in enumerate(tokens) if token == _Token("mark", ",")]
    number = number.scaleb(2 * sum(token == _Token("mark", "%") for token in tokens))
    number = number.scaleb(-3 * sum(at > places[-1] for at in commas))  # At the end they stand for thousands.
    rounded = abs(number).quantize(Decimal(1).scaleb(-len(after)), rounding=ROUND_HALF_UP)
    digits, _, decimals = f"{rounded:f}".partition(".")
    texts = _fill_whole(tokens, whole, digits, grouped=any(whole and whole[0] < at < last for at in commas))
    texts |= _fill_after(tokens, after, decimals)
    shown = "".join(texts.get(at, "" if token.text == "," else token.text) for at, token in enumerate(tokens))
    return "-" + shown if number < 0 and rounded else shown


def _fill_whole(tokens: tuple[_Token, ...], places: list[int], digits: str, *, grouped: bool) -> dict[int, str]:
    """Put digits into their places from the right; the first place takes all that are left."""
    needed = sum(tokens[at].text == "0" for at in places)
    digits = digits.lstrip("0").rjust(needed, "0") if places else ""
    texts: dict[int, str] = {}
    for count, at in enumerate(reversed(places)):
        end = len(digits) - count
        start = 0 if at == places[0] else max(end - 1, 0)
        texts[at] = digits[start:end] if end > 0 else {"?": " "}.get(tokens[at].text, "")
    if grouped and digits:
        texts = dict.fromkeys(places, "") | {places[-1]: f"{int(digits):,}".rjust(needed, "0")}
    return texts


def _fill_after(tokens: tuple[_Token, ...], places: list[int], decimals: str) -> dict[int, str]:
    """Put decimals into their places; noughts at the end stand only where they are asked for."""
    kept = max((count for count, at in enumerate(places, 1) if tokens[at].text != "#"), default=0)
    shown = decimals[:kept] + decimals[kept:].rstrip("0")
    return {at: shown[count : count + 1] for count, at in enumerate(places)}


def _date(tokens: tuple[_Token, ...], serial: float, since_1904: bool) -> str:
    named = any(token.sort == "date" and re.match(r"(?i)mmm|ddd", token.text) for token in tokens)
    if serial < 0 or (named and any(token.sort == "abroad" for token in tokens)):
        raise _Unknown
    fraction = max((len(token.text.partition(".")[2]) for token in tokens if token.sort == "date"), default=0)
    seconds = (Decimal(repr(serial)) * 86_400).quantize(Decimal(1).scaleb(-min(fraction, 6)), rounding=ROUND_HALF_UP)
    moment = _epoch(serial, since_1904) + dt.timedelta(seconds=float(seconds))
    half = any(token.sort == "half" for token in tokens)
    texts = []
    for at, token in enumerate(tokens):
        if token.sort == "elapsed":
            texts.append(str(int(seconds // _UNITS[token.text[0]])).rjust(len(token.text), "0"))
        elif token.sort == "half":
            texts.append(("AM", "PM")[moment.hour >= 12][: len(token.text) // 2])
        elif token.sort == "date":
            texts.append(_part(token.text, moment, minutes=_is_minutes(tokens, at), half=half))
        else:
            texts.append(token.text)
    return "".join(texts)


def _epoch(serial: float, since_1904: bool) -> dt.datetime:
    if since_1904:
        return dt.datetime(1904, 1, 1)  # noqa: DTZ001 - a spreadsheet knows no zones
    # To a spreadsheet 1900 is a leap year, so that its first two months are a day off.
    return dt.datetime(1899, 12, 30 if serial >= 60 else 31)  # noqa: DTZ001


def _is_minutes(tokens: tuple[_Token, ...], at: int) -> bool:
    """Tell minutes from months: they come after hours or before seconds."""
    units = [(place, token.text[0].lower()) for place, token in enumerate(tokens) if token.sort in ("date", "elapsed")]
    here = next(index for index, (place, _) in enumerate(units) if place == at)
    before = units[here - 1][1] if here else ""
    after = units[here + 1][1] if here + 1 < len(units) else ""
    return before == "h" or after == "s"


def _part(token: str, moment: dt.datetime, *, minutes: bool, half: bool) -> str:
    unit, length = token[0].lower(), len(token.partition(".")[0])
    if unit == "y":
        return f"{moment:%Y}" if length > 2 else f"{moment:%y}"
    if unit == "m" and not minutes and length > 2:
        return _MONTHS[moment.month - 1][: {3: 3, 5: 1}.get(length)]
    if unit == "d" and length > 2:
        return _DAYS[moment.weekday()][: 3 if length == 3 else None]
    hour = (moment.hour - 1) % 12 + 1 if half else moment.hour
    value = {"m": moment.minute if minutes else moment.month, "d": moment.day, "h": hour, "s": moment.second}[unit]
    decimals = len(token.partition(".")[2])
    return str(value).rjust(min(length, 2), "0") + (f".{moment.microsecond:06}"[: decimals + 1] if decimals else "")


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
