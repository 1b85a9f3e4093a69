"""As whom an account is asked: the key of the environment, or what is kept of a profile."""

from __future__ import annotations

import re
from contextlib import contextmanager
from importlib import import_module
from shlex import quote
from typing import TYPE_CHECKING, Any

from batchgen import settings
from batchgen.assembly.sandboxed import own_sandbox
from batchgen.model.credentials import ApiKey
from batchgen.model.errors import ConfigError, CredentialsError, UsageError
from batchgen.model.extras import installing
from batchgen.model.naming import digest
from batchgen.settings import Account
from batchgen.signin.interface import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.model.credentials import Credentials
    from batchgen.signin.interface import Login, OAuthApp, Place
    from batchgen.signin.vault import KeyringOrFile

_HOMELESS = (
    "There is no home folder of yours here that a login could be kept in. Set HOME to a folder that you may write in, "
    f"or {settings.KEY_NAME} to your key."
)
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
    try:
        keeper = vault()
    except ConfigError:  # What logging in needs is not installed, so nobody has.
        login = None
    else:
        login = keeper.find(settings.realm_of(address), name)
    if login is None:
        raise CredentialsError(_nothing(name, asked=profile is not None, realm=settings.realm_of(address)))
    return Account(
        base_url=address,
        credentials=credentials_of(login, keeper),
        source=f"profile {name}",
        profile=name,
        caution=_caution(keeper.place(login.realm, name)),
    )


def _caution(place: Place | None) -> str:
    if place is None or not place.shared:
        return ""
    closes = f"chmod 600 {quote(place.name)}"
    return f"{place.name}: others on this machine can read the credentials in it. `{closes}` keeps them out."


@contextmanager
def open_account(profile: str | None, *, sandbox: bool, state: str) -> Iterator[Account]:
    """Give the account that is meant: a sandbox of its own, or the one that its credentials open."""
    if not sandbox:
        yield account(profile)
        return
    with own_sandbox(state) as rehearsal:
        yield rehearsal


def _nothing(name: str, *, asked: bool, realm: str) -> str:
    if asked:
        return (
            f"Nothing is kept of profile {name} for {realm}, and {settings.KEY_NAME} is not set. Log in first: "
            f"`{command('login', name)}`."
        )
    if settings.is_emptied(settings.KEY_NAME):
        return (
            f"{settings.KEY_NAME} is empty in the environment, which counts before what is in .env, and nobody has "
            f"logged in. Set it to your HeyGen API key, or take it out of the environment (`unset`)."
        )
    return (
        f"{settings.KEY_NAME} is not set, and nobody has logged in. Put your HeyGen API key there (or into a file "
        f"named .env in this folder as {settings.KEY_NAME}=…), keep it by `batchgen login`, or rehearse without one: "
        "add --sandbox."
    )


def credentials_of(login: Login, keeper: KeyringOrFile) -> Credentials:
    """Make what signs requests of what is kept. Raises ``ConfigError`` where what tokens need is not installed."""
    if login.tokens is None:
        return ApiKey(login.key or "", remedy=f"log in again by `{command('login', login.profile)}`")
    needed("authlib")
    from batchgen.assembly.clock import CLOCK  # noqa: PLC0415 - for those who have tokens
    from batchgen.signin.bearer import Bearer  # noqa: PLC0415
    from batchgen.signin.server import post  # noqa: PLC0415

    return Bearer(
        login,
        vault=keeper,
        post=post,
        now=CLOCK.now,
        lock=keeper.path.with_name(f"renewing-{login.profile}.lock"),
        remedy=f"log in again by `{command('login --oauth', login.profile)}`",
    )


def oauth_app(client_id: str | None) -> OAuthApp:
    """Say what HeyGen's OAuth server knows batchgen as, and where that server is. Raises ``ConfigError``."""
    from batchgen.heygen.address import check_address  # noqa: PLC0415 - for those who log in
    from batchgen.signin.interface import OAuthApp  # noqa: PLC0415

    if not client_id:
        raise ConfigError(
            "--oauth needs the id of an app that HeyGen has approved as an integration: set BATCHGEN_OAUTH_CLIENT_ID "
            "(and BATCHGEN_OAUTH_CLIENT_SECRET where it has a secret), or log in with a key, without --oauth.",
        )
    where = settings.oauth_addresses()
    for address in where:
        check_address(address)
    authorize, token, revoke = where
    return OAuthApp(
        client_id=client_id,
        client_secret=settings.oauth_secret(),
        authorize_url=authorize,
        token_url=token,
        revoke_url=revoke,
    )


def vault() -> KeyringOrFile:
    """Open where logins are kept. Raises ``ConfigError`` where what that needs is not installed, or not known."""
    from batchgen.signin.vault import KeyringOrFile  # noqa: PLC0415 - for those who have no key in the environment

    try:
        folder = needed("platformdirs").user_config_path("batchgen", appauthor=False)
    except RuntimeError as error:  # As in containers that run as a number.
        raise ConfigError(_HOMELESS) from error
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
        raise ConfigError(f"Logging in needs what is not installed here. Install it: {installing('login')}") from error


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
    return mark_of(key)


def mark_of(key: str) -> str:
    """Give the same name of whoever has a key."""
    return digest("account", key, length=12)


def mark(found: Account) -> str:
    """Give the same name of an account that was found."""
    if isinstance(found.credentials, ApiKey):
        return mark_of(found.credentials.key)
    return fingerprint(found.profile) or ""


def profile_name(profile: str | None) -> str:
    """Check a profile's name. Raises ``UsageError``."""
    if profile is not None and not _PROFILE.fullmatch(profile):
        raise UsageError("--profile: a name has letters, digits, dots and dashes, such as `agency`.")
    return profile or DEFAULT


def command(verb: str, profile: str) -> str:
    """Write a command for a profile."""
    return f"batchgen {verb}" if profile == DEFAULT else f"batchgen {verb} --profile {profile}"
