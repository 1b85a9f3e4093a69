"""`batchgen doctor`: whether this machine, its settings and its network are fit for a run."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from batchgen import settings
from batchgen.cli import options
from batchgen.doctor.interface import Finding, Verdict
from batchgen.model.errors import BatchgenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchgen.settings import Account

HELP = """Find out whether this machine, its settings and its network are fit for a run, and what to ask IT for.

Looks at Python, the settings and where each is from, the state and its disk, the clock, the key and the balance, and
at every host and port that HeyGen's firewall guide lists, side by side. Nothing is made, and nothing costs. What only
interactive avatars, uploads or a login need does not count against a run.

\b
Examples:
  batchgen doctor
  batchgen doctor --json
  batchgen doctor --network ours.toml        another list of hosts, in the form of batchgen's firewall.toml

\b
Exit codes:
  0  all that `batchgen run` needs is there
  1  something that it needs is not
"""

#: Settings that say where, and not how.
_PLACES = (settings.BASE_NAME, settings.OAUTH_BASE_NAME)


@click.command(short_help="Find out whether all is fit for a run.", help=HELP)
@click.option("--network", metavar="FILE", help="Another list of who has to be reached. Default: HeyGen's.")
@click.option(
    "--patience",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    metavar="S",
    help="How long each check may take.",
)
@options.sandbox
@options.profile
@options.state
@options.downloads
@options.as_json
@click.pass_context
def doctor(ctx: click.Context, /, *, as_json: bool, **asked: Any) -> int:
    """Make every check, and tell what came of it."""
    told, faults = settings_in_force(ctx)
    findings = faults + [_setting(*one) for one in told if one[2] != "default"] + _examine(**asked)
    failed = [one for one in findings if one.verdict is Verdict.FAIL and one.needed]
    if as_json:
        facts = {"fit": not failed, "checks": [one.to_dict() for one in findings]}
        facts["settings"] = [{"name": name, "value": value, "source": source} for name, value, source in told]
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(findings)))
    return 1 if failed else 0


def _examine(
    *, sandbox: bool, profile: str | None, state: str, downloads: str | None, network: str | None, patience: float
) -> list[Finding]:
    from batchgen.assembly.doctoring import diagnose  # noqa: PLC0415 - HTTP is for those who look

    with ExitStack() as stack:
        account = _account(stack, profile, sandbox=sandbox, state=state)
        base_url = settings.base_url() if isinstance(account, BatchgenError) else account.base_url
        places = {"state": state, "downloads": downloads or "videos"}
        return diagnose(account, base_url=base_url, **places, network=network, patience=patience)


def _account(stack: ExitStack, profile: str | None, *, sandbox: bool, state: str) -> Account | BatchgenError:
    """Give the account, or why there is none: that is a finding like others."""
    from batchgen.cli.account import asked_account  # noqa: PLC0415 - for those who look

    try:
        return stack.enter_context(asked_account(profile, sandbox=sandbox, state=state))
    except BatchgenError as error:
        return error


def settings_in_force(ctx: click.Context) -> tuple[list[tuple[str, str, str]], list[Finding]]:
    """Give the settings of `batchgen run` as (name, value, source), and what is wrong with some."""
    from batchgen.cli.run import run  # noqa: PLC0415 - it loads what a run needs

    told = [("HEYGEN_API_KEY", "set", settings.place_of(settings.KEY_NAME))] if settings.api_key() else []
    told += [(name, _plain(value), settings.place_of(name)) for name in _PLACES if (value := settings.given(name))]
    faults: list[Finding] = []
    inner = click.Context(run, info_name="run", parent=ctx.parent)
    for param in run.params:
        if not isinstance(param, click.Option) or not isinstance(param.envvar, str):
            continue
        try:
            value, _ = param.handle_parse_result(inner, {}, [])
            shown = _hosts(value) if param.name == "notify" else _plain(value)
        except (click.BadParameter, UsageError) as error:
            faults.append(_fault(param, str(error)))
        else:
            told.append((str(param.name), shown, _place(inner, param)))
    return told, faults


def _place(inner: click.Context, param: click.Option) -> str:
    source = inner.get_parameter_source(str(param.name))
    if source is ParameterSource.ENVIRONMENT:
        return settings.place_of(str(param.envvar))
    return settings.TOML if source is ParameterSource.DEFAULT_MAP else "default"


def _fault(param: click.Option, problem: str) -> Finding:
    detail = f"{param.name} ({param.envvar} or {settings.TOML}): {problem}"
    return Finding(group="settings", name=str(param.name), verdict=Verdict.FAIL, detail=detail)


def _setting(name: str, value: str, source: str) -> Finding:
    return Finding(group="settings", name=name, verdict=Verdict.PASS, detail=f"{value} (from {source})")


def _hosts(addresses: Sequence[str]) -> str:
    """Name where notes go. Who knows the whole of such an address can post there. Raises ``UsageError``."""
    from batchgen.assembly.notify import read_target  # noqa: PLC0415 - for those who look

    return ", ".join(read_target(one).host for one in addresses) or "none"


def _plain(value: object) -> str:
    """Write a setting without the password that an address may hold."""
    # What click has for one that nobody gave is None, or a mark of its own, which is nobody else's.
    known = isinstance(value, str | int | float)
    return re.sub(r"://[^/@\s]*@", "://***@", str(value) if known else "none")


def _lines(findings: Sequence[Finding]) -> Iterator[str]:
    groups = list(dict.fromkeys(("machine", "settings", "state", "account", "network")))
    width = max(len(one.name) for one in findings)
    for group in groups:
        here = [one for one in findings if one.group == group]
        if here or group == "settings":
            yield group
        for one in here:
            yield f"  {one.verdict:7}  {one.name:{width}}  {one.detail}"
            if one.remedy and one.verdict is not Verdict.PASS:
                yield f"  {'':7}  {'':{width}}  {one.remedy}"
        if not here and group == "settings":
            yield "  all at their defaults"
    yield from _close(findings)


def _close(findings: Sequence[Finding]) -> Iterator[str]:
    failed = [one for one in findings if one.verdict is Verdict.FAIL]
    if asks := list(dict.fromkeys(one.ask for one in failed if one.ask)):
        yield "\nTo ask IT for, outgoing:"
        yield from (f"  {ask}" for ask in asks)
    needed = [one.name for one in failed if one.needed]
    rest = [one.name for one in failed if not one.needed]
    yield ""
    if needed:
        yield f"A run needs these, and they fail: {', '.join(needed)}."
    else:
        yield "All that `batchgen run` needs is there."
    if rest:
        yield f"Not needed by a run, and failing: {', '.join(rest)}."
