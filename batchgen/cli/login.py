"""`batchgen login`, `logout` and `whoami`: as whom batchgen asks."""

from __future__ import annotations

import json
import os
import sys
import threading
import webbrowser
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from batchgen import settings
from batchgen.cli import options
from batchgen.cli.holding import aloud
from batchgen.model.errors import CredentialsError
from batchgen.report.amounts import in_unit

if TYPE_CHECKING:
    from batchgen.assembly.login import LoggedIn, LoggedOut, Person
    from batchgen.model.exchange import Balance
    from batchgen.signin.interface import Place

LOGIN_HELP = """Check a HeyGen API key against its account, and keep it for later runs.

The key is asked for without being shown, or read from standard input where that is a pipe; never give it as a word of
a command, where others on this machine can read it. It is kept in the system's keyring where there is one, else in a
file that only you can read. HEYGEN_API_KEY, where it is set, wins over what is kept.

With --oauth there is no key: a browser asks you at HeyGen, and batchgen keeps tokens that it renews by itself. That
needs an app that HeyGen has approved (BATCHGEN_OAUTH_CLIENT_ID), and it spends the credits of your web plan, not those
of the API.

\b
Examples:
  batchgen login
  batchgen login --oauth
  batchgen login --profile agency            another account beside it
  pass show heygen | batchgen login          from a password manager
"""

LOGOUT_HELP = """Forget what is kept of a profile; a login by the browser is also ended at HeyGen.

\b
Examples:
  batchgen logout
  batchgen logout --profile agency
"""

WHOAMI_HELP = """Tell as whom batchgen asks: the account, its balance and billing, and where the credentials are from.

\b
Examples:
  batchgen whoami
  batchgen whoami --profile agency --json
"""


@click.command(short_help="Keep a key for later runs.", help=LOGIN_HELP)
@click.option("--oauth", is_flag=True, help="By a browser instead of a key.")
@click.option("--no-browser", is_flag=True, help="With --oauth: show the link, and open nothing.")
@click.option(
    "--redirect-port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="With --oauth: the port of 127.0.0.1 that the browser comes back to. Default: a free one.",
)
@click.option(
    "--wait",
    type=click.FloatRange(min=1),
    default=300.0,
    show_default=True,
    metavar="S",
    help="With --oauth: how long to wait for the browser.",
)
@options.oauth_client_id
@options.profile
@options.as_json
def login(
    *,
    oauth: bool,
    no_browser: bool,
    redirect_port: int,
    wait: float,
    oauth_client_id: str | None,
    profile: str | None,
    as_json: bool,
) -> int:
    """Keep a key, or tokens."""
    from batchgen.assembly.login import log_in, log_in_by_browser  # noqa: PLC0415 - HTTP is for those who log in

    if oauth:
        show = partial(_show, opens=not no_browser)
        done = log_in_by_browser(profile, oauth_client_id, port=redirect_port, patience=wait, show=show, tell=aloud())
    else:
        done = log_in(_key, profile, tell=aloud())
    _tell_login(done, as_json=as_json)
    return 0


def _show(link: str, *, opens: bool) -> None:
    """Show a link, and open it where a browser is that has a window of its own."""
    click.echo(f"Say yes to batchgen at HeyGen, in a browser on this machine:\n\n  {link}\n", err=True)
    if opens and (os.environ.get("BROWSER") or not _is_in_terminal()):
        # Beside us: some browsers do not come back until they are closed.
        threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()


def _is_in_terminal() -> bool:
    """Whether the only browser is one that would take over this terminal."""
    try:
        name = getattr(webbrowser.get(), "name", "")
    except webbrowser.Error:
        return True
    return Path(name).name in {"www-browser", "links", "elinks", "lynx", "w3m"}


def _key() -> str:
    """Get a key from a person or a pipe. Raises ``CredentialsError`` where there is none."""
    if sys.stdin.isatty():
        return str(click.prompt("HeyGen API key", hide_input=True, err=True)).strip()
    key = sys.stdin.readline().strip()
    if not key:
        raise CredentialsError("No key came from standard input. Pipe it in, or run this in a terminal to be asked.")
    return key


