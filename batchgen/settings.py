"""What a person set: from options, the environment, ``.env``, ``batchgen.toml``, and defaults, in this order."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from batchgen.model.address import is_loopback
from batchgen.model.errors import ConfigError

if TYPE_CHECKING:
    from batchgen.model.credentials import Credentials

#: Options that belong to one run: what it takes of its manifests, and how it tells of them.
OF_ONE_RUN = {"again", "encoding", "json", "limit", "no_wait", "probe", "results", "sample", "select"}

#: HeyGen's own address. Both names of environment variables are those of HeyGen's own command line.
DEFAULT_BASE = "https://api.heygen.com"
KEY_NAME = "HEYGEN_API_KEY"
BASE_NAME = "HEYGEN_API_BASE"
#: Where the OAuth server is, in HeyGen's guide: consent, and tokens.
OAUTH_HOSTS = ("https://app.heygen.com", "https://api2.heygen.com")
#: Another address for all of it.
OAUTH_BASE_NAME = "BATCHGEN_OAUTH_BASE"
#: What the names of variables begin with that are options: ``BATCHGEN_MAX_CREDITS``.
PREFIX = "BATCHGEN_"
#: Options for good, in the working folder.
TOML = "batchgen.toml"
#: What stands in it besides options.
TABLES = {"prices"}

#: The endings of manifests' names that their results do not carry on.
_GENERATION = re.compile(r"/(v[123])/*$")
_TEMPLATE = re.compile(r"(_csv)?_template$")


_UNREADABLE = ".env: this cannot be read. It wants lines such as HEYGEN_API_KEY=… in UTF-8."
#: What ``.env`` brought into the environment: a person is told where a value stands, and another folder brings its own.
_FROM_DOTENV: dict[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whom to talk to, and as whom."""

    base_url: str
    credentials: Credentials
    source: str = ""  #: Where the credentials were found, for a person.
    profile: str | None = None  #: Whose kept credentials they are; None: they are given, not kept.
    caution: str = ""  #: What is amiss with how they are kept, for a person.

    @property
    def realm(self) -> str:
        """The world that its jobs are made in."""
        return realm_of(self.base_url)


def api_key() -> str:
    """Give the key of the environment or of ``.env``; nothing where there is none."""
    return os.environ.get(KEY_NAME, "").strip()


def given(name: str) -> str:
    """Give a variable of the environment as it was set; nothing where it is not."""
    return os.environ.get(name, "").strip()


def is_emptied(name: str) -> bool:
    """Tell whether a variable is set to nothing outside of ``.env``, as containers do with what they do not know."""
    return name in os.environ and name not in _FROM_DOTENV and not given(name)


def place_of(name: str) -> str:
    """Tell where a variable of the environment was set."""
    return ".env" if name in _FROM_DOTENV else "the environment"


def base_url() -> str:
    """Give the API's address. Raises ``ConfigError`` where it is none."""
    address = os.environ.get(BASE_NAME, "").strip() or DEFAULT_BASE
    try:
        parts = urlsplit(address)
        host = parts.hostname if parts.port != 0 else None  # A port that is no number is told by a ValueError.
    except ValueError:
        host = None
    if not host:
        # Not quoted: an address may hold a password.
        raise ConfigError(f"{BASE_NAME}: the base address cannot be read. It looks like {DEFAULT_BASE}.")
    if generation := _GENERATION.search(parts.path):
        # Each request adds its own: all would be answered with "not found".
        raise ConfigError(f"{BASE_NAME}: leave out the {generation[1]} at its end. It looks like {DEFAULT_BASE}.")
    return address


def oauth_addresses() -> tuple[str, str, str]:
    """Give where a person says yes, where tokens are had, and where they are revoked.

    They are those of HeyGen's OAuth guide; a sandbox has all three at its own address.
    """
    base = os.environ.get(OAUTH_BASE_NAME, "").strip()
    if not base and realm_of(base_url()) == "sandbox":
        base = base_url()
    consent, tokens = (base.rstrip("/"),) * 2 if base else OAUTH_HOSTS
    return f"{consent}/oauth/authorize", f"{tokens}/v1/oauth/token", f"{tokens}/v1/oauth/revoke"


