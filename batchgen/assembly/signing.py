"""As whom an account is asked: the key of the environment, or what is kept of a profile."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from batchgen import settings
from batchgen.model.credentials import ApiKey
from batchgen.model.errors import ConfigError, CredentialsError, UsageError
from batchgen.model.job import digest
from batchgen.settings import Account
from batchgen.signin.interface import DEFAULT

if TYPE_CHECKING:
    from batchgen.model.credentials import Credentials
    from batchgen.signin.interface import Login
    from batchgen.signin.vault import KeyringOrFile

#: How to get what signing in needs beside batchgen itself.
INSTALL = "pip install 'batchgen[login]'"

_PROFILE = re.compile(r"[\w.-]{1,64}", re.ASCII)


def account(profile: str | None = None) -> Account:
    """Find as whom to ask: HEYGEN_API_KEY in the environment, then in ``.env``, then what is kept of the profile.

    Raises ``CredentialsError`` where there is nothing.
    """
    address, key = settings.base_url(), settings.api_key()
    if key:
        place = settings.place_of(settings.KEY_NAME)
        return Account(base_url=address, credentials=ApiKey(key), source=f"{settings.KEY_NAME} in {place}")
    name = profile_name(profile)
    login = kept(settings.realm_of(address), name)
    if login is None:
        raise CredentialsError(_nothing(name, asked=profile is not None, realm=settings.realm_of(address)))
    return Account(base_url=address, credentials=credentials_of(login), source=f"profile {name}", profile=name)


def _nothing(name: str, *, asked: bool, realm: str) -> str:
    if asked:
        return (
            f"Nothing is kept of profile {name} for {realm}, and {settings.KEY_NAME} is not set. Log in first: "
            f"`{command('login', name)}`."
        )
    return (
        f"{settings.KEY_NAME} is not set, and nobody has logged in. Put your HeyGen API key there (or into a file "
        f"named .env in this folder as {settings.KEY_NAME}=…), keep it by `batchgen login`, or rehearse without one: "
        "add --sandbox."
    )


def kept(realm: str, profile: str) -> Login | None:
    """Give what is kept of a profile. Without what signing in needs there is nothing."""
    try:
        found = vault()
    except ConfigError:
        return None
    return found.find(realm, profile)


def credentials_of(login: Login) -> Credentials:
    """Make what signs requests of what is kept."""
    return ApiKey(login.key or "", remedy=f"log in again by `{command('login', login.profile)}`")


def vault() -> KeyringOrFile:
    """Open where logins are kept. Raises ``ConfigError`` where what that needs is not installed."""
    from batchgen.signin.vault import KeyringOrFile  # noqa: PLC0415 - for those who have no key in the environment

    folder = needed("platformdirs").user_config_path("batchgen", appauthor=False)
    return KeyringOrFile(folder, _keyring)


def _keyring() -> tuple[Any, str]:
    """Give the system's keyring; where there is none, why."""
    try:
        backend = import_module("keyring").get_keyring()
    except ImportError:
        return None, "the library keyring is not installed"
    except Exception as error:  # noqa: BLE001 - a backend that cannot even be made is none
        return None, f"the keyring cannot be opened ({type(error).__name__})"
    # By keyring's own rule whatever is below this keeps nothing, or keeps it in the clear.
    return (backend, "") if backend.priority >= 1 else (None, "this system has no keyring")


def needed(library: str) -> Any:
    """Import a library of the extra. Raises ``ConfigError`` that says how to install it."""
    try:
        return import_module(library)
    except ImportError as error:
        raise ConfigError(f"Logging in needs what is not installed here. Install it: {INSTALL}") from error


def fingerprint(profile: str | None) -> str | None:
    """Give a name for the account that is asked, from which no key can be told; None where there is none."""
    key = settings.api_key()
    if not key:
        try:
            login = vault().find(settings.realm_of(settings.base_url()), profile_name(profile))
        except ConfigError:
            return None
        if login is None:
            return None
        key = login.key or f"{login.profile} {login.owner}"
    return digest("account", key, length=12)


def profile_name(profile: str | None) -> str:
    """Check a profile's name. Raises ``UsageError``."""
    if profile is not None and not _PROFILE.fullmatch(profile):
        raise UsageError("--profile: a name has letters, digits, dots and dashes, such as `agency`.")
    return profile or DEFAULT


def command(verb: str, profile: str) -> str:
    """Write a command for a profile."""
    return f"batchgen {verb}" if profile == DEFAULT else f"batchgen {verb} --profile {profile}"
