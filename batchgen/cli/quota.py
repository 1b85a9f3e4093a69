"""`batchgen quota`: what the account has left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from batchgen.cli import options
from batchgen.cli.limit_words import limit_words
from batchgen.report.amounts import amount, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.assembly.account import Quota
    from batchgen.model.exchange import Balance

HELP = """Show what the account has left, as v3 and v2 each tell it, and what earlier runs learned of its limits.

\b
Examples:
  batchgen quota
  batchgen quota --json
"""


@click.command(short_help="Show what the account has left.", help=HELP)
@options.sandbox
@options.profile
@options.state
@options.as_json
def quota(*, sandbox: bool, profile: str | None, state: str, as_json: bool) -> int:
    """Show what is left."""
    from batchgen.assembly.account import ask_quota  # noqa: PLC0415 - HTTP is for those who ask
    from batchgen.assembly.learned import learned_of  # noqa: PLC0415
    from batchgen.cli.account import asked_account  # noqa: PLC0415
    from batchgen.cli.holding import aloud  # noqa: PLC0415

    with asked_account(profile, sandbox=sandbox, state=state) as account:
        found, learned = ask_quota(account, tell=aloud()), learned_of(account, state)
    if as_json:
        told: dict[str, Any] = {"v3": _told(found.v3), "v2": _told(found.v2)}
        limits = {name: value for name, (value, _) in learned.items() if limit_words(name, value)}
        click.echo(json.dumps(told | ({"learned": limits} if limits else {}), ensure_ascii=False))
    else:
        click.echo("\n".join([*_lines(found), *_learned(learned)]))
    return 0


def _learned(limits: Mapping[str, tuple[float, float]]) -> list[str]:
    """Say what earlier runs learned of limits, since HeyGen tells none of an account's."""
    from batchgen.assembly.catalogue import age  # noqa: PLC0415 - as above
    from batchgen.assembly.clock import CLOCK  # noqa: PLC0415

    said = [
        f"{words}, in {name.partition('.')[0]} (learned {age(CLOCK.now() - at)})"
        for name, (value, at) in sorted(limits.items())
        if (words := limit_words(name, value))
    ]
    return [f"let: {one}" for one in said]


def _told(balance: Balance | None) -> dict[str, Any] | None:
    if balance is None:
        return None
    facts = {"remaining": balance.remaining, "unit": balance.unit, "billing": balance.billing or None}
    return facts | {"parts": dict(balance.parts)}


def _lines(found: Quota) -> list[str]:
    return [f"v3:  {_words(found.v3)}", f"v2:  {_words(found.v2)}"]


def _words(balance: Balance | None) -> str:
    if balance is None:
        return "the account does not tell it"
    left = "without a bound" if balance.remaining is None else f"{amount(balance.remaining, balance.unit)} left"
    how = f", {balance.billing.replace('_', ' ')}" if balance.billing else ""
    parts = "; ".join(f"{name.replace('_', ' ')} {number(value)}" for name, value in balance.parts.items())
    return f"{left}{how}" + (f" ({parts})" if parts else "")
