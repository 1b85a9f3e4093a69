"""Estimates and balances in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.report.amounts import amount, between

if TYPE_CHECKING:
    from batchgen.model.exchange import Balance
    from batchgen.pipeline.money.quote import Quote


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
