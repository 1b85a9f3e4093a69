"""What a person set: from options, the environment, ``.env``, ``batchgen.toml``, and defaults, in this order."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from batchgen.model.address import is_loopback
from batchgen.model.errors import ConfigError, CredentialsError
from batchgen.model.job import digest
from batchgen.model.vocabulary import nearest

#: HeyGen's own address. Both names of environment variables are those of HeyGen's own command line.
DEFAULT_BASE = "https://api.heygen.com"
KEY_NAME = "HEYGEN_API_KEY"
BASE_NAME = "HEYGEN_API_BASE"
#: Options for good, in the working folder.
TOML = "batchgen.toml"
#: What stands in it besides options.
TABLES = {"prices"}

#: The endings of manifests' names that their results do not carry on.
_TEMPLATE = re.compile(r"(_csv)?_template$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whom to talk to, and as whom."""

    base_url: str
    api_key: str = field(repr=False)

    @property
    def realm(self) -> str:
        """The world that its jobs are made in."""
        return realm_of(self.base_url)


def account() -> Account:
    """Read whom to talk to from the environment. Raises ``CredentialsError`` where there is no key."""
    key = os.environ.get(KEY_NAME, "").strip()
    if not key:
        raise CredentialsError(
            f"{KEY_NAME} is not set. Put your HeyGen API key there (or into a file named .env in this folder as "
            f"{KEY_NAME}=…), or rehearse without one: add --sandbox.",
        )
    return Account(base_url=base_url(), api_key=key)


def fingerprint() -> str | None:
    """Give a name for the account that the key belongs to, from which the key cannot be told; None without a key."""
    key = os.environ.get(KEY_NAME, "").strip()
    return digest("account", key, length=12) if key else None


def base_url() -> str:
    """Give the API's address. Raises ``ConfigError`` where it is none."""
    address = os.environ.get(BASE_NAME, "").strip() or DEFAULT_BASE
    try:
        host = urlsplit(address).hostname
    except ValueError:
        host = None
    if not host:
        # Not quoted: an address may hold a password.
        raise ConfigError(f"{BASE_NAME}: the base address cannot be read. It looks like {DEFAULT_BASE}.")
    return address


def realm_of(address: str) -> str:
    """Name the world that jobs are made in: its host, or the sandbox for whatever runs on this machine."""
    host = urlsplit(address).hostname or ""
    return "sandbox" if is_loopback(host) else host


def load_dotenv() -> None:
    """Take in ``.env`` of the working folder; what the environment already has stays."""
    if Path(".env").is_file():
        from dotenv import load_dotenv as load  # noqa: PLC0415 - only where there is such a file

        try:
            load(Path(".env"), override=False)
        except (OSError, ValueError) as error:
            raise ConfigError(".env: this cannot be read. It wants lines such as HEYGEN_API_KEY=… in UTF-8.") from error


def read_toml(known: set[str]) -> dict[str, Any]:
    """Read ``batchgen.toml`` of the working folder: options by their names, without dashes in front."""
    path = Path(TOML)
    if not path.is_file():
        return {}
    settings = {name.replace("-", "_"): value for name, value in read_toml_file(path).items()}
    for name in settings:
        if name not in known | TABLES:
            meant = nearest(name, known | TABLES)
            raise ConfigError(f'{path}: "{name}" is no setting.' + (f' Did you mean "{meant}"?' if meant else ""))
    return {name: value for name, value in settings.items() if name not in TABLES}


def read_setting(name: str) -> Any:
    """Read one of the ``TABLES`` of ``batchgen.toml``; None where it is not there."""
    path = Path(TOML)
    return read_toml_file(path).get(name) if path.is_file() else None


def read_toml_file(path: Path) -> dict[str, Any]:
    """Read a file of TOML. Raises ``ConfigError`` where it is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: this cannot be read as TOML: {error}") from error


def results_path(manifest: Path) -> Path:
    """Give where a manifest's results go unless told otherwise: beside it, under a name that says so."""
    return manifest.with_name(_TEMPLATE.sub("", manifest.stem) + "_results.csv")
