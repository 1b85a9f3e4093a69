"""Amounts, estimates and balances in words. An amount is never told without its unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchgen.model.exchange import Balance
    from batchgen.pipeline.quote import Quote

#: How a unit is written after a number.
_WORDS = {"usd": "USD"}


def number(value: float) -> str:
    """Write a number as long as it means something."""
    return f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) < 1000 else f"{value:,.0f}"


def amount(value: float, unit: str) -> str:
    """Write an amount."""
    return f"{number(value)} {_WORDS.get(unit, unit)}"


def between(low: float, high: float, unit: str) -> str:
    """Write a range of amounts; one amount where its ends are the same."""
    if number(low) == number(high):
        return amount(high, unit)
    return f"{number(low)} to {amount(high, unit)}"


def expected(quote: Quote) -> str:
    """Say what is expected: a range, how much of it is unknown, or that nothing is known."""
    if not quote.jobs:
        return "nothing"
    if not quote.known:
        return "unknown"
    known = between(quote.total.low, quote.total.high, quote.unit)
    return f"{known}, and {quote.unknown:,} of unknown cost" if quote.unknown else known


def warning(quote: Quote, balance: Balance | None, lacking: float | None) -> str | None:
    """Say that the account may not have enough; None where it has, or where that is not known."""
    if lacking is None or balance is None or balance.remaining is None:
        return None
    return (
        f"The account has {amount(balance.remaining, balance.unit)}, and this may cost "
        f"{amount(quote.total.high, quote.unit)}: {amount(lacking, quote.unit)} more."
    )