def _tell_login(done: LoggedIn, *, as_json: bool) -> None:
    facts = {
        "realm": done.login.realm,
        "profile": done.login.profile,
        "method": done.login.method,
        "account": done.balance.owner or None,
        "kept": done.place.name,
        "keyring": done.place.keyring,
    }
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        owner = f" as {done.balance.owner}" if done.balance.owner else ""
        click.echo(f"Logged in at {done.login.realm}{owner}; {_left(done.balance)}.")
        click.echo(f"Profile {done.login.profile} is kept in {_where(done.place)}.")
    if settings.api_key():
        click.echo(
            f"{settings.KEY_NAME} is set in {settings.place_of(settings.KEY_NAME)}, and wins over what is kept.",
            err=True,
        )


def _where(place: Place) -> str:
    if place.keyring:
        return f"the system's keyring ({place.name})"
    readers = "others on this machine can read too" if place.shared else "only you can read"
    return f"{place.name}, which {readers} ({place.why})"


@click.command(short_help="Forget what is kept.", help=LOGOUT_HELP)
@options.profile
@options.as_json
def logout(*, profile: str | None, as_json: bool) -> int:
    """Forget a profile."""
    from batchgen.assembly.login import log_out  # noqa: PLC0415 - for those who log out

    done = log_out(profile)
    if as_json:
        click.echo(json.dumps({"forgotten": done is not None, "revoked": done.revoked if done else None}))
    elif done is None:
        click.echo("Nothing was kept, so there is nothing to forget.")
    else:
        click.echo(f"Profile {done.login.profile} is forgotten here{_end(done)}")
    return 0


def _end(done: LoggedOut) -> str:
    if done.revoked is None:
        return ". Its key stays valid: it can be revoked at HeyGen."
    return ", and ended at HeyGen." if done.revoked else f", and not ended at HeyGen: {done.why}."


@click.command(short_help="Tell as whom batchgen asks.", help=WHOAMI_HELP)
@options.profile
@options.sandbox
@options.state
@options.as_json
def whoami(*, profile: str | None, sandbox: bool, state: str, as_json: bool) -> int:
    """Tell who asks."""
    from batchgen.assembly.login import who_am_i  # noqa: PLC0415 - HTTP is for those who ask
    from batchgen.cli.account import asked_account  # noqa: PLC0415

    with asked_account(profile, sandbox=sandbox, state=state) as account:
        person = who_am_i(account, tell=aloud())
    if as_json:
        click.echo(json.dumps(_facts(person), ensure_ascii=False))
    else:
        click.echo("\n".join(f"{name + ':':13}{value}" for name, value in _lines(person).items() if value))
    return 0


def _lines(person: Person) -> dict[str, str]:
    kept = f", kept in {_where(person.place)}" if person.place else ""
    balance, quota = person.balance, person.quota
    return {
        "account": (balance.owner if balance else "") or "its name is not told",
        "balance": _left(balance) if balance else "the server does not tell it",
        "v2 quota": _left(quota) if quota else "",
        "billing": balance.billing if balance else "",
        "realm": person.account.realm,
        "credentials": f"{_method(person)} of {person.account.source}{kept}",
        "profiles": ", ".join(person.profiles),
    }


def _facts(person: Person) -> dict[str, Any]:
    balance, quota = person.balance, person.quota
    return {
        "account": (balance.owner if balance else "") or None,
        "balance": balance.remaining if balance else None,
        "unit": balance.unit if balance else None,
        "billing": (balance.billing if balance else "") or None,
        "quota": quota.remaining if quota else None,
        "realm": person.account.realm,
        "profile": person.login.profile if person.login else None,
        "method": _method(person),
        "source": person.account.source,
        "kept": person.place.name if person.place else None,
        "profiles": list(person.profiles),
    }


def _method(person: Person) -> str:
    return person.login.method if person.login else "key"


def _left(balance: Balance) -> str:
    if balance.remaining is None:
        return "its balance has no bound"
    return in_unit(f"{balance.remaining:,.10g}", balance.unit) + " left"
