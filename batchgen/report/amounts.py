"""Amounts in words. An amount is never told without its unit."""

from __future__ import annotations

#: How a unit is written after a number.
_WORDS = {"usd": "USD"}
#: How it is written after one.
_ONE = {"credits": "credit"}


def number(value: float) -> str:
    """Write a number as long as it means something."""
    return f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) < 1000 else f"{value:,.0f}"


def amount(value: float, unit: str) -> str:
    """Write an amount."""
    return in_unit(number(value), unit)


def in_unit(text: str, unit: str) -> str:
    """Put its unit behind an amount that is written already."""
    words = _WORDS | _ONE if text == "1" else _WORDS
    return f"{text} {words.get(unit, unit)}"


def between(low: float, high: float, unit: str) -> str:
    """Write a range of amounts; one amount where its ends are the same."""
    if number(low) == number(high):
        return amount(high, unit)
    return f"{number(low)} to {amount(high, unit)}"
