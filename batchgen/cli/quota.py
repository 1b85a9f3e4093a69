"""`batchgen quota`: what the account has left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from batchgen.cli import options
from batchgen.report.amounts import amount, number

if TYPE_CHECKING:
    from batchgen.assembly.account import Quota
    from batchgen.model.exchange import Balance

HELP = """Show what the account has left, as v3 and v2 each tell it.

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
    from batchgen.cli.account import asked_account  # noqa: PLC0415

    with asked_account(profile, sandbox=sandbox, state=state) as account:
        found = ask_quota(account)
    if as_json:
        click.echo(json.dumps({"v3": _told(found.v3), "v2": _told(found.v2)}, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(found)))
    return 0


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
