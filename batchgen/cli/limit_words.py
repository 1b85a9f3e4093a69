"""How an account's limits are said to a person."""

from __future__ import annotations

#: What limits are called, by the end of their names. Sessions are counted apart from videos.
_AT_ONCE = {"sessions": "session"}


def limit_words(name: str, value: float) -> str | None:
    """Say a limit by its name, such as ``v3.concurrency``; None where there is nothing to say of it."""
    whose, _, sort = name.partition(".")
    if value <= 0:
        return None
    match sort:
        case "concurrency":
            return f"{value:,.0f} {_AT_ONCE.get(whose, 'video')}{'s' if round(value) != 1 else ''} at once"
        case "rate.creating":
            return f"about {_often(value)} that order a video"
        case "rate":
            return f"about {_often(value)} of any sort"
    return None


def _often(rate: float) -> str:
    """Say a rate in the unit that makes it a number one can picture."""
    if rate >= 2:
        return f"{rate:,.1f} requests a second"
    a_minute = round(rate * 60)
    return f"{a_minute:,} request{'s' if a_minute != 1 else ''} a minute"
