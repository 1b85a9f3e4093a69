"""Logs in and out: what a person gives is checked against the account before it is kept."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from batchgen import settings
from batchgen.assembly.account import ask_quota, balance_of
from batchgen.assembly.clock import CLOCK
from batchgen.assembly.signing import credentials_of, needed, oauth_app, profile_name, vault
from batchgen.model.credentials import ApiKey
from batchgen.model.errors import BatchgenError, ConfigError, UnreachableError
from batchgen.settings import Account
from batchgen.signin.interface import Login

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchgen.model.exchange import Balance
    from batchgen.pipeline.happened import Listener
    from batchgen.signin.interface import Place
    from batchgen.signin.oauth import Flow
    from batchgen.signin.vault import KeyringOrFile


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """What a login came to."""

    login: Login
    balance: Balance
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks, and what the account says of itself."""

    account: Account
    balance: Balance | None  #: None: the server gave no answer.
    quota: Balance | None  #: What v2 says is left; None: it does not say.
    login: Login | None  #: None where the credentials are no profile's.
    place: Place | None
    profiles: tuple[str, ...]  #: Those that something is kept for.


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOut:
    """What a logout came to."""

    login: Login
    revoked: bool | None  #: Whether HeyGen has ended it; None: a key cannot be revoked from here.
    why: str = ""  #: Why it was not revoked.


def log_in(ask: Callable[[], str], profile: str | None, *, tell: Listener | None = None) -> LoggedIn:
    """Ask for a key, check it against the account, and keep it; ``tell`` hears of waits.

    Raises ``CredentialsError`` and ``UnreachableError``.
    """
    name, address, keeper = profile_name(profile), settings.base_url(), vault()
    key = ask()
    signed = Account(base_url=address, credentials=ApiKey(key, remedy="copy it again"), source="the key you gave")
    balance = asyncio.run(_confirmed(signed, tell))
    login = Login(realm=signed.realm, profile=name, key=key, owner=balance.owner)
    return LoggedIn(login=login, balance=balance, place=keeper.keep(login))


def log_in_by_browser(
    profile: str | None,
    client_id: str | None,
    *,
    port: int,
    patience: float,
    show: Callable[[str], None],
    tell: Listener | None = None,
) -> LoggedIn:
    """Have a person say yes in a browser, and keep the tokens; ``show`` shows the link, and ``tell`` hears of waits.

    Raises ``CredentialsError``, ``UnreachableError``, ``ConfigError`` and ``UsageError``.
    """
    name, keeper = profile_name(profile), vault()
    needed("authlib")
    from batchgen.signin.loopback import Loopback  # noqa: PLC0415 - for those who log in by a browser
    from batchgen.signin.oauth import begin  # noqa: PLC0415

    with Loopback(port) as visitor:
        flow = begin(oauth_app(client_id), redirect=visitor.redirect, draw=secrets.token_urlsafe)
        visitor.expect(flow.state)
        show(flow.link)
        code = visitor.code(patience=patience)
    return asyncio.run(_redeemed(flow, code, name, keeper, tell))


async def _redeemed(flow: Flow, code: str, name: str, keeper: KeyringOrFile, tell: Listener | None) -> LoggedIn:
    from batchgen.signin.oauth import read_tokens  # noqa: PLC0415 - for those who log in by a browser
    from batchgen.signin.server import post  # noqa: PLC0415

    address = settings.base_url()
    tokens = read_tokens(await post(flow.app.token_url, flow.redemption(code)), now=CLOCK.now())
    login = Login(realm=settings.realm_of(address), profile=name, app=flow.app, tokens=tokens)
    # Kept first: whoever is asked may have to renew them. What the account does not confirm is forgotten again.
    before = keeper.find(login.realm, name)
    keeper.keep(login)
    signed = Account(base_url=address, credentials=credentials_of(login, keeper), source="this login")
    try:
        balance = await _confirmed(signed, tell)
    except BatchgenError:
        keeper.forget(login.realm, name) if before is None else keeper.keep(before)
        raise
    # With what has become of the tokens meanwhile.
    login = replace(keeper.find(login.realm, name) or login, owner=balance.owner)
    return LoggedIn(login=login, balance=balance, place=keeper.keep(login))


async def _confirmed(signed: Account, tell: Listener | None) -> Balance:
    balance = await balance_of(signed, "v3", tell=tell) or await balance_of(signed, "v2", tell=tell)
    if balance is None:
        raise UnreachableError(f"{signed.base_url} gave no answer that tells whether this is right. Nothing was kept.")
    return balance


def log_out(profile: str | None) -> LoggedOut | None:
    """Revoke what is kept of a profile where that can be done, and forget it. None: nothing was kept."""
    name, realm, keeper = profile_name(profile), settings.realm_of(settings.base_url()), vault()
    login = keeper.find(realm, name)
    if login is None:
        return None
    done = asyncio.run(_revoked(login))
    keeper.forget(realm, name)
    return done


async def _revoked(login: Login) -> LoggedOut:
    if login.app is None or login.tokens is None:
        return LoggedOut(login=login, revoked=None)
    needed("authlib")
    from batchgen.signin.oauth import revoking  # noqa: PLC0415 - for those who have tokens
    from batchgen.signin.server import post  # noqa: PLC0415

    form = revoking(login.app, login.tokens.refresh or login.tokens.access)
    try:
        reply = await post(login.app.revoke_url, form)
    except UnreachableError as error:
        return LoggedOut(login=login, revoked=False, why=str(error))
    why = "" if reply.status < 300 else f"HeyGen's login server answered with HTTP {reply.status}"
    return LoggedOut(login=login, revoked=not why, why=why)


def who_am_i(signed: Account, *, tell: Listener | None = None) -> Person:
    """Ask an account who it is; ``tell`` hears of waits. Raises ``CredentialsError`` and ``UnreachableError``."""
    left = ask_quota(signed, tell=tell)
    facts: dict[str, Any] = {"account": signed, "balance": left.v3, "quota": left.v2}
    try:
        keeper = vault()
    except ConfigError:  # What logging in needs is not installed, so nobody has.
        return Person(**facts, login=None, place=None, profiles=())
    login = keeper.find(signed.realm, signed.profile) if signed.profile else None
    place = keeper.place(signed.realm, login.profile) if login else None
    return Person(**facts, login=login, place=place, profiles=tuple(keeper.profiles(signed.realm)))