def oauth_secret() -> str | None:
    """Give the secret of the OAuth app; None: it has none. It is no option: others could read it in a process list."""
    return os.environ.get("BATCHGEN_OAUTH_CLIENT_SECRET", "").strip() or None


def realm_of(address: str) -> str:
    """Name the world that jobs are made in: its host, or the sandbox for whatever runs on this machine."""
    host = urlsplit(address).hostname or ""
    return "sandbox" if is_loopback(host) else host


def asked_realm(*, sandbox: bool) -> str:
    """Name the world that is asked for: a sandbox of its own, or the one at the address in the settings."""
    return "sandbox" if sandbox else realm_of(base_url())


def load_dotenv() -> None:
    """Take in ``.env`` of the working folder, in the place of what an earlier one brought; all else stays as it is.

    A notebook goes from folder to folder, and the key of one pays for nothing in the next. No value that stays is away
    in between: other threads may be reading it.
    """
    said = _read_dotenv()
    brought = {name for name, value in _FROM_DOTENV.items() if os.environ.get(name) == value}
    for name in brought - set(said):
        del os.environ[name]
    given = {name: value for name, value in said.items() if name in brought or name not in os.environ}
    os.environ.update(given)
    _FROM_DOTENV.clear()
    _FROM_DOTENV.update(given)


def _read_dotenv() -> dict[str, str]:
    """Read ``.env`` of the working folder; nothing where there is none."""
    path = Path(".env")
    if not path.is_file():
        return {}
    from dotenv.main import DotEnv  # noqa: PLC0415 - only where there is such a file

    try:
        said = DotEnv(path, encoding="utf-8", override=False).dict()
    except (OSError, ValueError) as error:
        raise ConfigError(_UNREADABLE) from error
    if any("\0" in (value or "") for value in said.values()):  # No environment takes that.
        raise ConfigError(_UNREADABLE)
    return {name: value for name, value in said.items() if value is not None}


def read_toml(known: set[str]) -> dict[str, Any]:
    """Read ``batchgen.toml`` of the working folder: options by their names, without dashes in front."""
    path = Path(TOML)
    if not path.is_file():
        return {}
    given = read_toml_file(path)
    settings = {name.replace("-", "_"): value for name, value in given.items()}
    if len(settings) < len(given):
        twice = next(name for name in given if "-" in name and name.replace("-", "_") in given)
        raise ConfigError(f'{path}: "{twice}" and "{twice.replace("-", "_")}" are one setting. Keep one of them.')
    for name in given:
        if name.replace("-", "_") not in known | TABLES:
            raise ConfigError(f"{path}: {_no_setting(name, known)}")
    return {name: value for name, value in settings.items() if name not in TABLES}


def _no_setting(name: str, known: set[str]) -> str:
    """Say why ``name`` is none, and what may be meant, in the way in which options are written there."""
    if name.replace("-", "_") in OF_ONE_RUN:
        return f'"{name}" belongs to one command and is no setting. Give it --{name.replace("_", "-")}.'
    from batchgen.model.vocabulary import nearest  # noqa: PLC0415 - for those who mistyped

    meant = nearest(name.replace("-", "_"), known | TABLES)
    return f'"{name}" is no setting.' + (f' Did you mean "{meant.replace("_", "-")}"?' if meant else "")


def read_setting(name: str) -> Any:
    """Read one of the ``TABLES`` of ``batchgen.toml``; None where it is not there."""
    path = Path(TOML)
    return read_toml_file(path).get(name) if path.is_file() else None


def read_option(name: str) -> Any:
    """Read one option of ``batchgen.toml``, with ``-`` or ``_`` in its name; None where it is not there."""
    path = Path(TOML)
    said = read_toml_file(path) if path.is_file() else {}
    return said.get(name.replace("_", "-"), said.get(name))


def read_toml_file(path: Path) -> dict[str, Any]:
    """Read a file of TOML. Raises ``ConfigError`` where it is none."""
    import tomllib  # noqa: PLC0415 - only where there is such a file

    try:
        # Some editors begin a file with a mark that is no TOML.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: this cannot be read as TOML: {error}") from error


def results_path(manifest: Path) -> Path:
    """Give where a manifest's results go unless told otherwise: beside it, under a name that says so."""
    return manifest.with_name(_TEMPLATE.sub("", manifest.stem) + "_results.csv")
