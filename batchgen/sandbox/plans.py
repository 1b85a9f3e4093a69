"""What each plan allows: jobs at once, credits, and the daily trial, from HeyGen's published limits.

Prices are the sandbox's own, near the published ones: they exist so that a ledger has something to add up.
"""

from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One plan."""

    name: str
    concurrency: int  #: Jobs that render at once. More queue on v2 and in batches; v3 singles get a 429.
    credits: float  #: Balance at the start.
    billing: str  #: HeyGen's `billing_type`: wallet, subscription or usage_based.
    subscription: str | None = None  #: Name of the plan in GET /v3/users/me.
    trial_videos: int | None = None  #: Videos a day; None where there is no such limit.
    test_videos: int = 20  #: Videos with `test: true` a day.


PLANS = {
    plan.name: plan
    for plan in (
        Plan(
            name="free",
            concurrency=1,
            credits=10,
            billing="subscription",
            subscription="free",
            trial_videos=5,
            test_videos=5,
        ),
        Plan(name="pro", concurrency=3, credits=100, billing="subscription", subscription="pro", test_videos=8),
        Plan(name="scale", concurrency=6, credits=660, billing="subscription", subscription="team", test_videos=10),
        Plan(name="enterprise", concurrency=20, credits=100_000, billing="usage_based", subscription="enterprise"),
        Plan(name="payg", concurrency=10, credits=1_000, billing="wallet"),
    )
}

#: Credits for each 30 seconds begun.
PRICES = {
    "video": 0.5,
    "template": 0.5,
    "translation": 1.5,
    "translation_precision": 3.0,
    "agent": 0.5,
    "lipsync": 1.0,
    "lipsync_precision": 2.0,
}
#: Credits for each video, whatever its length.
FLAT = {"cinematic": 7.0}


def plan(name: str) -> Plan:
    """Find a plan by its name; a ValueError names the nearest one."""
    if name in PLANS:
        return PLANS[name]
    near = get_close_matches(name, PLANS, 1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"There is no plan {name!r}: it is one of {', '.join(PLANS)}.{hint}")


def session_price(seconds: float) -> float:
    """Give the credits that a session costs: 0.2 a minute, in steps of 30 seconds."""
    return 0.1 * max(1, -(-int(seconds * 1000) // 30_000))


def price(kind: str, seconds: float) -> float:
    """Give the credits that a job of this length costs, in steps of 30 seconds where its length counts."""
    if kind in FLAT:
        return FLAT[kind]
    return PRICES[kind] * max(1, -(-int(seconds * 1000) // 30_000))
