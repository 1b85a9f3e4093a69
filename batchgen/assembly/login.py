"""Logs in and out: what a person gives is checked against the account before it is kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchgen import settings
from batchgen.assembly.account import check_account
from batchgen.assembly.signing import profile_name, vault
from batchgen.heygen import DIALECTS
from batchgen.model.credentials import ApiKey
from batchgen.model.errors import ConfigError, CredentialsError, UnreachableError
from batchgen.settings import Account
from batchgen.signin.interface import Login

if TYPE_CHECKING:
    from batchgen.model.exchange import Balance
    from batchgen.signin.interface import Place


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


def log_in(key: str, profile: str | None) -> LoggedIn:
    """Check a key against the account, and keep it. Raises ``CredentialsError`` and ``UnreachableError``."""
    name, address = profile_name(profile), settings.base_url()
    keeper = vault()
    signed = Account(base_url=address, credentials=ApiKey(key, remedy="copy it again"), source="the key you gave")
    login = Login(realm=signed.realm, profile=name, key=key)
    balance = asyncio.run(_confirmed(signed))
    return LoggedIn(login=login, balance=balance, place=keeper.keep(login))


async def _confirmed(signed: Account) -> Balance:
    balance = await _ask(signed, "v3") or await _ask(signed, "v2")
    if balance is None:
        raise UnreachableError(f"{signed.base_url} gave no answer that tells whether this is right. Nothing was kept.")
    return balance


async def _ask(signed: Account, api: str) -> Balance | None:
    from batchgen.heygen.client import HttpApi  # noqa: PLC0415 - HTTP is for those who ask

    async with HttpApi(signed.base_url, signed.credentials) as http:
        return await check_account(http, DIALECTS[api], signed)


def log_out(profile: str | None) -> Login | None:
    """Forget what is kept of a profile; give what it was. None: nothing was kept."""
    name, realm = profile_name(profile), settings.realm_of(settings.base_url())
    keeper = vault()
    login = keeper.find(realm, name)
    keeper.forget(realm, name)
    return login


def who_am_i(signed: Account) -> Person:
    """Ask an account who it is. Raises ``CredentialsError`` and ``UnreachableError``."""
    balance, quota = asyncio.run(_both(signed))
    facts: dict[str, Any] = {"account": signed, "balance": balance, "quota": quota}
    try:
        keeper = vault()
    except ConfigError:  # What logging in needs is not installed, so nobody has.
        return Person(**facts, login=None, place=None, profiles=())
    login = keeper.find(signed.realm, signed.profile) if signed.profile else None
    place = keeper.place(signed.realm, login.profile) if login else None
    return Person(**facts, login=login, place=place, profiles=tuple(keeper.profiles(signed.realm)))


async def _both(signed: Account) -> tuple[Balance | None, Balance | None]:
    balance = await _ask(signed, "v3")
    try:
        quota = await _ask(signed, "v2")
    except (CredentialsError, UnreachableError):
        if balance is None:
            raise
        quota = None  # The older generation may be gone, or closed to this account.
    return balance, quota
